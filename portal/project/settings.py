"""Settings of the shipped project: the demo by default, a desk beside a host by the environment.

docs/deploy.md lists every variable. Nothing here imports an application: all are named by string.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.project import env

BASE_DIR = Path(__file__).resolve().parents[2]
# Installed as a wheel, the folder above is site-packages: then what is written goes below the working directory.
HOME = BASE_DIR if (BASE_DIR / "manage.py").exists() else Path.cwd()
VAR = Path(env.text("DOSSIER_VAR", str(HOME / "var"))).absolute()
VAR.mkdir(parents=True, exist_ok=True)

# --- who runs it

HOST_APPS = env.packages("DOSSIER_APPS")
DEMO = env.flag("DOSSIER_DEMO", default=not HOST_APPS)
_shop = ("customers", "orders", "support", "community", "news", "loyalty", "carts", "preferences", "demo")
DEMO_APPS = [f"examples.shop.{name}" for name in _shop]

DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY = env.text(
    "DJANGO_SECRET_KEY", "of-the-demo-only-and-no-secret-0123456789-0123456789-0123456789" if DEMO else ""
)
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "DJANGO_SECRET_KEY is not set. Outside the demo it has to be: fifty random characters or more, the same for "
        "every process, kept out of the repository. 'openssl rand -base64 48' makes one."
    )
ALLOWED_HOSTS = env.words("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("DJANGO_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "portal",
    "dpo",
    "tasks",
    *(DEMO_APPS if DEMO else HOST_APPS),
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
    "portal.middleware.AccountGuard",
    "django_htmx.middleware.HtmxMiddleware",
    "dpo.access.OfficeMiddleware",
    "portal.middleware.VaultGuard",
]

ROOT_URLCONF = "portal.project.urls"
WSGI_APPLICATION = "portal.project.wsgi.application"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
# Pages of accounts and of errors are the project's: a host has its own. In the wheel they lie beside this file.
_own = (BASE_DIR / "templates" / "project", BASE_DIR / "templates", Path(__file__).parent / "templates")
TEMPLATE_DIRS = [folder for folder in _own if folder.is_dir()]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": TEMPLATE_DIRS,
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.desk",
                *(["examples.shop.demo.context.demo"] if DEMO else []),
            ]
        },
    }
]

# --- where it keeps things

DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR / 'dossier.sqlite3'}"))}
for _alias in ("subjects", "replica"):
    if _url := env.text(f"{_alias.upper()}_DATABASE_URL"):
        DATABASES[_alias] = env.database(_url)
DATABASE_ROUTERS = ["portal.project.router.HostRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("DOSSIER_STATIC", str(VAR / "static")))
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static",) if folder.is_dir()]
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "media/"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressing takes seconds at every start, and saves nothing on the demo's own machine.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage" if not DEMO else _plain},
}

CACHES: dict[str, dict[str, object]]
if _redis := env.text("REDIS_URL"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}}
else:  # files, because rate limits and used codes have to hold for every process
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR / "cache",
            # A full cache throws out at random, also how often somebody has guessed: 300 would be full in minutes.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

# --- who may come in

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if _users := env.text("DOSSIER_USER_MODEL"):  # the host's own accounts, where its database is this one
    if env.text("SUBJECTS_DATABASE_URL"):
        raise ImproperlyConfigured(
            "DOSSIER_USER_MODEL and SUBJECTS_DATABASE_URL do not go together: where the host has its own database, "
            "the desk's accounts are Dossier's. Name whose data it is in DOSSIER_SUBJECT_MODEL."
        )
    AUTH_USER_MODEL = _users
    ACCOUNT_USER_MODEL_USERNAME_FIELD = env.text("DOSSIER_USERNAME_FIELD") or None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "portal:start"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("DJANGO_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Dossier"
MFA_TOTP_TOLERANCE = 1  # a code typed as its half minute ends still counts (RFC 6238, section 5.2)
USERSESSIONS_TRACK_ACTIVITY = True

# --- languages and time

LANGUAGE_CODE = env.text("DOSSIER_LANGUAGE", "en")  # what the office's letters are written in, and the pages at first
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = env.text("TIME_ZONE", "Europe/Berlin")
USE_TZ = True

# --- letters

_smtp = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend" if DEMO else _smtp)
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 20
_sender = "Kestrel & Moss privacy desk <privacy@kestrelmoss.example>" if DEMO else "privacy@localhost"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", _sender)

# --- background work

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT = "tasks.filequeue:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = env.queue_folders(VAR)
elif CELERY_BROKER_URL.startswith("redis"):
    # kombu looks for unacknowledged messages every hundred seconds unless told otherwise.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

# --- what browsers are told

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
# DJANGO_SECURE: the desk is reached over HTTPS only.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = env.flag("DJANGO_SECURE", default=False)
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "covered": {
            "()": "portal.project.logs.CoveringFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "covered"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "fontTools": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # it writes down every address, and that of a webhook may be a secret
        "kombu.connection": {"level": "ERROR"},  # a broker of files has no host name, and says so
        "weasyprint": {"level": "ERROR"},
    },
}

# --- the desk itself; what else there is: tasks/conf.py

DOSSIER = {
    "site_url": env.text("DOSSIER_SITE_URL", "http://localhost:8000"),
    "vault_dir": str(VAR / "vault"),
    "vault_key": env.text("DOSSIER_VAULT_KEY", str(VAR / "vault.key")),
    "country": env.text("DOSSIER_COUNTRY", "DE"),
    "subdivision": env.text("DOSSIER_SUBDIVISION", "SN" if DEMO else "") or None,
    "controller": env.DEMO_CONTROLLER if DEMO else env.controller(),
    **env.numbers(
        "DOSSIER", ("grace_days", "package_days", "backup_days", "lease_seconds", "max_attempts", "batch_rows")
    ),
    **env.flags("DOSSIER", ("four_eyes", "dpo_approves", "auto_approve_access")),
}
# The demo's loyalty service, where it runs: examples/shop/loyalty.
LOYALTY_URL, LOYALTY_SECRET = env.text("LOYALTY_URL"), env.text("LOYALTY_SECRET")
# Its Redis and its CouchDB. Where nobody names them they are neither asked nor written to.
SHOP_REDIS_URL, SHOP_COUCHDB_URL = env.text("SHOP_REDIS_URL"), env.text("SHOP_COUCHDB_URL")
if _model := env.text("DOSSIER_SUBJECT_MODEL"):
    DOSSIER["subject_model"] = _model
