"""Legal holds: who is held and why, until when; set and lifted by approvers and the DPO."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dpo.access import actor, confirm_first, is_fresh, office_required
from dpo.forms import Text, offer
from dpo.page import case_or_404, draw
from tasks.cases import holds
from tasks.cases.deadlines import local_date
from tasks.cases.operations import holding
from tasks.cases.states import DECIDERS
from tasks.cases.subjects import of_case
from tasks.errors import NotAllowed, SubjectNotFound


class HoldForm(forms.Form):
    """What is held, why, and who looks at it again when. Of a case the person is known."""

    key = forms.CharField(
        label=gettext_lazy("Number of the person"),
        max_length=200,
        help_text=gettext_lazy("The primary key of their account. On a case’s page it is filled in for you."),
        error_messages={"required": gettext_lazy("Type the number of the person.")},
    )
    category = forms.ChoiceField(label=gettext_lazy("What is held"), required=False)
    reason = Text(
        gettext_lazy("Why it is held"),
        required=gettext_lazy("Write why it is held."),
        hint=gettext_lazy("For the office. It is stored sealed, and goes when the hold is lifted."),
    )
    review_on = forms.DateField(
        label=gettext_lazy("Looked at again on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Choose a day."), "invalid": gettext_lazy("Choose a day.")},
    )
    reviewer = forms.CharField(label=gettext_lazy("By whom"), required=False, max_length=200)
    told = forms.BooleanField(
        label=gettext_lazy("The person may read that a legal claim holds it (Art. 17(3)(e) GDPR)."), required=False
    )

    def __init__(self, data: Any = None, *, of_case: bool = False, today: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        self.today = today
        offer(self, "category", [("", _("Everything")), *holds.categories()])
        if of_case:
            del self.fields["key"]

    def clean_review_on(self) -> Any:
        """A review lies ahead."""
        day = self.cleaned_data["review_on"]
        if day <= self.today:
            raise forms.ValidationError(_("Choose a day that is to come."))
        return day


@office_required()
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """All holds, and the form for a new one. ``?case=`` names the case whose person is meant."""
    now, reference = timezone.now(), request.GET.get("case", "")
    case = case_or_404(request, reference) if reference else None
    if case is not None and not case.subject_key:
        raise Http404("nobody to hold")
    posted = request.POST if request.method == "POST" else None
    form = HoldForm(posted, of_case=case is not None, today=local_date(now), auto_id="hold-%s")
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid() and (answer := _set(request, form, case)):
            return answer
    may = bool(actor(request).roles & DECIDERS)
    context = {"holds": holds.listed(at=now), "form": form, "case": case, "may_hold": may}
    return draw(request, "holds.html", context, status=status)


def _set(request: HttpRequest, form: HoldForm, case: Any) -> HttpResponse | None:
    """Set the hold, or say in the form why not."""
    values = dict(form.cleaned_data)
    key = values.pop("key", "")
    try:
        subject = of_case(case) if case is not None else holding.person(key)
        holding.hold(subject, by=actor(request), at=timezone.now(), **values)
    except SubjectNotFound:
        form.add_error("key" if case is None else None, _("Nobody has this number."))
    except NotAllowed:
        form.add_error(None, _("Approvers and the data protection officer set holds, and nobody on their own data."))
    else:
        messages.success(request, _("Held. Nothing of it is erased until the hold is lifted."))
        return redirect("dpo:case", case.reference) if case is not None else redirect("dpo:holds")
    return None


@office_required(*DECIDERS)
@require_POST
def lift(request: HttpRequest, number: int) -> HttpResponse:
    """Let go: what was only held back goes on by itself. Wants a fresh confirmation of who does it."""
    try:
        found = holding.active(number)
    except ObjectDoesNotExist as error:
        raise Http404("no such hold") from error
    if not is_fresh(request):
        return confirm_first(then=reverse("dpo:holds"))
    try:
        done = holding.lift(found, by=actor(request), at=timezone.now())
    except NotAllowed:
        messages.error(request, _("Nobody lifts a hold on their own data."))
    else:
        if done:
            messages.success(request, _("Lifted. What was only held back goes on by itself."))
    return redirect("dpo:holds")
