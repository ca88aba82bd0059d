"""The settings of the test suite: production's own, less what only slows tests down."""

import os
import tempfile

os.environ.setdefault("AYUMI_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("AYUMI_HTTPS", "0")
os.environ.setdefault("AYUMI_VAR", tempfile.mkdtemp(prefix="ayumi-test-"))

from config.settings import *
from config.settings import DATABASES, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
STYLE_GUIDE = True

# A file, as in production: a shared in-memory database has no WAL, and two browsers writing at once lock each other out.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:  # nothing here has to outlive a power cut
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
