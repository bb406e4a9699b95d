"""The clock of a case: its date, what is left, how much has passed."""

from dataclasses import dataclass
from datetime import date, datetime

from dpo import words
from tasks.cases.deadlines import local_date
from tasks.cases.models import Case
from tasks.cases.states import State

SOON_DAYS = 3


@dataclass(frozen=True)
class Clock:
    """``on`` is the strict date, ``adjusted_on`` the one with the days of waiting. ``percent`` has passed.

    ``tone``: late, wait, soon or empty. Where the answer is given the clock stands (``runs`` is False).
    """

    on: date
    adjusted_on: date
    left: int
    percent: float
    passed: int
    of: int
    tone: str
    runs: bool

    @property
    def words(self) -> str:
        return words.days(self.left)

    @property
    def number(self) -> int:
        return abs(self.left)

    @property
    def is_moved(self) -> bool:
        """Whether waiting for the person has moved the date."""
        return self.adjusted_on != self.on


def clock(case: Case, *, at: datetime) -> Clock:
    """Read the clock of a case. No query."""
    due, start = case.strict_due_on, local_date(case.received_at)
    now = local_date(at) if case.is_open else local_date(case.closed_at or at)
    whole, passed = max((due - start).days, 1), (now - start).days
    left = (due - now).days
    return Clock(
        on=due,
        adjusted_on=case.adjusted_due_on(at),
        left=left,
        percent=round(100 * min(max(passed / whole, 0), 1), 1),
        passed=max(passed, 0),
        of=whole,
        tone=_tone(case, left),
        runs=case.is_open,
    )


def _tone(case: Case, left: int) -> str:
    if not case.is_open:
        return ""
    if left < 0:
        return "late"
    if case.state == State.AWAITING_SUBJECT or case.is_frozen:
        return "wait"
    return "soon" if left <= SOON_DAYS else ""
