"""The daily work on a case: questions, answers, advice, comments, who has it, trying again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dpo import people
from dpo.access import actor, office_required
from dpo.doing import do, not_done, posted
from dpo.page import case_or_404, step_or_404
from tasks.cases import operations
from tasks.cases.models import Case
from tasks.errors import NotAllowed, TransitionRefused


@office_required()
@require_POST
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the person something; the adjusted date waits."""
    case = case_or_404(request, reference)
    return do(request, case, posted(request, case, "ask"), "ask", operations.ask, said=_("The question is on its way."))


@office_required()
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter an answer that came by letter or telephone; the case goes on."""
    case = case_or_404(request, reference)
    form = posted(request, case, "answer")
    return do(request, case, form, "answer", operations.answer, said=_("Entered. The case goes on."))


@office_required()
@require_POST
def unfreeze(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a case go on after "This wasn't me"."""
    case = case_or_404(request, reference)
    form = posted(request, case, "unfreeze")
    return do(request, case, form, "unfreeze", operations.unfreeze, said=_("The case goes on."))


@office_required()
@require_POST
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the case to somebody of the office, or to nobody."""
    case = case_or_404(request, reference)
    form = posted(request, case, "assign")

    def given(case: Case, *, to: str, **who: Any) -> Case:
        return operations.assign(case, to=people.colleague(to) if to else None, **who)

    return do(request, case, form, "assign", given, said=_("Assigned."))


@office_required()
@require_POST
def advise(request: HttpRequest, reference: str) -> HttpResponse:
    """Put down the DPO's advice, apart from any decision."""
    case = case_or_404(request, reference)
    return do(
        request, case, posted(request, case, "advise"), "advise", operations.advise, said=_("The advice is put down.")
    )


@office_required()
@require_POST
def comment(request: HttpRequest, reference: str) -> HttpResponse:
    """Put down a remark for colleagues."""
    case = case_or_404(request, reference)
    form = posted(request, case, "comment")
    return do(request, case, form, "comment", operations.comment, said=_("The comment is put down."))


@office_required()
@require_POST
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the person a message."""
    case = case_or_404(request, reference)
    return do(
        request, case, posted(request, case, "write"), "write", operations.write, said=_("The message is on its way.")
    )


@office_required()
@require_POST
def retry(request: HttpRequest, reference: str, step: int) -> HttpResponse:
    """Try a step again now."""
    case = case_or_404(request, reference)
    found = step_or_404(case, step)
    try:
        operations.retry(found, by=actor(request), at=timezone.now())
    except (TransitionRefused, NotAllowed) as error:
        return not_done(request, reference, error)
    messages.success(request, _("It is tried again now."))
    return redirect("dpo:case", case.reference)
