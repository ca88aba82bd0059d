"""Production's settings with one more address list: the empty view and the floor that the pages are held against."""

from config.settings import *
from config.settings import STORAGES

ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["testserver"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
