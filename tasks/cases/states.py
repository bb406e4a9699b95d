"""The machine of a case, as data: which states there are, and who may lead from one to another.

``tasks.cases.transitions`` is the only writer of a state and reads nothing but this table.
Guards are named here and stand in ``tasks.cases.guards``.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    ERASURE = "erasure"


class Role(StrEnum):
    """What somebody is towards a case. One person may be several."""

    SUBJECT = "subject"
    HANDLER = "handler"
    APPROVER = "approver"
    DPO = "dpo"
    AUDITOR = "auditor"
    SYSTEM = "system"


class State(StrEnum):
    """Where a case stands, as the office sees it."""

    UNVERIFIED = "unverified"
    RECEIVED = "received"
    COLLECTING = "collecting"
    FAILED = "failed"
    AWAITING_SUBJECT = "awaiting_subject"
    REVIEW = "review"
    APPROVED = "approved"
    PACKAGING = "packaging"
    READY = "ready"
    SCHEDULED = "scheduled"
    ERASING = "erasing"
    VERIFYING = "verifying"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The state in words, for staff."""
        return str(TITLES[self])


S = State

TITLES = {
    S.UNVERIFIED: _("Not verified"),
    S.RECEIVED: _("Received"),
    S.COLLECTING: _("Collecting"),
    S.FAILED: _("Failed"),
    S.AWAITING_SUBJECT: _("Awaiting answer"),
    S.REVIEW: _("In review"),
    S.APPROVED: _("Approved"),
    S.PACKAGING: _("Packaging"),
    S.READY: _("Ready"),
    S.SCHEDULED: _("Scheduled"),
    S.ERASING: _("Erasing"),
    S.VERIFYING: _("Verifying"),
    S.CLOSED: _("Closed"),
    S.REJECTED: _("Refused"),
    S.WITHDRAWN: _("Withdrawn"),
    S.EXPIRED: _("Expired"),
}

#: Nothing leads on from these.
FINAL = frozenset({S.CLOSED, S.REJECTED, S.WITHDRAWN, S.EXPIRED})
#: The person has their answer, or nothing more comes.
ANSWERED = FINAL | {S.READY}
#: The clock runs. One open case per person and kind.
OPEN = frozenset(State) - ANSWERED
#: A case that cannot be withdrawn any more, because rows are gone.
ERASING = frozenset({S.ERASING, S.VERIFYING})

ALL = frozenset(Kind)
ACCESS = frozenset({Kind.ACCESS})
ERASURE = frozenset({Kind.ERASURE})
STAFF = frozenset({Role.HANDLER, Role.APPROVER, Role.DPO})
DECIDERS = frozenset({Role.APPROVER, Role.DPO})
SUBJECT = frozenset({Role.SUBJECT})
SYSTEM = frozenset({Role.SYSTEM})


@dataclass(frozen=True)
class Path:
    """One way from a state to the next: who may take it, for which kinds, and what must hold."""

    source: State
    to: State
    by: frozenset[Role] = SYSTEM
    guards: tuple[str, ...] = ()
    kinds: frozenset[Kind] = ALL


DECISION = ("may_decide", "not_own", "not_frozen", "collected", "nothing_refused", "complete", "decided")

BEGINNING = ("not_frozen", "approval_holds", "due", "not_held", "no_copy_pending")

PATHS: tuple[Path, ...] = (
    Path(S.UNVERIFIED, S.RECEIVED, SUBJECT | STAFF, ("identified",)),
    Path(S.UNVERIFIED, S.EXPIRED),
    Path(S.RECEIVED, S.COLLECTING, guards=("not_frozen",)),
    Path(S.COLLECTING, S.REVIEW, guards=("not_frozen", "collected")),
    Path(S.COLLECTING, S.FAILED),
    Path(S.FAILED, S.COLLECTING, STAFF | SYSTEM, ("failed_there",)),
    # A question to the person, and the answer to it.
    Path(S.RECEIVED, S.AWAITING_SUBJECT, STAFF),
    Path(S.REVIEW, S.AWAITING_SUBJECT, STAFF),
    Path(S.AWAITING_SUBJECT, S.RECEIVED, SUBJECT | STAFF, ("asked_there",)),
    Path(S.AWAITING_SUBJECT, S.REVIEW, SUBJECT | STAFF, ("asked_there",)),
    # The decision.
    Path(S.REVIEW, S.APPROVED, DECIDERS | SYSTEM, DECISION),
    Path(S.REVIEW, S.REJECTED, DECIDERS, ("may_decide", "not_own", "grounded", "untouched")),
    # Access: the snapshot that was approved is packaged.
    Path(S.APPROVED, S.PACKAGING, guards=("not_frozen", "approval_holds"), kinds=ACCESS),
    Path(S.PACKAGING, S.READY, guards=("not_frozen", "approval_holds", "packaged"), kinds=ACCESS),
    Path(S.PACKAGING, S.FAILED, kinds=ACCESS),
    Path(S.FAILED, S.PACKAGING, STAFF | SYSTEM, ("failed_there",), ACCESS),
    Path(S.READY, S.CLOSED, SUBJECT | STAFF | SYSTEM, kinds=ACCESS),
    Path(S.READY, S.EXPIRED, SUBJECT | SYSTEM, kinds=ACCESS),
    # Erasure: waits for its day, then for no one.
    Path(S.APPROVED, S.SCHEDULED, guards=("not_frozen", "approval_holds", "dated"), kinds=ERASURE),
    Path(S.SCHEDULED, S.ERASING, SYSTEM, BEGINNING, ERASURE),
    Path(S.ERASING, S.VERIFYING, kinds=ERASURE),
    Path(S.ERASING, S.FAILED, kinds=ERASURE),
    Path(S.VERIFYING, S.CLOSED, guards=("proven",), kinds=ERASURE),
    Path(S.VERIFYING, S.FAILED, kinds=ERASURE),
    Path(S.FAILED, S.ERASING, STAFF | SYSTEM, ("failed_there", "approval_holds", "not_held"), ERASURE),
    Path(S.FAILED, S.VERIFYING, STAFF | SYSTEM, ("failed_there", "approval_holds"), ERASURE),
    # What was approved has changed: it has to be looked at again.
    Path(S.APPROVED, S.REVIEW),
    Path(S.PACKAGING, S.REVIEW, kinds=ACCESS),
    Path(S.SCHEDULED, S.REVIEW, kinds=ERASURE),
    Path(S.ERASING, S.REVIEW, kinds=ERASURE),
    # The person changes their mind, or their account is gone meanwhile: until rows are gone.
    *(Path(state, S.WITHDRAWN, SUBJECT | SYSTEM, ("untouched",)) for state in State if state in OPEN - ERASING),
)

_BY_ENDS = {(kind, path.source, path.to): path for path in PATHS for kind in path.kinds}


def path(kind: str, source: str, to: str) -> Path | None:
    """The way from ``source`` to ``to`` for this kind of case, or None."""
    return _BY_ENDS.get((Kind(kind), State(source), State(to)))


def after(kind: str, source: str) -> frozenset[State]:
    """The states that ``source`` leads to."""
    return frozenset(to for of, start, to in _BY_ENDS if (of, start) == (kind, source))
