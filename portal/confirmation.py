"""That it is really you: a recent confirmation by password, passkey, app or e-mailed code.

Signing in does not count, and neither does having nothing to confirm with: people without a password
get a code by e-mail. allauth's own re-authentications count, and ours are told to allauth.
"""

from collections.abc import Callable
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

from tasks.cases.confirmed import SESSION_KEY, Confirmation, recent, remember
from tasks.cases.pages import address

__all__ = ["SESSION_KEY", "Confirmation", "ask", "recent", "recently_confirmed", "remember", "ways"]

View = Callable[..., HttpResponseBase]
PAGES = {"passkey": "mfa_reauthenticate_webauthn", "app": "mfa_reauthenticate"}


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
        # allauth can be installed without its addresses
        types = Authenticator.objects.filter(user=user).values_list("type", flat=True)
        found |= {names[kind] for kind in types if kind in names and address(PAGES[names[kind]])}
    return frozenset(found)
