"""The settings of the test suite: production's own, less what only slows tests down."""

import os
import tempfile

os.environ.setdefault("AYUMI_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("AYUMI_HTTPS", "0")
os.environ.setdefault("AYUMI_VAR", tempfile.mkdtemp(prefix="ayumi-test-"))

from config.settings import *
from config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
STYLE_GUIDE = True
