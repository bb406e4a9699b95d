"""“This wasn't me”: the link in every acknowledgement. Opening it changes nothing; pressing the button freezes."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import limits
from tasks.cases import letters, operations
from tasks.cases.models import Case
from tasks.cases.states import FINAL
from tasks.errors import TransitionRefused


@never_cache
@require_http_methods(["GET", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Explain on GET, because mail programs open links by themselves; freeze the case on POST."""
    now = timezone.now()
    try:
        case = letters.case_of_not_me(token, at=now)
    except letters.LinkExpired:
        return render(request, "dossier/portal/not_me.html", {"expired": True, "days": letters.NOT_ME_DAYS}, status=410)
    except Case.DoesNotExist as error:
        raise Http404("no such link") from error
    if request.method == "POST":
        if not limits.allow("not-me", case.pk, times=10, seconds=300, at=now):
            return render(request, "dossier/429.html", status=429)
        return _freeze(request, case, token, now)
    over = case.state in FINAL  # files that are ready can still be stopped
    return render(request, "dossier/portal/not_me.html", {"case": case, "frozen": case.is_frozen, "too_late": over})


def _freeze(request: HttpRequest, case: Case, token: str, at: datetime) -> HttpResponse:
    try:
        operations.freeze_by_link(token, at=at)
    except TransitionRefused:
        return render(request, "dossier/portal/not_me.html", {"case": case, "too_late": True}, status=409)
    return render(request, "dossier/portal/not_me.html", {"case": case, "frozen": True, "done": True})
