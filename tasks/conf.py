"""Dossier's settings: one dictionary ``DOSSIER`` in the host's settings, every key with a default.

Read as attributes: ``conf.grace_days``. An unknown key is told at start, with the ones that exist.
"""

from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from tasks.errors import DeclarationError


@dataclass(frozen=True)
class Controller:
    """Who is responsible for the data: art. 4(7) GDPR, and how to reach it: art. 13(1)(a), (b)."""

    name: str = "This organisation"
    address: str = ""
    email: str = ""
    phone: str = ""
    dpo_name: str = ""
    dpo_email: str = ""
    authority: str = "your data protection authority"
    authority_address: str = ""
    authority_url: str = ""


@dataclass(frozen=True)
class Configuration:
    """All settings with their defaults. Durations carry their unit in the name."""

    controller: Controller = field(default_factory=Controller)
    subject_model: str = ""  # default: AUTH_USER_MODEL
    people: str = "People with an account"  # categories of data subjects, art. 30(1)(c)
    measures: tuple[str, ...] = ()  # what protects the data beside Dossier, art. 30(1)(g)
    map_lock: str = ""  # path of the accepted data map; default: datamap.lock.json in BASE_DIR
    country: str = "DE"  # whose public holidays move a deadline
    subdivision: str | None = None
    time_zone: str = ""  # the controller's; default: TIME_ZONE
    grace_days: int = 7
    package_days: int = 14
    warn_days: tuple[int, ...] = (14, 7, 3, 1)
    backup_days: int = 35  # when the last backup with erased data is gone
    evidence_days: int = 90  # after a case is closed: how somebody showed who they are
    letter_days: int = 90  # after a case is closed: which letters went out
    closed_case_days: int = 3 * 365  # after that a closed case names nobody
    unconfirmed_days: int = 90  # how long a person is known, sealed, to a source that an erasure left out
    four_eyes: bool = False  # an approval needs a second person
    dpo_approves: bool = False  # whether the DPO may also decide (X-FAB, C-453/21)
    auto_approve_access: bool = False
    site_url: str = "http://localhost:8000"
    vault_dir: str = ""  # default: var/vault beside BASE_DIR
    vault_key: str = ""  # path of the key; default: var/vault.key
    vault_storage: str = ""  # alias in STORAGES; default: files in vault_dir
    lease_seconds: int = 120
    max_attempts: int = 5
    batch_rows: int = 2_000
    key_batch: int = 10_000
    pdf_records: int = 500  # records of one category that the report shows in full, and a third of those of all
    pdf_newest: int = 20  # records of each section of a longer category that the report shows, beside its volumes
    pdf_volume_records: int = 2_000  # records of one volume
    part_bytes: int = 2_000_000_000  # a larger archive is split into parts that open each by itself
    csv_bom: bool = True  # a byte order mark, without which some spreadsheets read no umlauts
    recent_minutes: int = 5  # how long a re-authentication counts
    confirmed_email: str = ""  # "shop.mail.confirmed": takes a user, gives the address that is confirmed, or nothing
    second_factor: str = ""  # "shop.login.is_strong": takes a request, says whether a second factor was used
    proxies: int = 0  # in front of a project without allauth: how many add to X-Forwarded-For

    @property
    def base(self) -> Path:
        """The folder for Dossier's own files where nothing else is set."""
        return Path(getattr(settings, "BASE_DIR", Path.cwd())) / "var"


@cache
def load() -> Configuration:
    """Read ``settings.DOSSIER``; keys may be upper or lower case.

    Raises:
        DeclarationError: an unknown key.
    """
    given: dict[str, Any] = {k.lower(): v for k, v in getattr(settings, "DOSSIER", {}).items()}
    known = {f.name for f in fields(Configuration)}
    if unknown := sorted(set(given) - known):
        raise DeclarationError(f"settings.DOSSIER has {unknown}, wanted some of {sorted(known)}.")
    if isinstance(given.get("controller"), dict):
        given["controller"] = _controller(given["controller"])
    return Configuration(**given)


def _controller(given: dict[str, Any]) -> Controller:
    known = {f.name for f in fields(Controller)}
    if unknown := sorted(set(given) - known):
        raise DeclarationError(f"settings.DOSSIER['controller'] has {unknown}, wanted some of {sorted(known)}.")
    return Controller(**given)


def _reload(*, setting: str, **_: object) -> None:
    if setting == "DOSSIER":
        load.cache_clear()


setting_changed.connect(_reload)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(load(), name)
