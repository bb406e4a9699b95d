"""The preview: what a person will get, before anybody approves it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dpo.access import actor, office_required
from dpo.page import case_or_404, draw
from tasks.cases import operations
from tasks.cases import preview as reading
from tasks.cases.models import Case
from tasks.cases.states import Kind
from tasks.errors import KeyUnavailable

#: From this length on a value stands on a line of its own.
WIDE = 48


@office_required()
@require_safe
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """A section of the sealed snapshot, page by page; the first one where none is named."""
    case = case_or_404(request, reference)
    chapters = reading.chapters(case)
    if case.kind != Kind.ACCESS or not chapters:
        raise Http404("nothing was collected for a copy")
    section = request.GET.get("section") or chapters[0].parts[0].key
    operations.record_view(case, by=actor(request), at=timezone.now(), what="preview")
    page = _page(case, section, request.GET.get("page", ""))
    context = {"case": case, "chapters": chapters, "page": page, "records": _records(page) if page else []}
    return draw(request, "preview.html", context, status=200 if page else 410)


def _records(page: reading.Page) -> list[tuple[Any, list[tuple[Any, Any, bool]]]]:
    """Each record with its fields and their values side by side, and whether a value wants a line of its own."""
    return [
        (record, [(f, v, len(v.display) > WIDE) for f, v in zip(page.section.fields, record.values, strict=True)])
        for record in page.records
    ]


def _page(case: Case, section: str, number: str) -> reading.Page | None:
    """The page, or None where the snapshot has left the vault."""
    try:
        return reading.page(case, section, number=int(number) if number.isdecimal() else 1)
    except KeyError as error:
        raise Http404("no such section") from error
    except KeyUnavailable:
        return None
