"""That it is really you: a recent confirmation by password, passkey, app or e-mailed code.

Signing in does not count, and neither does having nothing to confirm with: people without a password
get a code by e-mail. allauth's own re-authentications count, and ours are told to allauth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tasks import conf

SESSION_KEY = "dossier_confirmed"
View = Callable[..., HttpResponseBase]


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
    from allauth.account.internal.flows.login import record_authentication

    request.session[SESSION_KEY] = {"user": str(request.user.pk), "method": method, "at": at.timestamp()}
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
    from allauth.account.authentication import get_authentication_records

    records = [r for r in get_authentication_records(request, request.user) if r.get("reauthenticated")]
    if not records:
        return None
    return Confirmation(_method(records[-1]), datetime.fromtimestamp(records[-1]["at"], UTC))


def _method(record: dict[str, Any]) -> str:
    if record["method"] == "mfa":
        return "passkey" if record.get("type") == "webauthn" else "app"
    return str(record["method"])


def recently_confirmed(view: View) -> View:
    """Let a view through only after a recent confirmation; ask for one first and come back.

    A POST comes back as a GET of the same address: what was chosen before belongs into the session.
    """

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if recent(request, at=timezone.now()):
            return view(request, *args, **kwargs)
        return ask(request)

    return guarded


def ask(request: HttpRequest, *, then: str = "") -> HttpResponse:
    """Send somebody to the page where they confirm, and from there back to where they are, or to ``then``."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': then or request.get_full_path()})}")


def ways(user: Any) -> frozenset[str]:
    """What ``user`` can confirm with beside a code: password, passkey, app."""
    found = {"password"} if user.has_usable_password() else set()
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa.models import Authenticator

        names = {Authenticator.Type.WEBAUTHN: "passkey", Authenticator.Type.TOTP: "app"}
        types = Authenticator.objects.filter(user=user).values_list("type", flat=True)
        found |= {names[kind] for kind in types if kind in names}
    return frozenset(found)
