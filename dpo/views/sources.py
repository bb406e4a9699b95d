"""A source that gives no answer: going on without it, and coming back to it. Both are recorded."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dpo import drafts
from dpo.access import actor, confirm_first, is_fresh, office_required
from dpo.doing import REFUSALS, not_done
from dpo.forms import Office, form_for
from dpo.page import case_or_404, draw, step_or_404
from dpo.steps import says
from dpo.views.case import retyped, show
from tasks.cases import operations
from tasks.cases.models import Case, Step
from tasks.errors import NotAllowed, TransitionRefused

LEAVE = "leave_out"


@office_required()
@require_http_methods(["GET", "HEAD", "POST"])
def leave_out(request: HttpRequest, reference: str, step: int) -> HttpResponse:
    """Ask for the reason, then go on without this source. A decision: it wants a fresh confirmation."""
    case = case_or_404(request, reference)
    found = step_or_404(case, step)
    if not operations.may_leave_out(found, by=actor(request)):
        notice = ("wait", _("This cannot be done now"), _("Only an approver goes on without a source that failed."))
        return show(request, case, notice=notice, status=409)
    if request.method != "POST":
        return _page(request, found, _typed(request, case))
    form = form_for(LEAVE, case, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if not is_fresh(request):
        drafts.keep(request, case, LEAVE, at=timezone.now())
        return confirm_first(then=reverse("dpo:leave_out", args=[case.reference, step]))
    return _left_out(request, found, form)


def _left_out(request: HttpRequest, step: Step, form: Office) -> HttpResponse:
    try:
        operations.leave_out(step, by=actor(request), at=timezone.now(), reason=form.cleaned_data["reason"])
    except REFUSALS as error:
        return not_done(request, step.case.reference, error)
    drafts.drop(request)
    messages.success(request, _("The case goes on without it."))
    return redirect("dpo:case", step.case.reference)


def _typed(request: HttpRequest, case: Case) -> Office:
    draft = drafts.kept(request, case, at=timezone.now())
    return retyped(case, *draft) if draft and draft[0] == LEAVE else form_for(LEAVE, case)


def _page(request: HttpRequest, step: Step, form: Office, *, status: int = 200) -> HttpResponse:
    operations.record_view(step.case, by=actor(request), at=timezone.now(), what="leave_out")
    context = {"case": step.case, "step": step, "form": form, "says": says(step, at=timezone.now())}
    return draw(request, "leave_out.html", context, status=status)


@office_required()
@require_POST
def erase_there(request: HttpRequest, reference: str, step: int) -> HttpResponse:
    """Ask a source that was left out to erase the person all the same."""
    case = case_or_404(request, reference)
    try:
        operations.erase_there(step_or_404(case, step), by=actor(request), at=timezone.now())
    except (TransitionRefused, NotAllowed) as error:
        return not_done(request, reference, error)
    messages.success(request, _("It is asked now. The certificate is written anew when it has answered."))
    return redirect("dpo:case", case.reference)
