"""The office's people: who can be given a case, and what somebody is called who acted."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from tasks.cases.actors import GROUPS, Actor, full_name
from tasks.cases.states import STAFF

STAFF_GROUPS = [name for name, role in GROUPS.items() if role in STAFF]


def colleagues() -> list[tuple[str, str]]:
    """Everybody who can handle a case, by name: ``[("auth.User:3", "Dana Whitfield"), …]``. One query."""
    return sorted(((_key(user), full_name(user)) for user in _staff()), key=lambda entry: entry[1])


def colleague(key: str) -> Actor | None:
    """The member of the office behind an actor's key."""
    wanted = next((user for user in _staff() if _key(user) == key), None)
    return Actor.of_user(wanted) if wanted else None


def names(keys: Collection[str]) -> dict[str, str]:
    """What the office's own people are called. Everybody else stays a key: the audit keeps no names."""
    found = {_key(user): full_name(user) for user in _office()}
    known = {"system": "Dossier", "mail-link": _("the link in the mail")} | found
    return {key: known[key] for key in keys if key in known}


def _staff() -> Iterable[Any]:
    return _office().filter(groups__name__in=STAFF_GROUPS, is_active=True)


def _office() -> Any:
    return get_user_model()._default_manager.filter(groups__name__in=GROUPS).distinct()


def _key(user: Any) -> str:
    return f"{user._meta.label}:{user.pk}"
