"""The first pages: what this is, and what is held about me."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import people
from tasks.cases import deadlines, queries
from tasks.cases.states import Kind


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Say in three sentences what this is. Open to everybody."""
    return render(request, "dossier/portal/start.html", {"due": deadlines.for_case(timezone.now()).date})


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What we hold, in categories with counts; two doors of equal weight; my requests; a person to ask."""
    now = timezone.now()
    subject = people.subject(request)
    cases = list(queries.cases_of(request.user))
    held = queries.held(subject)
    context = {
        "now": now,
        "due": deadlines.for_case(now).date,
        "held": held,
        "total": sum(category["count"] for category in held),
        "cases": cases[:3],
        "more": max(len(cases) - 3, 0),
        "open_access": next((c for c in cases if c.kind == Kind.ACCESS and c.is_open), None),
        "open_erasure": next((c for c in cases if c.kind == Kind.ERASURE and c.is_open), None),
    }
    return render(request, "dossier/portal/home.html", context)
