"""Settings of Ayumi: one file, read from the environment (see docs/deploy.md for every variable)."""

from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from config.env import env_address, env_bool, env_choice, env_int, env_list, env_str, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_str("AYUMI_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env_bool("AYUMI_DEBUG", False)
SECRET_KEY = secret_key("AYUMI_SECRET_KEY", VAR_DIR / "secret_key", debug=DEBUG)
ALLOWED_HOSTS = env_list("AYUMI_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
# Plain http is only for one's own machine; a city's server stands behind https.
HTTPS = env_bool("AYUMI_HTTPS", not DEBUG)
BEHIND_PROXY = env_bool("AYUMI_BEHIND_PROXY", False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "config",
    "ledger",
    "accounts",
    "initiatives",
    "indicators",
    "reviews",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "reporting.public.middleware.PublicPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.AccountStillValidMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.NoStoreMiddleware",
    "config.middleware.ConflictMiddleware",
    "config.middleware.WrongMethodMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.office",
            ],
            "builtins": ["initiatives.templatetags.ayumi"],
        },
    }
]

# --- Database -------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR / 'ayumi.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE + WAL + FULL: without them 16 writers at once lost 369 of 640 writes to "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "initiatives:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# By account, never by address alone: 35 departments sign in from behind one shared address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # asks for the address to be counted too; see above
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True

# --- Words and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "config.storage.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
MEDIA_ROOT = VAR_DIR / "files"
REPORT_CACHE_DIR = VAR_DIR / "report-cache"
PUBLIC_CACHE_DIR = VAR_DIR / "public-pages"
LEDGER_ANCHORS = Path(env_str("AYUMI_LEDGER_ANCHORS", str(VAR_DIR / "ledger-anchors.txt")))
# Under which terms the open data may be used: name and address, with a space between them.
OPEN_DATA_LICENCE = env_str(
    "AYUMI_LICENCE",
    "クリエイティブ・コモンズ・ライセンス（表示4.0国際） https://creativecommons.org/licenses/by/4.0/deed.ja",
).rsplit(" ", 1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# --- Work in the background -----------------------------------------------------------------------
# "immediate": in the same process, at once (one machine, tests). "worker": `manage.py db_worker` beside the server.
TASKS_MODE = env_choice("AYUMI_TASKS", ("immediate", "worker"), "immediate")
TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks_db.DatabaseBackend"
            if TASKS_MODE == "worker"
            else "django_tasks.backends.immediate.ImmediateBackend"
        )
    }
}

# --- Mail -----------------------------------------------------------------------------------------
# "off" (LGWAN): nobody is written to, and the pages say everything. "file": kept as files, to look at. "smtp": sent.
MAIL = env_choice("AYUMI_MAIL", ("off", "file", "smtp"), "off")
# Links in mails begin with this, never with what a request says its host is.
BASE_URL = env_address("AYUMI_BASE_URL", required=MAIL != "off")
EMAIL_BACKEND = {
    "off": "django.core.mail.backends.dummy.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}[MAIL]
EMAIL_FILE_PATH = VAR_DIR / "mails"
EMAIL_TIMEOUT = 20
if MAIL != "off":
    DEFAULT_FROM_EMAIL = env_str("AYUMI_MAIL_FROM")
if MAIL == "smtp":
    EMAIL_HOST = env_str("AYUMI_MAIL_HOST")
    EMAIL_PORT = env_int("AYUMI_MAIL_PORT", 25)
    EMAIL_HOST_USER = env_str("AYUMI_MAIL_USER", "")
    EMAIL_HOST_PASSWORD = env_str("AYUMI_MAIL_PASSWORD", "")
    security = env_choice("AYUMI_MAIL_SECURITY", ("none", "starttls", "tls"), "none")
    EMAIL_USE_TLS, EMAIL_USE_SSL = security == "starttls", security == "tls"

# --- Excel ----------------------------------------------------------------------------------------
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- Browser's side of the guard ------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}
