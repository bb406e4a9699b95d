"""What somebody typed before they had to confirm who they are: kept sealed in their session for some minutes."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from tasks.cases import drafts
from tasks.cases.models import Case

KEY = "dossier_office_draft"
LASTS = timedelta(minutes=10)


def keep(request: HttpRequest, case: Case, action: str, *, at: datetime) -> None:
    """Keep the posted form of one action on one case; another draft replaces it."""
    values = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    request.session[KEY] = {"case": str(case.pk), "action": action, "values": drafts.seal(values), "at": at.timestamp()}


def kept(request: HttpRequest, case: Case, *, at: datetime) -> tuple[str, dict[str, Any]] | None:
    """The action and the values that were typed for this case, or None."""
    draft = request.session.get(KEY)
    if not draft or draft["case"] != str(case.pk) or at.timestamp() - draft["at"] > LASTS.total_seconds():
        return None
    values = drafts.unseal(draft["values"])
    return (draft["action"], values) if values is not None else None


def drop(request: HttpRequest) -> None:
    """Forget it: done, or done with."""
    request.session.pop(KEY, None)
