"""That somebody signed in confirmed who they are: the subject's pages write it into the session, the office's read it.

allauth's own re-authentications count where it is installed, and ours are told to it. Signing in does not count, and
neither does having nothing to confirm with.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.http import HttpRequest

from tasks import conf

SESSION_KEY = "dossier_confirmed"


@dataclass(frozen=True)
class Confirmation:
    """When and how somebody confirmed: ``method`` is password, passkey, app or code."""

    method: str
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + timedelta(minutes=conf.recent_minutes)


def remember(request: HttpRequest, *, method: str, at: datetime) -> None:
    """Write down that the signed-in person confirmed just now, for us and for allauth."""
    request.session[SESSION_KEY] = {"user": str(request.user.pk), "method": method, "at": at.timestamp()}
    if apps.is_installed("allauth.account"):
        from allauth.account.internal.flows.login import record_authentication

        record_authentication(request, request.user, method=method, reauthenticated=True)


def recent(request: HttpRequest, *, at: datetime) -> Confirmation | None:
    """The confirmation that still counts at ``at``, or None."""
    found = [c for c in (_ours(request), _allauths(request)) if c and at < c.until]
    return max(found, key=lambda c: c.at, default=None)


def _ours(request: HttpRequest) -> Confirmation | None:
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["user"] != str(request.user.pk):
        return None
    return Confirmation(kept["method"], datetime.fromtimestamp(kept["at"], UTC))


def _allauths(request: HttpRequest) -> Confirmation | None:
    if not apps.is_installed("allauth.account"):
        return None
    from allauth.account.authentication import get_authentication_records

    records = [r for r in get_authentication_records(request, request.user) if r.get("reauthenticated")]
    if not records:
        return None
    return Confirmation(_method(records[-1]), datetime.fromtimestamp(records[-1]["at"], UTC))


def _method(record: dict[str, Any]) -> str:
    if record["method"] == "mfa":
        return "passkey" if record.get("type") == "webauthn" else "app"
    return str(record["method"])
