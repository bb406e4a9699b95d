"""A worker takes a step, does it, and says how it went."""

import logging
import traceback
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import translation

from tasks import audit, conf
from tasks.cases.actors import SYSTEM, Actor
from tasks.cases.files import remove
from tasks.cases.lease import Lease, LeaseLost, claim, exhausted
from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.operations.base import STAFF, changing, record, require, write
from tasks.cases.operations.executing import advance, void
from tasks.cases.phases import Done, of_phase
from tasks.cases.states import State
from tasks.cases.steps import enqueue
from tasks.cases.transitions import move
from tasks.errors import ApprovalVoid, DossierError, PlanRefused, TransitionRefused

logger = logging.getLogger(__name__)
#: A step of this phase is worked on in these states, the first of which it leads out of.
STATES = {
    Phase.COLLECT: (State.RECEIVED, State.COLLECTING, State.REVIEW),
    Phase.PACKAGE: (State.APPROVED, State.PACKAGING),
    Phase.ERASE: (State.SCHEDULED, State.ERASING),
    Phase.VERIFY: (State.VERIFYING,),
}
ENTERS = {State.RECEIVED: State.COLLECTING, State.APPROVED: State.PACKAGING}
#: Trying again does not help: somebody has to change something first.
HOPELESS = (PlanRefused,)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)


def work(step_id: int | str, *, at: datetime) -> bool:
    """Do one step of a case, if it is due and nobody else does it; whether this call did it.

    Safe to call at any time, any number of times, from any door. A step whose case is frozen,
    withdrawn, unverified or undecided is not done.
    """
    if exhausted(step_id, at=at):
        _settle(Step.objects.select_related("case").get(pk=step_id), at=at)
        return False
    lease = _take(step_id, at=at)
    if lease is None:
        return False
    with lease.kept():
        return _work(lease)


def _take(step_id: int | str, *, at: datetime) -> Lease | None:
    """Claim the step and let its case enter the phase, both or neither."""
    try:
        with audit.atomic():
            _queue_up(step_id)
            lease = claim(step_id, at=at)
            if lease:
                _enter(lease.step, at=at)
            return lease
    except TransitionRefused as refused:
        logger.info("step %s is not done: %s", step_id, refused)
    except ApprovalVoid:
        with changing(Step.objects.select_related("case").get(pk=step_id).case) as case:
            void(case, at=at)
    return None


def _queue_up(step_id: int | str) -> None:
    """Take the case's row before the step's, as every operation does, so that two never wait for each other."""
    of_step = Step.objects.filter(pk=step_id).values("case")
    list(Case.objects.select_for_update().filter(pk__in=of_step).order_by().values_list("pk", flat=True))


def _enter(step: Step, *, at: datetime) -> None:
    with changing(step.case) as case:
        states = STATES[Phase(step.phase)]
        if case.state not in states or case.is_frozen:
            raise TransitionRefused(case.pk, wanted=states[-1], found="frozen" if case.is_frozen else case.state)
        if to := ENTERS.get(State(case.state)):
            move(case, to, by=SYSTEM, at=at)


def _work(lease: Lease) -> bool:
    step = lease.step
    try:
        with translation.override(step.case.language):  # what it writes, the person reads
            done = of_phase(step.phase)(lease)
        _finish(lease, done)
        _tidy(step, done)
    except LeaseLost:
        logger.info("step %s: another worker goes on", step.pk)
        remove(name for name in step.files if lease.token in name)
        return False
    except ApprovalVoid:
        with changing(step.case) as case:
            void(case, at=lease.now)
        return False
    except Exception as error:  # noqa: BLE001 -- whatever stops the work stands on the step, and nothing else stops
        logger.warning("step %s failed: %s", step.pk, kind(error))
        _fail(lease, error)
        return False
    return True


def _finish(lease: Lease, done: Done) -> None:
    """Write what came out and let the case go on, in one transaction that only the token's holder can do."""
    now = lease.now
    with changing(lease.step.case) as case:
        lease.write(
            state=StepState.DONE, lease_token="", lease_until=None, finished_at=now, error="", detail="",
            result=done.result, counts=done.counts, done=sum(done.counts.values()),
            files=sorted({*lease.step.files, *done.files}),
        )  # fmt: skip
        done.store(case)
        write(case, **done.facts)
        record("step.done", case, by=SYSTEM, at=now, step=lease.step.pk, phase=lease.step.phase, **done.told)
        advance(case, at=now)


def _tidy(step: Step, done: Done) -> None:
    """Remove what earlier attempts left in the vault. Their names are forgotten after the files, never before."""
    remove(set(step.files) - set(done.files))
    Step.objects.filter(pk=step.pk).update(files=done.files)


def _fail(lease: Lease, error: Exception) -> None:
    """Put the step back for another try, or fail it for good. Its text names no person."""
    step, now = lease.step, lease.now
    for_good = isinstance(error, HOPELESS) or step.attempts >= conf.max_attempts
    wait = min(FIRST_WAIT * 2 ** (step.attempts - 1), LONGEST_WAIT)
    facts = {"state": StepState.FAILED} if for_good else {"state": StepState.DUE, "next_try_at": now + wait}
    try:
        with changing(step.case) as case:
            lease.write(lease_token="", lease_until=None, error=said(error), **facts)
            record(
                "step.failed", case, by=SYSTEM, at=now, step=step.pk, attempt=step.attempts, error=type(error).__name__
            )
            advance(case, at=now)
    except LeaseLost:
        logger.info("step %s: another worker goes on", step.pk)


def said(error: Exception) -> str:
    """What may be kept of an error: Dossier's own texts hold ids only, other texts may hold anything."""
    return (str(error) if isinstance(error, DossierError) else kind(error))[:500]


def kind(error: Exception) -> str:
    """``TypeError in snapshot.py, line 80``: what an operator needs, without the error's own text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def _settle(step: Step, *, at: datetime) -> None:
    with changing(step.case) as case:
        record("step.failed", case, by=SYSTEM, at=at, step=step.pk, attempt=step.attempts, error="WorkerLost")
        advance(case, at=at)


def retry(step: Step, *, by: Actor, at: datetime) -> Case:
    """Try a failed step again, or one that waits to be tried again at once.

    Raises:
        NotAllowed: not of the office.
        TransitionRefused: the step is running or done, or its case moved on.
    """
    with changing(step.case) as case:
        require(by, case, STAFF, "try it again")
        waiting = Step.objects.filter(pk=step.pk, state__in=[StepState.FAILED, StepState.DUE])
        if not waiting.update(state=StepState.DUE, attempts=0, next_try_at=at, lease_token="", sent_at=None):
            raise TransitionRefused(case.pk, wanted="retry", found=step.state)
        if case.state == State.FAILED:
            move(case, State(case.returns_to), by=by, at=at)
        elif case.state not in STATES[Phase(step.phase)]:
            raise TransitionRefused(case.pk, wanted="retry", found=case.state)
        record("retried", case, by=by, at=at, step=step.pk)
        enqueue([step])
    return case
