"""Deleting an account in three steps: what happens, when, confirm."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from portal import confirmation, drafts, languages, people
from portal.confirmation import recently_confirmed
from portal.fates import Fates, recipients_in
from portal.forms import GRACE, UnderstoodForm, WhenForm
from tasks import conf
from tasks.cases import deadlines, operations, queries
from tasks.cases.states import Kind

DRAFT = "deletion"


@login_required
@never_cache
@require_safe
def what(request: HttpRequest) -> HttpResponse:
    """Step 1: what is deleted, anonymised and kept, with this person's counts."""
    if case := queries.open_case(request.user, Kind.ERASURE):
        return redirect("portal:case", case.reference)
    return render(request, "dossier/portal/deletion/what.html", {**_steps(request, 1), **_dates()})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def when(request: HttpRequest) -> HttpResponse:
    """Step 2: after the grace period, or as soon as it is approved."""
    form = WhenForm(request.POST if request.method == "POST" else None, initial=drafts.kept(request, DRAFT))
    if request.method == "POST" and form.is_valid():
        drafts.keep(request, DRAFT, form.cleaned_data)
        return redirect("portal:delete_confirm")
    context = {"form": form, **_steps(request, 2), **_dates()}
    return render(request, "dossier/portal/deletion/when.html", context, status=422 if form.errors else 200)


@never_cache
@recently_confirmed
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Step 3: one checkbox and the only red button."""
    draft = drafts.kept(request, DRAFT)
    if draft is None:
        return redirect("portal:delete_when")
    form = UnderstoodForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _send(request, draft["when"])
    context = {"form": form, "when": draft["when"], **_steps(request, 3), **_dates()}
    return render(request, "dossier/portal/deletion/confirm.html", context, status=422 if form.errors else 200)


@sensitive_variables("case")
def _send(request: HttpRequest, when: str) -> HttpResponse:
    """Open the case. The key is on this one page and in one mail, so the answer is no redirect."""
    now = timezone.now()
    confirmed = confirmation.recent(request, at=now)
    case = operations.open_erasure(
        people.subject(request),
        by=people.actor(request),
        at=now,
        contact=people.contact(request),
        person=people.name(request),
        when=when,
        language=languages.current(),
        identity=confirmed.method if confirmed else "",
        keep_session=request.session.session_key or "",
    )
    drafts.drop(request, DRAFT)
    if case.duplicate or not case.receipt_key:
        return redirect("portal:case", case.reference)
    return render(request, "dossier/portal/deletion/requested.html", {"case": case, "now": now, **_dates()})


def _steps(request: HttpRequest, step: int) -> dict[str, Any]:
    plan = queries.plan_for(people.subject(request), at=timezone.now())
    draft = drafts.kept(request, DRAFT) or {}
    return {
        "step": step,
        "fates": Fates.of(plan),
        "recipients": recipients_in(plan) if step == 1 else [],
        "is_grace": draft.get("when") == GRACE,
    }


def _dates() -> dict[str, date | int | datetime]:
    """The days that the pages name, counted from today."""
    now = timezone.now()
    grace = deadlines.local_date(now) + timedelta(days=conf.grace_days)
    return {
        "now": now,
        "grace_on": grace,
        "grace_days": conf.grace_days,
        "backups_until": grace + timedelta(days=conf.backup_days),
        "backup_days": conf.backup_days,
        "due": deadlines.for_case(now).date,
    }
