"""The inbox: which cases there are, and who has them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dpo import rows
from dpo.access import actor, office_required
from dpo.filters import InboxFilters
from dpo.page import draw
from tasks.cases import holds, operations, queries
from tasks.cases.deadlines import local_date
from tasks.cases.models import Case
from tasks.cases.states import STAFF
from tasks.errors import DossierError

PER_PAGE = 20
SEALED = (
    "contact",
    "note",
    "extension_reason",
    "incomplete_reason",
)  # columns that no row shows, so they are not opened


@office_required()
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The cases of a saved view, narrowed by the filters in the address."""
    me, now = actor(request), timezone.now()
    filters = InboxFilters(request.GET, by=me, at=now)
    counts = queries.views_counts(by=me, at=now)
    cases = filters.cases().defer(*SEALED).prefetch_related("steps")
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "title": rows.VIEWS[str(filters.view)][1],
        "views": rows.views(counts, filters),
        "headings": rows.headings(filters),
        "rows": rows.rows(page.object_list, at=now),
        "page": page,
        "summary": rows.summary(counts),
        "today": local_date(now),
        "counts": counts,
        "before": filters.address(page=page.number - 1),
        "after": filters.address(page=page.number + 1),
        "assigns": bool(me.roles & STAFF),
        "reviews": holds.overdue(at=now),
    }
    return draw(request, "inbox.html", context)


@office_required(*STAFF)
@require_POST
def assign_selected(request: HttpRequest) -> HttpResponse:
    """Give the selected cases to whoever asks. The only thing that is done to many cases at once."""
    me, now, done = actor(request), timezone.now(), 0
    chosen = [reference for reference in request.POST.getlist("case")[:100] if reference.isprintable()]
    for case in Case.objects.filter(reference__in=chosen):
        try:
            operations.assign(case, by=me, at=now, to=me)
            done += 1
        except DossierError:
            messages.warning(request, _("%(reference)s was not assigned.") % {"reference": case.reference})
    if done:
        messages.success(
            request, ngettext("%(n)d case is yours now.", "%(n)d cases are yours now.", done) % {"n": done}
        )
    elif not request.POST.getlist("case"):
        messages.warning(request, _("No case was selected."))
    return redirect(f"{reverse('dpo:inbox')}?{QueryDict(request.POST.get('back', '')).urlencode()}")
