"""Nobody changes how an account is kept safe without confirming first.

allauth asks for a password where there is one and lets everybody else through. Then somebody at an open
computer could add a passkey or an address of their own, and confirm a download with that.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from portal import codes, confirmation

GUARDED = frozenset({
    "account_email", "account_set_password",
    "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
})  # fmt: skip


class AccountGuard:
    """Send people through ``portal:confirm`` before allauth's pages that change an account's locks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name not in GUARDED or not request.user.is_authenticated:
            return None
        if confirmation.recent(request, at=timezone.now()) or not can_confirm(request):
            return None
        return confirmation.ask(request)


def can_confirm(request: HttpRequest) -> bool:
    """Whether there is any way at all; an account without one has to confirm an address first."""
    return bool(confirmation.ways(request.user) or codes.mailbox(request.user))
