"""Sessions of the project, wherever it keeps them; ending somebody's others when their account is to be deleted."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.utils import timezone

from tasks.cases.models import Case
from tasks.cases.subjects import has_account


def end_others(case: Case, *, keep: str) -> int:
    """End every session of the case's person except ``keep``; how many went. A thief must not stay signed in.

    Reads allauth's list of sessions where it is installed, else Django's session table.
    """
    if not has_account(case):
        return 0
    keys = [key for key in _keys_of(case.subject_key) if key != keep]
    for key in keys:
        store()(key).delete()
    if apps.is_installed("allauth.usersessions"):
        apps.get_model("usersessions", "UserSession")._default_manager.filter(session_key__in=keys).delete()
    return len(keys)


def store() -> Any:
    """The class that the project's sessions are stored with, as ``SESSION_ENGINE`` says."""
    return import_module(settings.SESSION_ENGINE).SessionStore


def _keys_of(user_key: str) -> list[str]:
    if apps.is_installed("allauth.usersessions"):
        model = apps.get_model("usersessions", "UserSession")
        return list(model._default_manager.filter(user_id=user_key).values_list("session_key", flat=True))
    if not apps.is_installed("django.contrib.sessions"):
        return []
    live = apps.get_model("sessions", "Session")._default_manager.filter(expire_date__gte=timezone.now())
    return [row.session_key for row in live.iterator() if str(row.get_decoded().get(SESSION_KEY, "")) == user_key]
