"""Who may open the office's pages: people with a role, who sign in with a second factor.

A stranger finds nothing at these addresses. Decisions ask for a confirmation that is minutes old.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from tasks import conf
from tasks.cases import confirmed
from tasks.cases.actors import Actor
from tasks.cases.pages import address
from tasks.cases.states import Role

NAMESPACE = "dpo"
View = Callable[..., HttpResponseBase]


class OfficeMiddleware:
    """Guard every page of the office, also one whose view forgot ``office_required``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """Answer in place of the view where something stands in the way."""
        match = request.resolver_match
        return stopped(request) if match and NAMESPACE in match.namespaces else None


def office_required(*roles: Role) -> Callable[[View], View]:
    """Open a view to the office: to everybody with a role there, or only to these roles.

    Anonymous people sign in first, strangers get 404, people without a second factor set one up,
    people with another role get 403. Its pages are never cached.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if answer := stopped(request):
                return answer
            if roles and not actor(request).roles & set(roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def stopped(request: HttpRequest) -> HttpResponseBase | None:
    """What stands between this person and the office, or None.

    Raises:
        Http404: signed in, and not of the office: nothing tells that there is one.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not actor(request).roles:
        raise Http404("not of the office")
    if has_second_factor(request):
        return None
    messages.warning(
        request,
        _("The office opens with a second factor only. Set up a passkey or an app here, then open the office again."),
    )
    return _to_second_factor()


def actor(request: HttpRequest) -> Actor:
    """Who acts, with their roles; asked of the database once per request."""
    found: Actor | None = getattr(request, "_dossier_actor", None)
    if found is None:
        found = Actor.of_user(request.user)
        request._dossier_actor = found  # type: ignore[attr-defined]
    return found


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this person signs in with a second factor.

    The project's ``second_factor`` says so where it has one; else allauth, where an account with a factor cannot be
    signed in to without it; else django-otp, which says it of this session; else nobody, and the answer is no.
    """
    if conf.second_factor:
        return import_string(conf.second_factor)(request) is True
    user: Any = request.user
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa.utils import is_mfa_enabled

        return bool(is_mfa_enabled(user))
    return bool(getattr(user, "is_verified", bool)())


def _to_second_factor() -> HttpResponse:
    if page := address("mfa_index"):
        return redirect(page)
    raise PermissionDenied


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person confirmed who they are minutes ago. Signing in is none, nor is having nothing to do it by."""
    return confirmed.recent(request, at=timezone.now()) is not None


def confirm_first(*, then: str) -> HttpResponse:
    """Send somebody to confirm who they are, and from there to the page ``then``: allauth's page, else the portal's."""
    page = address("account_reauthenticate") or reverse("portal:confirm")
    return redirect(f"{page}?{urlencode({'next': then})}")
