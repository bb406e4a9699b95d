"""Asking for a copy: choose, check, send."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import confirmation, drafts, languages, people
from portal.confirmation import recently_confirmed
from portal.forms import DownloadForm
from tasks.cases import deadlines, operations, queries
from tasks.cases.states import Kind

DRAFT = "download"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Everything or chosen categories, the language, a note. Nothing is sent yet."""
    held = queries.held(people.subject(request))
    choices = [(category["key"], category["title"]) for category in held]
    if request.method == "POST":
        form = DownloadForm(request.POST, categories=choices)
        if form.is_valid():
            drafts.keep(request, DRAFT, form.cleaned_data)
            return redirect("portal:download_check")
    else:
        form = DownloadForm(initial=_before(request), categories=choices)
    context = {"form": form, "held": held, "due": deadlines.for_case(timezone.now()).date, **_open(request)}
    return render(request, "dossier/portal/download/choose.html", context, status=422 if form.errors else 200)


@never_cache
@recently_confirmed
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show the answers once more; a POST sends them."""
    draft = drafts.kept(request, DRAFT)
    if draft is None:
        return redirect("portal:download")
    if request.method == "POST":
        return _send(request, draft)
    titles = {category["key"]: category["title"] for category in queries.held(people.subject(request))}
    context = {
        "draft": draft,
        "chosen": [titles[key] for key in draft["categories"] if key in titles],
        "language": languages.native_name(draft["language"]),
        "contact": people.contact(request),
        "due": deadlines.for_case(timezone.now()),
    }
    return render(request, "dossier/portal/download/check.html", context)


def _send(request: HttpRequest, draft: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    confirmed = confirmation.recent(request, at=now)
    case = operations.open_access(
        people.subject(request),
        by=people.actor(request),
        at=now,
        contact=people.contact(request),
        person=people.name(request),
        language=draft["language"],
        categories=draft["categories"],
        note=draft["note"],
        identity=confirmed.method if confirmed else "",
    )
    drafts.drop(request, DRAFT)
    return redirect("portal:case", case.reference)


def _before(request: HttpRequest) -> dict[str, Any]:
    return drafts.kept(request, DRAFT) or {"scope": "everything", "language": languages.current()}


def _open(request: HttpRequest) -> dict[str, Any]:
    """The open request of this kind: a second one would only open the first."""
    return {"open_case": queries.open_case(request.user, Kind.ACCESS)}
