"""What somebody has chosen so far, kept in their session until they send it or leave it."""

from typing import Any

from django.http import HttpRequest

PREFIX = "dossier_draft_"


def keep(request: HttpRequest, name: str, values: dict[str, Any]) -> None:
    """Keep the choices of one form: short texts and keys, no records."""
    request.session[PREFIX + name] = values


def kept(request: HttpRequest, name: str) -> dict[str, Any] | None:
    """The choices made before, or None."""
    found: dict[str, Any] | None = request.session.get(PREFIX + name)
    return found


def drop(request: HttpRequest, name: str) -> None:
    """Forget them."""
    request.session.pop(PREFIX + name, None)
