"""The inbox's rows, views and headings, as its page draws them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from dpo import words
from dpo.clock import Clock, clock
from dpo.filters import InboxFilters
from tasks.cases import holds
from tasks.cases.models import Case, Step, StepState
from tasks.cases.states import State

VIEWS = {
    "open": ("inbox", gettext_lazy("All open")),
    "due": ("calendar", gettext_lazy("Due in 7 days")),
    "mine": ("person", gettext_lazy("Mine")),
    "unassigned": ("plus", gettext_lazy("Unassigned")),
    "overdue": ("clock", gettext_lazy("Overdue")),
    "paused": ("pause", gettext_lazy("Paused")),
    "failed": ("warn", gettext_lazy("Failed")),
    "closed": ("archive", gettext_lazy("Closed")),
}
TONES = {"overdue": "late", "paused": "wait", "failed": "wait"}
HEADINGS = (
    ("reference", gettext_lazy("Case")),
    ("kind", gettext_lazy("Kind")),
    ("state", gettext_lazy("State")),
    ("due", gettext_lazy("Due")),
    ("handler", gettext_lazy("Assigned")),
)


@dataclass(frozen=True)
class SavedView:
    """A link of the inbox: how many cases it holds, and whether it is the one shown."""

    title: str
    icon: str
    tone: str
    count: int
    address: str
    is_here: bool


@dataclass(frozen=True)
class Heading:
    """A column's heading: a link that sorts by it, and how it is sorted now."""

    title: str
    address: str
    sorted: str  # "ascending", "descending" or empty


@dataclass(frozen=True)
class Row:
    """A case of the inbox."""

    case: Case
    kind: tuple[str, str]
    status: tuple[str, str, str]
    detail: str
    clock: Clock


def views(counts: dict[str, int], filters: InboxFilters) -> list[SavedView]:
    """The saved views, in their order. They drop the filters, so that a count is what one sees."""
    return [
        SavedView(
            title=str(title),
            icon=icon,
            tone=TONES.get(name, "") if counts[name] else "",
            count=counts[name],
            address=f"?view={name}",
            is_here=name == filters.view,
        )
        for name, (icon, title) in VIEWS.items()
    ]


def headings(filters: InboxFilters) -> list[Heading]:
    """The columns; a link turns round the one that is sorted."""
    found = []
    for name, title in HEADINGS:
        up, down = filters.order == name, filters.order == f"-{name}"
        address = filters.address(order=f"-{name}" if up else name)
        found.append(Heading(str(title), address, "ascending" if up else "descending" if down else ""))
    return found


def rows(cases: Iterable[Case], *, at: datetime) -> list[Row]:
    """One row per case. Steps have to be fetched with the cases."""
    shown = list(cases)
    held = holds.stopped(shown)
    return [
        Row(case, words.kind(case), status(case), detail(case, at=at, held=case.pk in held), clock(case, at=at))
        for case in shown
    ]


def status(case: Case) -> tuple[str, str, str]:
    """Where a case stands; a source that fails says so before the state does."""
    if case.is_open and not case.is_frozen and case.state != State.FAILED and failing(case):
        return "wait", "warn", _("Source failing")
    return words.status(case)


def failing(case: Case) -> Step | None:
    """The first step that fails. No query where the steps were fetched."""
    broken = {StepState.FAILED, StepState.DUE}
    return next((step for step in case.steps.all() if step.error and step.state in broken), None)


def detail(case: Case, *, at: datetime, held: bool = False) -> str:
    """The line below a state: what it waits for, or how far it is."""
    if case.is_frozen and case.is_open:
        return _("“This wasn’t me”")
    if held:
        return _("Legal hold")
    if case.is_open and (step := failing(case)):
        return _failing(step)
    return _of_state(case, list(case.steps.all()), at=at)


def _failing(step: Step) -> str:
    name = step.title or step.source
    tries = ngettext("%(n)d try", "%(n)d tries", step.attempts) % {"n": step.attempts}
    return f"{name}, {tries}" if step.attempts else name


def _of_state(case: Case, steps: list[Step], *, at: datetime) -> str:
    match State(case.state):
        case State.COLLECTING | State.ERASING:
            return _so_far(steps)
        case State.REVIEW:
            return _("Plan ready") if case.plan else _("Collected")
        case State.AWAITING_SUBJECT:
            return _("Adjusted date %(date)s") % {"date": _day(case.adjusted_due_on(at))}
        case State.SCHEDULED:
            return _("Runs on %(date)s") % {"date": _day(case.execute_on)} if case.execute_on else ""
    return ""


def _so_far(steps: list[Step]) -> str:
    running = next((step for step in steps if step.state == StepState.RUNNING), None)
    if running is None or not running.total:
        return ""
    return _("%(done)d of %(total)d records") % {"done": running.done, "total": running.total}


def _day(day: date) -> str:
    return date_format(day, _("j F"))


def summary(counts: dict[str, int]) -> str:
    """One sentence on the inbox: "31 open cases, one overdue."."""
    opened = ngettext("%(n)d open case", "%(n)d open cases", counts["open"]) % {"n": counts["open"]}
    late = _("none overdue")
    if counts["overdue"]:
        late = ngettext("%(n)d overdue", "%(n)d overdue", counts["overdue"]) % {"n": counts["overdue"]}
    return opened + pgettext("between items of a list", ", ") + late + "."
