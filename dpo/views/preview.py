"""The preview: what a person will get, before anybody approves it, and what is covered in it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dpo import copies
from dpo.access import actor, office_required
from dpo.doing import explained
from dpo.forms import RedactForm
from dpo.page import case_or_404, draw
from dpo.views.case import Notice
from dpo.words import short_hash
from tasks.cases import operations
from tasks.cases import preview as reading
from tasks.cases.completeness import named_gaps
from tasks.cases.models import Case
from tasks.cases.operations import redacting
from tasks.cases.states import Kind, State
from tasks.errors import ApprovalVoid, KeyUnavailable, NotAllowed, TransitionRefused

DELIVERED, COVER, LISTED = "delivered", "cover", "covered"
AFTER_REVIEW = frozenset({State.APPROVED, State.PACKAGING, State.READY, State.CLOSED, State.EXPIRED})
REFUSALS = (TransitionRefused, ApprovalVoid, NotAllowed, ValueError)


@office_required()
@require_safe
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """A section of the sealed snapshot, page by page; the first one where none is named."""
    return _show(request, case_or_404(request, reference), request.GET)


@office_required()
@require_safe
def covered(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that is covered by hand, before and after."""
    case, number = _copy_or_404(request, reference), _number(request.GET.get("page", ""))
    operations.record_view(case, by=actor(request), at=timezone.now(), what="covered")
    try:
        found, pages = reading.covered(case, number=number)
    except KeyUnavailable:
        found, pages = reading.covered_without_snapshot(case), 1
    context = {"changes": copies.changes(found), "number": min(max(number, 1), pages), "pages": pages, "view": LISTED}
    return draw(request, "covered.html", {**_frame(request, case), **context})


@office_required()
@require_POST
def redact(request: HttpRequest, reference: str) -> HttpResponse:
    """Cover the ticked values of a section, with a reason that the person reads."""
    case = _copy_or_404(request, reference)
    saw, form = case.content_hash, RedactForm(request.POST, case=case, action="redact")
    if not form.is_valid():
        return _show(request, case, request.POST, form=form, status=422)
    try:
        places = copies.spots(request.POST.get("section", ""), request.POST.getlist("spot"))
        new = operations.redact(case, places, by=actor(request), at=timezone.now(), **form.cleaned_data)
    except REFUSALS as error:
        return _refused(request, reference, error, form)
    _say(request, _covered_words(len(new), len(places)), is_stale=saw != request.POST.get("seen", saw))
    return _back(request, case)


@office_required()
@require_POST
def unredact(request: HttpRequest, reference: str) -> HttpResponse:
    """Uncover one thing."""
    case = _copy_or_404(request, reference)
    saw, wanted = case.content_hash, _number(request.POST.get("redaction", ""), otherwise=0)
    try:
        gone = operations.unredact(case, [wanted], by=actor(request), at=timezone.now())
    except REFUSALS as error:
        return _refused(request, reference, error, None)
    said = _("It is uncovered.") if gone else _("It was uncovered already.")
    _say(request, said, is_stale=saw != request.POST.get("seen", saw))
    return redirect("dpo:covered", case.reference) if request.POST.get("view") == LISTED else _back(request, case)


def _copy_or_404(request: HttpRequest, reference: str) -> Case:
    case = case_or_404(request, reference)
    if case.kind != Kind.ACCESS or not case.snapshot.get("categories"):
        raise Http404("nothing was collected for a copy")
    return case


def _show(
    request: HttpRequest,
    case: Case,
    asked: Mapping[str, str],
    *,
    form: RedactForm | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    """Record the look, then draw one page of one section; ``form`` comes back with what was typed and ticked."""
    case = _copy_or_404(request, case.reference)
    frame = _frame(request, case)
    section = asked.get("section") or frame["chapters"][0].parts[0].key
    view = COVER if asked.get("view") == COVER and frame["may_cover"] else DELIVERED
    only = reading.SUSPECTED if asked.get("show") == reading.SUSPECTED and view == COVER else reading.ALL
    operations.record_view(case, by=actor(request), at=timezone.now(), what="preview")
    page = _page(case, section, asked.get("page", ""), only)
    ticked = set(request.POST.getlist("spot")) if form else ()
    context = {
        **frame,
        "page": page,
        "cards": copies.cards(page, ticked=ticked) if page else [],
        "view": view,
        "show": only,
        "part": next((part for c in frame["chapters"] for part in c.parts if part.key == section), None),
        "gaps": [gap for gap in named_gaps(case) if gap.label == section],
        "form": form or RedactForm(case=case, action="redact"),
        "notice": notice,
    }
    return draw(request, "preview.html", context, status=status if page or status != 200 else 410)


def _frame(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What every page of the preview shows."""
    chapters = reading.chapters(case)
    return {
        "case": case,
        "chapters": chapters,
        "suspected": sum(part.suspected for chapter in chapters for part in chapter.parts),
        "covered": case.redactions.count(),
        "may_cover": redacting.may_redact(case, by=actor(request)),
        "short_hash": short_hash(case.content_hash),
    }


def _page(case: Case, section: str, number: str, only: str) -> reading.Page | None:
    """The page, or None where the snapshot has left the vault."""
    try:
        return reading.page(case, section, number=_number(number), show=only)
    except KeyError as error:
        raise Http404("no such section") from error
    except KeyUnavailable:
        return None


def _number(text: str, *, otherwise: int = 1) -> int:
    """A number as it stands in an address; ``otherwise`` where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _covered_words(new: int, asked: int) -> str:
    said = ngettext("%(n)d value is covered.", "%(n)d values are covered.", new) % {"n": new}
    if new == asked:
        return said
    before = ngettext("%(n)d was covered already.", "%(n)d were covered already.", asked - new) % {"n": asked - new}
    return f"{said} {before}" if new else before


def _say(request: HttpRequest, said: str, *, is_stale: bool) -> None:
    messages.success(request, said)
    if is_stale:
        messages.warning(request, _("Somebody else covered or uncovered something since you opened the page."))


def _back(request: HttpRequest, case: Case) -> HttpResponse:
    """Where somebody was: the same page of the same section."""
    known = ("section", "page", "view", "show")
    query = urlencode({name: request.POST[name] for name in known if request.POST.get(name)})
    return redirect(f"{reverse('dpo:preview', args=[case.reference])}?{query}")


def _refused(request: HttpRequest, reference: str, error: Exception, form: RedactForm | None) -> HttpResponse:
    """The page as it is now, with a notice that says what was refused; what was typed and ticked is kept."""
    case = case_or_404(request, reference)
    notice, status = explained(error, case)
    if isinstance(error, ValueError):
        text = _("At least one of the places does not exist in it, or holds nothing. Nothing was changed.")
        notice, status = ("wait", _("That is not in this copy"), text), 409
    elif case.state in AFTER_REVIEW:
        text = _("It has been approved as it is. Nothing was changed.")
        notice = ("wait", _("Nothing can be covered any more"), text)
    return _show(request, case, request.POST, form=form, notice=notice, status=status)
