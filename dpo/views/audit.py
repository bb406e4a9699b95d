"""The audit: every view, download and decision; whether the chain holds; the entries as CSV."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from dpo import people
from dpo.access import actor, office_required
from dpo.page import draw
from tasks import audit
from tasks.audit import Entry, Verdict
from tasks.cases import queries
from tasks.cases.models import Case

PER_PAGE = 50
COLUMNS = ("seq", "at", "case", "event", "by", "data", "previous", "hash")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would reckon with it


@office_required()
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The entries, newest first; of one case where ``case`` names its reference."""
    return _page(request)


@office_required()
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say whether it holds. That somebody asked is an entry, too."""
    verdict = audit.verify()
    told = {"entries": verdict.entries, "broken": verdict.broken}
    audit.record("audit.verified", by=actor(request).key, at=timezone.now(), data=told)
    return _page(request, verdict=verdict)


@office_required()
@require_safe
def entries(request: HttpRequest) -> HttpResponseBase:
    """The entries as CSV, oldest first, one line at a time."""
    found, reference, _ = _entries(request)
    audit.record("audit.exported", by=actor(request).key, at=timezone.now(), data={"case": reference})
    stamp = date_format(timezone.localdate(), "Y-m-d")
    response = StreamingHttpResponse(_lines(found.order_by("seq")), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{reference or "all"}-{stamp}.csv"'
    return response


def _page(request: HttpRequest, *, verdict: Verdict | None = None) -> HttpResponse:
    found, reference, unknown = _entries(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    references = dict(Case.objects.filter(pk__in={row.case_id for row in rows}).values_list("pk", "reference"))
    names = people.names({row.by for row in rows})
    context = {
        "rows": [(row, references.get(row.case_id), names.get(row.by, row.by), _told(row)) for row in rows],  # type: ignore[arg-type]
        "page": page,
        "reference": reference,
        "unknown": unknown,
        "verdict": verdict,
    }
    return draw(request, "audit.html", context)


def _entries(request: HttpRequest) -> tuple[QuerySet[Entry], str, str]:
    """The entries that are asked for, the reference of the case, and what was typed where there is no such case."""
    everything = Entry.objects.using(audit.alias()).order_by("-seq")
    typed = request.GET.get("case", "").strip()
    if not typed:
        return everything, "", ""
    try:
        case = queries.case_for_office(actor(request), typed)
    except Case.DoesNotExist:
        return everything.none(), "", typed
    return everything.filter(case_id=case.pk), case.reference, ""


def _told(entry: Entry) -> str:
    """What an entry holds beside its event, in one line: ids, counts, states."""
    return ", ".join(f"{name}: {_short(value)}" for name, value in entry.data.items() if value not in ("", None))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return f"{text[:8]}…{text[-4:]}" if len(text) == 64 and text.isalnum() else text


def _lines(found: QuerySet[Entry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for entry in found.iterator(chunk_size=2_000):
        told = json.dumps(entry.data, sort_keys=True, ensure_ascii=False)
        row = (
            entry.seq,
            entry.at.isoformat(),
            entry.case_id or "",
            entry.event,
            entry.by,
            told,
            entry.previous,
            entry.hash,
        )
        yield writer.writerow([_safe(str(cell)) for cell in row])


class _Echo:
    """Gives each line back in place of writing it."""

    def write(self, line: str) -> str:
        return line


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
