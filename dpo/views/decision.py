"""The controller's decisions: approve, refuse, extend. The first two want a fresh confirmation of who decides."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dpo import drafts
from dpo.access import actor, confirm_first, is_fresh, office_required
from dpo.doing import do, posted
from dpo.forms import Office
from dpo.page import case_or_404, draw
from dpo.views.case import retyped, show
from tasks.cases import letters, operations, queries
from tasks.cases.models import Case
from tasks.cases.states import State


@office_required()
@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve exactly what was seen."""
    case = case_or_404(request, reference)
    form = posted(request, case, "approve")
    if not form.is_valid():
        return show(request, case, typed={"approve": form}, status=422)
    if not is_fresh(request):
        drafts.keep(request, case, "approve", at=timezone.now())
        return confirm_first(then=reverse("dpo:case", args=[case.reference]) + "#decide")
    return do(request, case, form, "approve", operations.approve, said=_("Approved. What follows begins by itself."))


@office_required()
@require_http_methods(["GET", "HEAD", "POST"])
def reject_preview(request: HttpRequest, reference: str) -> HttpResponse:
    """The letter of a refusal as it will go out, to be read before it is sent."""
    case = case_or_404(request, reference)
    if request.method == "POST":
        form = posted(request, case, "reject")
        return (
            _letter(request, case, form) if form.is_valid() else show(request, case, typed={"reject": form}, status=422)
        )
    draft = drafts.kept(request, case, at=timezone.now())
    if not draft or draft[0] != "reject":
        return redirect("dpo:case", case.reference)
    form = retyped(case, "reject", draft[1])
    typed = type(form)(form.initial, case=case, action="reject")
    return _letter(request, case, typed) if typed.is_valid() else redirect("dpo:case", case.reference)


def _letter(request: HttpRequest, case: Case, form: Office) -> HttpResponse:
    ground, text = form.cleaned_data["ground"], form.cleaned_data["text"]
    letter = letters.preview(case, "rejected", ground=operations.GROUNDS(ground).label, text=text)
    context = {
        "case": case,
        "letter": letter,
        "form": form,
        "contact": queries.contact_of(case),
        "possible": case.state == State.REVIEW,
    }
    operations.record_view(case, by=actor(request), at=timezone.now(), what="letter")
    return draw(request, "letter.html", context)


@office_required()
@require_POST
def reject(request: HttpRequest, reference: str) -> HttpResponse:
    """Refuse with a ground and reasons, and send the letter."""
    case = case_or_404(request, reference)
    form = posted(request, case, "reject")
    if not form.is_valid():
        return show(request, case, typed={"reject": form}, status=422)
    if not is_fresh(request):
        drafts.keep(request, case, "reject", at=timezone.now())
        return confirm_first(then=reverse("dpo:reject_preview", args=[case.reference]))
    return do(request, case, form, "reject", operations.reject, said=_("Refused. The letter is on its way."))


@office_required()
@require_POST
def extend(request: HttpRequest, reference: str) -> HttpResponse:
    """Move the date to three months from receipt and tell the person why."""
    case = case_or_404(request, reference)
    form = posted(request, case, "extend")
    return do(request, case, form, "extend", operations.extend, said=_("Extended. The person is told."))
