"""Telling the recipients of what was erased: again, otherwise, or by a letter that somebody prints."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dpo import recipients
from dpo.access import actor, office_required
from dpo.doing import REFUSALS, not_done
from dpo.page import case_or_404, draw
from tasks.cases import notifying, operations
from tasks.cases.models import Notification


@office_required()
@require_POST
def tell_again(request: HttpRequest, reference: str, notification: int) -> HttpResponse:
    """Try a recipient anew."""
    case = case_or_404(request, reference)
    try:
        notifying.tell_again(case, notification=notification, by=actor(request), at=timezone.now())
    except REFUSALS as error:
        return not_done(request, reference, error)
    messages.success(request, _("They are told again now."))
    return redirect("dpo:case", case.reference)


@office_required()
@require_POST
def told_otherwise(request: HttpRequest, reference: str, notification: int) -> HttpResponse:
    """Put down that a recipient was told, and how."""
    case = case_or_404(request, reference)
    form = recipients.form(case, notification, request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        notifying.told_otherwise(case, notification=notification, note=note, by=actor(request), at=timezone.now())
    except REFUSALS as error:
        return not_done(request, reference, error)
    messages.success(request, _("It is put down. The certificate was written anew."))
    return redirect("dpo:case", case.reference)


@office_required()
@require_safe
def letter(request: HttpRequest, reference: str, notification: int) -> HttpResponse:
    """The letter to a recipient, to print. The look is recorded: it says whom it is about."""
    case = case_or_404(request, reference)
    try:
        rendered = notifying.letter(case, notification)
    except Notification.DoesNotExist as error:
        raise Http404("no such letter") from error
    operations.record_view(case, by=actor(request), at=timezone.now(), what="recipient_letter")
    return draw(request, "recipient_letter.html", {"case": case, "letter": rendered})
