"""Settings of the benchmarks' project: the market, Dossier's engine and nothing else."""

import os
import tempfile
from pathlib import Path

from portal.project import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("BENCH_VAR") or tempfile.mkdtemp(prefix="dossier-bench-"))

SECRET_KEY = "of-the-benchmarks-only-0123456789-0123456789-0123456789"
INSTALLED_APPS = ["tests.benchmarks.market", "tasks", "django.contrib.auth", "django.contrib.contenttypes"]
AUTH_USER_MODEL = "market.User"
DATABASES = {"default": env.database(os.environ.get("BENCH_URL", f"sqlite:///{VAR / 'bench.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = dict.fromkeys(("dossier", "auth", "contenttypes"))  # tables as the models say
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", BASE_DIR / "templates" / "project"],
        "APP_DIRS": True,
    }
]
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_URL = "static/"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
SILENCED_SYSTEM_CHECKS = ["dossier.E001"]  # most of the market is as the relations say, on purpose
DOSSIER = {"vault_dir": str(VAR / "vault"), "vault_key": str(VAR / "vault.key")}
