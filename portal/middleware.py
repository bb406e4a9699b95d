"""Nobody changes how an account is kept safe without confirming first; a vault that does not open is said on a page.

allauth asks for a password where there is one and lets everybody else through. Then somebody at an open
computer could add a passkey or an address of their own, and confirm a download with that.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connections, router
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from portal import codes, confirmation
from tasks.cases.models import Case
from tasks.errors import KeyUnavailable

logger = logging.getLogger(__name__)

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


class VaultGuard:
    """Answer 503 with a clear page where the desk cannot work, and tell the log why.

    The vault's key is missing or does not open a file; or the desk's tables are not there yet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, KeyUnavailable):
            logger.error("%s", exception)
        elif isinstance(exception, DatabaseError) and not has_tables():
            logger.error("The desk's tables are not in the database. Run 'manage.py migrate'.")
        else:
            return None
        answer = HttpResponse(render_to_string("dossier/503.html"), status=503, headers={"Retry-After": "600"})
        answer["Cache-Control"] = "no-store"
        return answer


def has_tables() -> bool:
    """Whether the desk was migrated; yes where nobody can tell, so that another trouble keeps its own name."""
    alias = router.db_for_read(Case) or "default"
    try:
        return Case._meta.db_table in connections[alias].introspection.table_names()
    except DatabaseError:
        return True
