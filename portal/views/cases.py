"""My requests, and one of them: where it stands, what I can do about it."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from portal import confirmation, journey, languages, limits, people
from portal.fates import Fates
from portal.forms import AnswerForm
from tasks.cases import completeness, holds, operations, queries
from tasks.cases.models import Case, NoteKind, Phase
from tasks.cases.states import State
from tasks.errors import TransitionRefused

HEARD = {NoteKind.QUESTION, NoteKind.ANSWER, NoteKind.MESSAGE}


@login_required
@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All my requests, newest first."""
    return render(request, "dossier/portal/requests.html", {"cases": queries.cases_of(request.user)})


@login_required
@never_cache
@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One request: where it stands, and what I can do."""
    return render(request, "dossier/portal/case.html", _context(request, people.own_case(request, reference)))


@never_cache
@require_safe
def progress(request: HttpRequest, reference: str) -> HttpResponse:
    """The part of the page that changes. When nothing changes by itself any more it carries no trigger.

    Somebody who is signed out meanwhile gets the sign-in page whole, not inside this one.
    """
    if not request.user.is_authenticated:
        return (
            HttpResponseClientRefresh()
            if "HX-Request" in request.headers
            else redirect_to_login(request.get_full_path())
        )
    context = {**_context(request, people.own_case(request, reference)), "is_fragment": True}
    return render(request, "dossier/portal/case/_request.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once, then take the request back."""
    mine = people.own_case(request, reference)
    if request.method == "POST":
        try:
            operations.withdraw(mine, by=people.actor(request), at=timezone.now())
        except TransitionRefused:
            return redirect("portal:case", mine.reference)
        return redirect("portal:case", mine.reference)
    if not journey.is_stoppable(mine):
        return redirect("portal:case", mine.reference)
    return render(request, "dossier/portal/case/withdraw.html", {"case": mine})


@login_required
@never_cache
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the office's question, or write to it."""
    mine = people.own_case(request, reference)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render(request, "dossier/portal/case.html", {**_context(request, mine), "form": form}, status=422)
    now = timezone.now()
    if not limits.allow("message", request.user.pk, times=20, seconds=3600, at=now):  # each is a mail to the office
        return render(request, "dossier/429.html", status=429)
    say = operations.answer if mine.state == State.AWAITING_SUBJECT else operations.write
    with suppress(TransitionRefused):  # pressed twice: the first one is kept
        say(mine, form.cleaned_data["text"], by=people.actor(request), at=now)
    return redirect("portal:case", mine.reference)


@login_required
@never_cache
@require_safe
def confirmation_text(request: HttpRequest, reference: str) -> HttpResponse:
    """The confirmation as a text file to keep."""
    mine = people.own_case(request, reference)
    response = render(
        request, "dossier/portal/case/confirmation.txt", {"case": mine}, content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{mine.reference}.txt"'
    return response


@login_required
@never_cache
@require_safe
def certificate(request: HttpRequest, reference: str) -> HttpResponse:
    """What was erased, for as long as the person can still sign in."""
    mine = people.own_case(request, reference)
    found = queries.certificate(mine)
    if not found:
        raise Http404("no certificate yet")
    context = {
        "case": mine,
        "certificate": found,
        "fates": Fates.of_certificate(found),
        "unconfirmed": queries.unconfirmed(mine),
    }
    return render(request, "dossier/portal/certificate.html", context)


def _context(request: HttpRequest, mine: Case) -> dict[str, Any]:
    now = timezone.now()
    far, hold = queries.progress(mine, at=now), holds.stopping(mine)
    notes = [note for note in mine.notes.all() if note.kind in HEARD]
    return {
        "case": mine,
        "now": now,
        "progress": far,
        "stages": journey.stages(mine, far),
        "status": journey.status(mine),
        "contact": queries.contact_of(mine),
        "held_told": hold is not None and hold.told,
        "held_back": hold is not None,
        **(_answer(mine) if mine.state == State.READY else {}),
        "confirmed": confirmation.recent(request, at=now),
        "fates": Fates.of(mine.plan) if mine.plan else None,
        "decision": mine.decisions.filter(verdict="reject").last() if mine.state == State.REJECTED else None,
        "notes": notes,
        "searched": sum(step["phase"] == Phase.COLLECT and not step["error"] for step in far["steps"]),
        "question": next((n for n in reversed(notes) if n.kind == NoteKind.QUESTION), None),
        "stoppable": journey.is_stoppable(mine),
        "due": mine.adjusted_due_on(now),
        "scope": _scope(mine),
        "language": languages.native_name(mine.language),
        "ground": _ground(mine),
        "form": AnswerForm(),
    }


def _answer(mine: Case) -> dict[str, Any]:
    """The files that answer a request, what was covered in them by hand, and what they lack."""
    return {
        "packages": queries.packages(mine),
        "covered": mine.redactions.count(),
        "lacks": completeness.lacks(mine),
        "gaps": len(completeness.named_gaps(mine)),
    }


def _scope(mine: Case) -> list[str]:
    """The titles of the chosen categories; none means everything."""
    if not mine.categories:
        return []
    titles = {part["key"]: part["title"] for part in queries.progress(mine)["parts"]}
    return [titles.get(key, key) for key in mine.categories]


def _ground(mine: Case) -> str:
    decision = mine.decisions.filter(verdict="reject").last() if mine.state == State.REJECTED else None
    return str(operations.GROUNDS(decision.ground).label) if decision else ""
