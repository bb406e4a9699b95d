"""Settings of the shipped project: the demo by default, a desk beside a host by the environment."""

from pathlib import Path

from portal.project import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(env.text("DOSSIER_VAR", str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)

HOST_APPS = env.words("DOSSIER_APPS")
DEMO = env.flag("DOSSIER_DEMO", default=not HOST_APPS)
DEMO_APPS = ["examples.shop.customers", "examples.shop.orders", "examples.shop.support", "examples.shop.community", "examples.shop.news", "examples.shop.demo"]

DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY = env.text("DJANGO_SECRET_KEY", "demo-only-not-a-secret-0123456789-0123456789-0123456789" if DEMO else "")
ALLOWED_HOSTS = env.words("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    *(DEMO_APPS if DEMO else HOST_APPS),
    "tasks",
    "portal",
    "dpo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dpo.access.OfficeMiddleware",
]

ROOT_URLCONF = "portal.project.urls"
WSGI_APPLICATION = "portal.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.desk",
            ]
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR / 'dossier.sqlite3'}"))}
for alias in ("subjects", "replica"):
    if url := env.text(f"{alias.upper()}_DATABASE_URL"):
        DATABASES[alias] = env.database(url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Dossier"
USERSESSIONS_TRACK_ACTIVITY = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = env.text("TIME_ZONE", "Europe/Berlin")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Kestrel & Moss privacy desk <privacy@kestrelmoss.example>")

CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR / "cache"}}
if redis_url := env.text("REDIS_URL"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    queue, control = VAR / "queue", VAR / "queue-control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("DJANGO_SECURE", default=False)

DOSSIER = {
    "site_url": env.text("DOSSIER_SITE_URL", "http://localhost:8000"),
    "vault_dir": str(VAR / "vault"),
    "vault_key": env.text("DOSSIER_VAULT_KEY", str(VAR / "vault.key")),
    "country": env.text("DOSSIER_COUNTRY", "DE"),
    "subdivision": env.text("DOSSIER_SUBDIVISION", "SN" if DEMO else "") or None,
    "controller": (
        {
            "name": "Kestrel & Moss GmbH",
            "address": "Spinnereistraße 7, 04179 Leipzig, Germany",
            "email": "privacy@kestrelmoss.example",
            "phone": "+49 341 555 01 20",
            "dpo_name": "Dana Whitfield",
            "dpo_email": "privacy@kestrelmoss.example",
            "authority": "Die Sächsische Datenschutz- und Transparenzbeauftragte",
            "authority_address": "Maternistraße 17, 01067 Dresden, Germany",
            "authority_url": "https://www.datenschutz.sachsen.de",
        }
        if DEMO
        else {
            key: env.text(f"DOSSIER_CONTROLLER_{key.upper()}")
            for key in ("name", "address", "email", "phone", "dpo_name", "dpo_email", "authority", "authority_address", "authority_url")
        }
    ),
}
