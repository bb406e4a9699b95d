"""How a case goes on by itself: what follows an approval, a finished step, a failed one, the end of a freeze."""

from datetime import datetime

from tasks import audit, conf
from tasks.cases import letters
from tasks.cases.actors import SYSTEM
from tasks.cases.completeness import is_clean
from tasks.cases.deadlines import local_date
from tasks.cases.forgetting import forget
from tasks.cases.models import Case, Decision, Letter, Phase, Step, StepState, Verdict
from tasks.cases.operations.base import record, write
from tasks.cases.signals import erasure_closed
from tasks.cases.states import Kind, State, path
from tasks.cases.steps import UNSETTLED, make_due
from tasks.cases.transitions import check, move
from tasks.errors import DossierError


def execute(case: Case, *, at: datetime) -> None:
    """Begin what an approval allows: the package at once, the erasure on its day."""
    if case.kind == Kind.ACCESS:
        make_due(case, Phase.PACKAGE, at=at)
        return
    write(case, execute_on=_day(case, at))
    move(case, State.SCHEDULED, by=SYSTEM, at=at)
    start_if_due(case, at=at)
    if case.execute_on and case.execute_on > local_date(at):
        letters.send(case, "scheduled", at=at)


def _day(case: Case, at: datetime) -> object:
    today = local_date(at)
    return max(today, case.earliest_on) if case.earliest_on else today


def start_if_due(case: Case, *, at: datetime) -> bool:
    """Let an erasure begin if its day has come and nothing stands against it."""
    try:
        check(case, State.ERASING, by=SYSTEM, at=at)
    except DossierError:
        return False
    make_due(case, Phase.ERASE, at=at)
    return True


def advance(case: Case, *, at: datetime) -> None:
    """Go on as far as the finished steps allow. Safe to call at any time; does nothing while frozen.

    The case has to be taken by the caller's transaction.
    """
    if case.is_frozen:
        return
    phase = {
        State.COLLECTING: Phase.COLLECT,
        State.PACKAGING: Phase.PACKAGE,
        State.ERASING: Phase.ERASE,
        State.VERIFYING: Phase.VERIFY,
    }.get(State(case.state))
    steps = list(case.steps.filter(phase=phase)) if phase else []
    if not steps or any(step.state in UNSETTLED for step in steps):
        return
    failed = [step for step in steps if step.state == StepState.FAILED]
    if failed and not (phase == Phase.COLLECT and case.content_hash):
        _fail(case, failed, at=at)
    else:
        _NEXT[State(case.state)](case, at)


def _fail(case: Case, steps: list[Step], *, at: datetime) -> None:
    move(case, State.FAILED, by=SYSTEM, at=at)
    record("failed", case, by=SYSTEM, at=at, steps=[step.pk for step in steps])
    letters.send(case, "failed", at=at, audience=Letter.OFFICE)
    letters.send(case, "delayed", at=at)


def _to_review(case: Case, at: datetime) -> None:
    move(case, State.REVIEW, by=SYSTEM, at=at)
    if conf.auto_approve_access and case.kind == Kind.ACCESS and is_clean(case):
        _approve_by_policy(case, at)


def _approve_by_policy(case: Case, at: datetime) -> None:
    """Approve a clean access request by the policy of the settings; where a guard objects, people decide."""
    try:
        check(case, State.APPROVED, by=SYSTEM, at=at, leaving_out={"decided"})
    except DossierError:
        return
    if conf.four_eyes:
        return
    Decision.objects.create(
        case=case, verdict=Verdict.APPROVE, by=SYSTEM.key, by_name=SYSTEM.name, binds=case.content_hash, at=at
    )
    move(case, State.APPROVED, by=SYSTEM, at=at, approved_hash=case.content_hash)
    execute(case, at=at)


def _to_ready(case: Case, at: datetime) -> None:
    move(case, State.READY, by=SYSTEM, at=at)
    letters.send(case, "ready", at=at)


def _to_verifying(case: Case, at: datetime) -> None:
    move(case, State.VERIFYING, by=SYSTEM, at=at)
    make_due(case, Phase.VERIFY, at=at)


def _to_closed(case: Case, at: datetime) -> None:
    move(case, State.CLOSED, by=SYSTEM, at=at)
    letters.send(case, "certificate", at=at)
    forget(case, at=at)
    audit.after_commit(lambda: erasure_closed.send_robust(Case, case=case))


_NEXT = {
    State.COLLECTING: _to_review,
    State.PACKAGING: _to_ready,
    State.ERASING: _to_verifying,
    State.VERIFYING: _to_closed,
}


def void(case: Case, *, at: datetime) -> None:
    """Send a case back to review, because what was approved is not what is there. The office is told.

    A case that moved on meanwhile, such as one that was withdrawn, stays where it is.
    """
    if path(case.kind, case.state, State.REVIEW) is None:
        return
    move(case, State.REVIEW, by=SYSTEM, at=at, approved_hash="", execute_on=None)
    case.steps.exclude(phase=Phase.COLLECT).delete()
    record("void", case, by=SYSTEM, at=at, binds=case.content_hash)
    letters.send(case, "void", at=at, audience=Letter.OFFICE)
