"""Where a request stands, in the words that a person sees: five stages, one status.

The office knows sixteen states; ``queries.progress`` says which of the five a state belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.dossier import local_date, short_moment
from tasks.cases.models import Case, Phase, Verdict
from tasks.cases.states import ERASING, Kind, State

S = State
#: Voice and icon of each state, and its word.
STATUS = {
    S.UNVERIFIED: ("wait", "clock", gettext_lazy("Not confirmed")),
    S.RECEIVED: ("go", "inbox", gettext_lazy("Received")),
    S.COLLECTING: ("go", "work", gettext_lazy("Collecting")),
    S.FAILED: ("wait", "clock", gettext_lazy("Delayed")),
    S.AWAITING_SUBJECT: ("wait", "chat", gettext_lazy("We have a question")),
    S.REVIEW: ("go", "eye", gettext_lazy("In review")),
    S.APPROVED: ("go", "check", gettext_lazy("Approved")),
    S.PACKAGING: ("go", "box", gettext_lazy("Files are being made")),
    S.READY: ("done", "check", gettext_lazy("Ready")),
    S.SCHEDULED: ("go", "calendar", gettext_lazy("Scheduled")),
    S.ERASING: ("go", "eraser", gettext_lazy("Being deleted")),
    S.VERIFYING: ("go", "search", gettext_lazy("Being checked")),
    S.CLOSED: ("soft", "archive", gettext_lazy("Closed")),
    S.REJECTED: ("soft", "close", gettext_lazy("Refused")),
    S.WITHDRAWN: ("soft", "archive", gettext_lazy("Withdrawn")),
    S.EXPIRED: ("soft", "archive", gettext_lazy("Files deleted")),
}
FROZEN = ("wait", "pause", gettext_lazy("Stopped by you"))
#: Until when a request can be taken back.
STOPPABLE = frozenset(State) - {
    S.ERASING, S.VERIFYING, S.READY, S.CLOSED, S.REJECTED, S.WITHDRAWN, S.EXPIRED,
}  # fmt: skip


def is_stoppable(case: Case) -> bool:
    """Whether the request can still be taken back, as far as its page can tell."""
    return State(case.state) in STOPPABLE and case.returns_to not in ERASING


@dataclass(frozen=True)
class Stage:
    """One of the five: ``place`` is done, now or next."""

    title: str
    note: str
    place: str


def status(case: Case) -> tuple[str, str, str]:
    """Voice, icon and word for a case in a list."""
    voice, icon, word = FROZEN if case.is_frozen and case.is_open else STATUS[State(case.state)]
    return voice, icon, str(word)


def stages(case: Case, progress: Mapping[str, Any]) -> list[Stage]:
    """The journey of a case with its dates. A refused or withdrawn one ends where it ended."""
    here: int = progress["stage"]
    titles = _erasure(case, here) if case.kind == Kind.ERASURE else _access(case, here)
    if case.state in {S.REJECTED, S.WITHDRAWN}:
        reached = 2 if _collected(case) else 1
        return [Stage(*pair, "done") for pair in titles[:reached]] + [Stage(status(case)[2], _ended(case), "now")]
    over = case.state in {S.CLOSED, S.EXPIRED}
    return [
        Stage(title, note, "done" if over or at < here else "now" if at == here else "next")
        for at, (title, note) in enumerate(titles)
    ]


def _access(case: Case, here: int) -> list[tuple[str, str]]:
    return [
        (_("Received"), short_moment(case.received_at)),
        (_("Collecting"), _("We look everywhere")) if here <= 1 else (_("Collected"), _collected(case)),
        (_("In review"), _review(case)) if here <= 2 else (_("Reviewed"), _decided(case)),
        (_("Ready"), _("You download")),
        (_("Closed"), _ended(case) or _expiry(case)),
    ]


def _erasure(case: Case, here: int) -> list[tuple[str, str]]:
    day = case.execute_on or case.earliest_on
    planned = local_date(day) if day else _("As soon as approved")
    running = case.state in {S.ERASING, S.VERIFYING}
    return [
        (_("Received"), short_moment(case.received_at)),
        (_("Planning"), _("We count what goes")) if here <= 1 else (_("Planned"), _collected(case)),
        (_("In review"), _review(case)) if here <= 2 else (_("Reviewed"), _decided(case)),
        (_("Being deleted"), _("Now")) if running else (_("Scheduled"), planned),
        (_("Deleted"), _ended(case) or _("You get a certificate")),
    ]


def _review(case: Case) -> str:
    if case.state == S.AWAITING_SUBJECT:
        return _("We wait for your answer")
    return _("Files are being made") if case.state in {S.APPROVED, S.PACKAGING} else _("A person checks it")


def _collected(case: Case) -> str:
    ends = [step.finished_at for step in case.steps.all() if step.phase == Phase.COLLECT and step.finished_at]
    return short_moment(max(ends)) if ends else ""


def _decided(case: Case) -> str:
    found = [decision.at for decision in case.decisions.all() if decision.verdict == Verdict.APPROVE]
    return short_moment(max(found)) if found else ""


def _ended(case: Case) -> str:
    return short_moment(case.closed_at) if case.closed_at else ""


def _expiry(case: Case) -> str:
    ends = [package.expires_at for package in case.packages.all()]
    return local_date(max(ends)) if ends else ""
