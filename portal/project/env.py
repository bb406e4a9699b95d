"""Reading the environment: the only place that does."""

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Whose demo it is: the made-up webshop of examples/shop.
DEMO_CONTROLLER = {
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


def text(name: str, default: str = "") -> str:
    """The variable ``name``, or ``default`` where it is unset or empty."""
    return os.environ.get(name, "") or default


def flag(name: str, *, default: bool) -> bool:
    """A yes or no.

    Raises:
        ImproperlyConfigured: neither.
    """
    value = text(name).lower()
    if value and value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name}: wanted yes or no (1 or 0), found {value!r}.")
    return default if not value else value in {"1", "true", "yes", "on"}


def number(name: str, *, default: int) -> int:
    """A whole number.

    Raises:
        ImproperlyConfigured: something else.
    """
    value = text(name)
    if value and not value.isdecimal():
        raise ImproperlyConfigured(f"{name}: wanted a whole number, found {value!r}.")
    return int(value) if value else default


def words(name: str, default: str = "") -> list[str]:
    """A list of words between commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def numbers(prefix: str, keys: Iterable[str]) -> dict[str, int]:
    """Those of ``keys`` that are set, as ``PREFIX_KEY``: what is not set keeps its own default."""
    names = {key: f"{prefix}_{key.upper()}" for key in keys}
    return {key: number(name, default=0) for key, name in names.items() if text(name)}


def flags(prefix: str, keys: Iterable[str]) -> dict[str, bool]:
    """As ``numbers``, for yes and no."""
    names = {key: f"{prefix}_{key.upper()}" for key in keys}
    return {key: flag(name, default=False) for key, name in names.items() if text(name)}


def packages(name: str) -> list[str]:
    """A list of applications between commas, each of which Python finds.

    Raises:
        ImproperlyConfigured: it does not find one.
    """
    found = words(name)
    for word in found:
        if find_spec(word.partition(".")[0]) is None:
            raise ImproperlyConfigured(
                f"{name} has '{word}', and Python finds no package '{word.partition('.')[0]}'. Put the folder that "
                "holds it on PYTHONPATH."
            )
    return found


def controller() -> dict[str, str]:
    """Who is responsible, from ``DOSSIER_CONTROLLER_NAME`` and its like; what is not set keeps its own default."""
    names = {key: f"DOSSIER_CONTROLLER_{key.upper()}" for key in DEMO_CONTROLLER}
    return {key: text(name) for key, name in names.items() if text(name)}


def database(url: str) -> dict[str, Any]:
    """Django's database settings from ``sqlite:///path`` or ``postgres://user:password@host:port/name``.

    A host that begins with a slash (percent-encoded) is the folder of a socket.

    Raises:
        ImproperlyConfigured: another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(parts.path)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL: wanted sqlite:///… or postgres://…, found {parts.scheme!r}.")
    # Not parts.hostname: that one is in lower case, and a socket's folder need not be.
    host = parts.netloc.rpartition("@")[2].partition(":")[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def queue_folders(var: Path) -> dict[str, Any]:
    """Make the folders of Celery's filesystem transport and name them as its options."""
    queue, control = var / "queue", var / "queue-control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "polling_interval": 0.1,
    }


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        # sqlite:////absolute and sqlite:///relative
        "NAME": unquote(path[1:]) or ":memory:",
        "OPTIONS": {
            # Writers queue instead of failing when two of them have begun by reading.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
