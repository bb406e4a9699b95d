"""What somebody has chosen so far, kept sealed in their session until they send it or leave it."""

from typing import Any

from django.http import HttpRequest

from tasks.cases import drafts

PREFIX = "dossier_draft_"


def keep(request: HttpRequest, name: str, values: dict[str, Any]) -> None:
    """Keep the choices of one form: short texts and keys, no records."""
    request.session[PREFIX + name] = drafts.seal(values)


def kept(request: HttpRequest, name: str) -> dict[str, Any] | None:
    """The choices made before, or None."""
    text = request.session.get(PREFIX + name)
    return drafts.unseal(text) if text else None


def drop(request: HttpRequest, name: str) -> None:
    """Forget them."""
    request.session.pop(PREFIX + name, None)
