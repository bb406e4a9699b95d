"""What the desk needs beside its pages: a worker, a database that bears two writers, a name and an address."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage

from portal.checks.said import GUIDE, warning
from tasks import conf

LOCAL = {"localhost", "127.0.0.1", "::1", ""}


def worker() -> Iterator[CheckMessage]:
    """W107: requests that nobody works on."""
    app = _celery_of_a_thread()
    if app.main in (None, "default") and not app.conf.broker_url:
        yield warning(
            107,
            "No Celery application is the default one: a web server's threads find none, and requests wait for ever.",
            "Call app.set_default() where yours is made, and import it in your project's __init__.py. Without one of "
            f"your own: 'from tasks.celery import app' there, and 'app.set_default()'. More: {GUIDE}.",
        )
        return
    beats = {entry.get("task") for entry in (app.conf.beat_schedule or {}).values()}
    if "dossier.tick" not in beats and not apps.is_installed("django_celery_beat"):
        yield warning(
            107,
            "Celery's clock does not send 'dossier.tick': deadlines pass in silence, and lost work stays lost.",
            "Add app.conf.beat_schedule['dossier.tick'] = {'task': 'dossier.tick', 'schedule': 5.0}.",
        )


def _celery_of_a_thread() -> Any:
    """The application that a thread of a web server finds: only the one that made it finds one that is no default."""
    from celery import current_app

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(current_app._get_current_object).result()


def database() -> Iterator[CheckMessage]:
    """W110: a file that locks whoever comes second."""
    options = settings.DATABASES["default"].get("OPTIONS") or {}
    waits = "wal" in str(options.get("init_command", "")).lower() and options.get("transaction_mode") == "IMMEDIATE"
    if settings.DATABASES["default"].get("ENGINE") == "django.db.backends.sqlite3" and not waits:
        yield warning(
            110,
            "SQLite as it is answers 'database is locked' as soon as a worker writes beside the pages.",
            "Set DATABASES['default']['OPTIONS'] to "
            "{'transaction_mode': 'IMMEDIATE', 'timeout': 30, 'init_command': 'PRAGMA journal_mode=WAL;'}.",
        )


def told() -> Iterator[CheckMessage]:
    """W108: what letters and pages say of whoever runs the desk."""
    given = {key.lower() for key in getattr(settings, "DOSSIER", {})}
    if "site_url" not in given:
        yield warning(
            108,
            f"DOSSIER has no 'site_url': the links in letters lead to {conf.site_url}.",
            "Add 'site_url': 'https://www.example.org' to DOSSIER, the address that people reach the project by.",
        )
    if "controller" not in given:
        yield warning(
            108,
            "DOSSIER has no 'controller': pages, letters and files do not say who answers for the data.",
            "Add 'controller': {'name': …, 'address': …, 'email': …} to DOSSIER (art. 13(1)(a) GDPR).",
        )


def public() -> list[CheckMessage]:
    """W109: what is only wrong where strangers can reach it."""
    found, address = [], urlsplit(conf.site_url)
    if address.scheme != "https" or (address.hostname or "") in LOCAL:
        hint = "Set DOSSIER['site_url'] to the public address, with https."
        found.append(warning(109, f"The links in letters lead to {conf.site_url}.", hint))
    if settings.DEFAULT_FROM_EMAIL == "webmaster@localhost":
        hint = "Set DEFAULT_FROM_EMAIL to an address that people can answer to."
        found.append(warning(109, "Letters come from webmaster@localhost.", hint))
    vault = Path(conf.vault_dir or conf.load().base / "vault").absolute()
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        open_ = getattr(settings, name, None)
        if open_ and vault.is_relative_to(Path(open_).absolute()):
            hint = "Set DOSSIER['vault_dir'] to a folder that no web server gives out."
            found.append(warning(109, f"The vault lies in {name}, which is given out to everybody.", hint))
    return found
