"""The page of one case. Every look at it is recorded before it is drawn."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dpo import casefile, drafts
from dpo.access import actor, office_required
from dpo.forms import Office, form_for
from dpo.page import case_or_404, draw
from dpo.ways import wants_reason
from tasks.cases import operations
from tasks.cases.models import Case

Notice = tuple[str, str, str]  # voice, title, text


@office_required()
@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One case. What somebody typed before they confirmed who they are stands in its form again."""
    found = case_or_404(request, reference)
    if draft := drafts.kept(request, found, at=timezone.now()):
        notice = (
            "",
            _("You have confirmed that it is you"),
            _("What you typed stands in its form. Look at it and send it."),
        )
        return show(request, found, typed={draft[0]: retyped(found, *draft)}, notice=notice)
    return show(request, found)


def retyped(case: Case, action: str, values: Mapping[str, str]) -> Office:
    """A form with what was typed, not yet sent. What was bound is what is there now, so it has to be seen again."""
    given = {"incomplete": wants_reason(case)} if action == "approve" else {}
    initial = {name: value for name, value in values.items() if name not in {"seen_hash", "seen"}}
    form = form_for(action, case, **given)
    form.initial = initial
    return form


def show(
    request: HttpRequest,
    case: Case,
    *,
    typed: Mapping[str, Office] | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    """Record the look, then draw the page; ``typed`` are forms that come back with what stands in them."""
    me, now = actor(request), timezone.now()
    operations.record_view(case, by=me, at=now)
    context = casefile.context(case, by=me, at=now, typed=typed)
    return draw(request, "case.html", {**context, "notice": notice, "now": now}, status=status)
