"""The club's settings. What came with Dossier is marked; the environment chooses the variant that a test wants."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[1]
ALLAUTH = os.environ.get("CLUB_ALLAUTH") == "1"  # with allauth in place of the club's own sign-in

SECRET_KEY = "of-a-test-and-no-secret-0123456789-0123456789-0123456789"
DEBUG = False
ALLOWED_HOSTS = ["localhost", "testserver"]
ROOT_URLCONF = "rowing.urls"
AUTH_USER_MODEL = "members.Member"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
APPEND_SLASH = False
FORCE_SCRIPT_NAME = os.environ.get("CLUB_SCRIPT_NAME") or None

INSTALLED_APPS = [
    "members",
    "portal", "dpo", "tasks", "django_htmx",  # Dossier
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dpo.access.OfficeMiddleware",  # Dossier
    "portal.middleware.VaultGuard",  # Dossier
]
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
                "portal.context.desk",  # Dossier
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "club.sqlite3",
        "OPTIONS": {  # a web server and a worker write at once
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "Europe/Berlin"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = BASE_DIR / "media"
MEDIA_URL = "/media/"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / "mail"
DEFAULT_FROM_EMAIL = "office@rowing.example"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'self'"], "frame-ancestors": ["'none'"]}}

CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT = "tasks.filequeue:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(BASE_DIR / "queue"),
    "data_folder_out": str(BASE_DIR / "queue"),
    "control_folder": str(BASE_DIR / "queue"),
    "polling_interval": 0.1,
}
CELERY_TASK_IGNORE_RESULT = True
(BASE_DIR / "queue").mkdir(exist_ok=True)

DOSSIER = {
    "site_url": "https://rowing.example",
    "country": "DE",
    "controller": {
        "name": "Rowing Club Grünau",
        "address": "Regattastr. 1, Berlin",
        "email": "office@rowing.example",
    },
    "second_factor": "members.login.has_token",
}

if ALLAUTH:
    INSTALLED_APPS += ["allauth", "allauth.account", "allauth.mfa"]
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware", "portal.middleware.AccountGuard"]
    AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    LOGIN_URL = "account_login"
    ACCOUNT_LOGIN_METHODS = {"email"}
    ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
    ACCOUNT_USER_MODEL_USERNAME_FIELD = None
    del DOSSIER["second_factor"]
