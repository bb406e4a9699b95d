"""Carrying out what somebody of the office posted: one operation, and a clear answer where it is refused."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from dpo import drafts
from dpo.access import actor
from dpo.forms import Office, form_for
from dpo.page import case_or_404
from dpo.views.case import Notice, show
from dpo.ways import wants_reason
from tasks.cases.models import Case
from tasks.cases.states import State
from tasks.errors import ApprovalVoid, NotAllowed, TransitionRefused

Operation = Callable[..., Case]
REFUSALS = (TransitionRefused, ApprovalVoid, NotAllowed, ValueError)


def posted(request: HttpRequest, case: Case, action: str) -> Office:
    """The form of an action with what was posted."""
    given: dict[str, Any] = {"incomplete": wants_reason(case)} if action == "approve" else {}
    return form_for(action, case, request.POST, **given)


def do(request: HttpRequest, case: Case, form: Office, action: str, operation: Operation, *, said: str) -> HttpResponse:
    """Call ``operation(case, by=, at=, …the form's values)`` and go back to the case, or say why not.

    A form that is not complete comes back with 422, a refused operation with 409 or 403; nothing was changed
    then, and what was typed stands in the form.
    """
    if not form.is_valid():
        return show(request, case, typed={action: form}, status=422)
    try:
        operation(case, by=actor(request), at=timezone.now(), **values(form))
    except REFUSALS as error:
        return refused(request, case.reference, form, action, error)
    drafts.drop(request)
    messages.success(request, said)
    return redirect("dpo:case", case.reference)


def values(form: Office) -> dict[str, Any]:
    """What the operation gets: the fields by name, without the boxes that only had to be ticked."""
    return {name: value for name, value in form.cleaned_data.items() if name not in {"seen", "sure"}}


def refused(request: HttpRequest, reference: str, form: Office, action: str, error: Exception) -> HttpResponse:
    """The case as it is now, with a notice that says what was refused; what was typed is kept."""
    case = case_or_404(request, reference)
    notice, status = explained(error, case)
    return show(request, case, typed={action: _kept(form, case, action)}, notice=notice, status=status)


def not_done(request: HttpRequest, reference: str, error: Exception) -> HttpResponse:
    """The case as it is now, with a notice that says what was refused; nothing was typed."""
    case = case_or_404(request, reference)
    notice, status = explained(error, case)
    return show(request, case, notice=notice, status=status)


def _kept(form: Office, case: Case, action: str) -> Office:
    """The same words in a fresh form: a new hash has to be seen, a box ticked anew."""
    from dpo.views.case import retyped

    return retyped(case, action, {name: form.data.get(name, "") for name in form.fields})


def explained(error: Exception, case: Case) -> tuple[Notice, int]:
    """What to say about a refusal, and its status."""
    nothing = _("Nothing was changed.")
    if isinstance(error, NotAllowed):
        return ("wait", _("This is not yours to do"), f"{_not_allowed(case)} {nothing}"), 403
    if isinstance(error, ApprovalVoid):
        text = _("What you saw is not what is there now. Look at it again, then decide.")
        return ("wait", _("The content has changed"), f"{text} {nothing}"), 409
    if isinstance(error, ValueError):
        return ("wait", _("Something is missing"), _("The form is not complete.") + f" {nothing}"), 422
    now = _("The case is in the state “%(state)s”, which does not allow it.") % {"state": State(case.state).title}
    return ("wait", _("This cannot be done now"), f"{now} {nothing}"), 409


def _not_allowed(case: Case) -> str:
    return _("Your role does not allow it, it is your own request, or you have decided already.")
