"""A worker takes a step, does it, and says how it went."""

import json
import logging
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import translation

from tasks import audit, conf
from tasks.cases import holds, joining
from tasks.cases.actors import SYSTEM, Actor
from tasks.cases.done import Done
from tasks.cases.files import remove
from tasks.cases.lease import Lease, LeaseLost, claim, exhausted
from tasks.cases.limits import TookTooLong, seconds_of
from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.operations.base import changing, record, require, write
from tasks.cases.operations.executing import advance, renew_certificate, void
from tasks.cases.phases import of_phase
from tasks.cases.states import STAFF, State
from tasks.cases.steps import afresh, enqueue
from tasks.cases.transitions import move
from tasks.datamap import registry
from tasks.errors import (
    ApprovalVoid,
    DossierError,
    PlanRefused,
    SourceFault,
    SourceRefused,
    SourceWaiting,
    TransitionRefused,
)

logger = logging.getLogger(__name__)
#: A step of this phase is worked on in these states, the first of which it leads out of.
STATES = {
    Phase.COLLECT: (State.RECEIVED, State.COLLECTING, State.REVIEW),
    Phase.PACKAGE: (State.APPROVED, State.PACKAGING),
    Phase.ERASE: (State.SCHEDULED, State.ERASING),
    Phase.VERIFY: (State.VERIFYING,),
}
#: A source that was left out is erased there later, when the rest is done.
LATER = (State.ERASING, State.VERIFYING, State.CLOSED)
ENTERS = {State.RECEIVED: State.COLLECTING, State.APPROVED: State.PACKAGING}
#: Trying again does not help: somebody has to change something first.
HOPELESS = (PlanRefused, SourceRefused)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
SHORTEST_ASK, LONGEST_ASK = 1.0, 86_400.0  # seconds between two questions to a source that prepares its answer


class NoAnswer(DossierError):
    """A source prepared its answer for longer than its ``patience``."""


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
    with lease.kept(give_up=_give_up):
        return _work(lease)


def _give_up(lease: Lease) -> None:
    """Take a step from a hook that does not end and hears no alarm; its worker goes its own way."""
    logger.warning("step %s is given up", lease.step.pk)
    _fail(lease, TookTooLong(lease.step.source, seconds_of(lease.step.source, lease.step.phase) or 0))


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
        states = LATER if step.known else STATES[Phase(step.phase)]
        if case.state not in states or case.is_frozen:
            raise TransitionRefused(case.pk, wanted=states[-1], found="frozen" if case.is_frozen else case.state)
        if step.phase == Phase.ERASE and holds.stops(case):
            raise TransitionRefused(case.pk, wanted=states[-1], found=case.state, why="a legal hold covers it")
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
    except SourceWaiting as waiting:
        _wait(lease, waiting)
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
            state=StepState.DONE, lease_token="", lease_until=None, finished_at=now, error="", detail="", memo="",
            known="", known_until=None, result=done.result, counts=done.counts, done=sum(done.counts.values()),
            files=sorted({*lease.step.files, *done.files}),
        )  # fmt: skip
        done.store(case)
        write(case, **_joined(lease.step, case), **done.facts)
        record("step.done", case, by=SYSTEM, at=now, step=lease.step.pk, phase=lease.step.phase, **done.told)
        was_closed = case.state == State.CLOSED
        advance(case, at=now)
        if was_closed:
            renew_certificate(case, at=now)


def _joined(step: Step, case: Case) -> dict[str, Any]:
    return joining.facts_of(case, step) if step.phase == Phase.COLLECT else {}


def _tidy(step: Step, done: Done) -> None:
    """Remove what earlier attempts left in the vault. Their names are forgotten after the files, never before."""
    remove(set(step.files) - set(done.files))
    Step.objects.filter(pk=step.pk).update(files=done.files)


def _wait(lease: Lease, waiting: SourceWaiting) -> None:
    """Put the step back until its source wants to be asked again. That is no failure, but it has an end."""
    step, now = lease.step, lease.now
    since, policy = step.since or step.began_at or now, registry.sources.get(step.source)
    if policy is None or now >= since + policy.patience:
        return _fail(lease, NoAnswer(f"{step.source}: no answer within its time."), for_good=True)
    try:
        memo = json.dumps(waiting.memo)
    except (TypeError, ValueError):
        return _fail(lease, SourceFault(f"{step.source}: wanted a memo that is JSON, found something else."))
    first, seconds = step.since is None, min(max(waiting.seconds, SHORTEST_ASK), LONGEST_ASK)
    again = min(now + timedelta(seconds=seconds), since + policy.patience)
    try:
        with changing(step.case) as case:
            lease.write(
                state=StepState.DUE, lease_token="", lease_until=None, next_try_at=again, since=since, memo=memo,
                attempts=step.attempts - 1, error="",
            )  # fmt: skip
            if first:
                record("step.waits", case, by=SYSTEM, at=now, step=step.pk, source=step.source)
    except LeaseLost:
        logger.info("step %s: another worker goes on", step.pk)


def _fail(lease: Lease, error: Exception, *, for_good: bool = False) -> None:
    """Put the step back for another try, or fail it for good. Its text names no person."""
    step, now = lease.step, lease.now
    over = for_good or isinstance(error, HOPELESS) or step.attempts >= conf.max_attempts
    wait = min(FIRST_WAIT * 2 ** (step.attempts - 1), LONGEST_WAIT)
    facts = {"state": _end_of(step)} if over else {"state": StepState.DUE, "next_try_at": now + wait}
    refusal = error.reason if isinstance(error, SourceRefused) else ""
    since = step.since or step.began_at
    try:
        with changing(step.case) as case:
            lease.write(lease_token="", lease_until=None, error=said(error), since=since, refusal=refusal, **facts)
            record(
                "step.failed", case, by=SYSTEM, at=now, step=step.pk, attempt=step.attempts, error=type(error).__name__
            )
            if over:
                _over(step, case, at=now)
    except LeaseLost:
        logger.info("step %s: another worker goes on", step.pk)


def _end_of(step: Step) -> StepState:
    """A source that somebody has left out already stays left out when a later try comes to nothing."""
    return StepState.LEFT if step.known else StepState.FAILED


def _over(step: Step, case: Case, *, at: datetime) -> None:
    """Let the case go on without a step that failed for good. What it would have told is not there."""
    write(case, **_joined(step, case))
    advance(case, at=at)


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
        Step.objects.filter(pk=step.pk).update(state=_end_of(step), since=step.since or step.began_at)
        record("step.failed", case, by=SYSTEM, at=at, step=step.pk, attempt=step.attempts, error="WorkerLost")
        _over(step, case, at=at)


def retry(step: Step, *, by: Actor, at: datetime) -> Case:
    """Try a failed step again, or one that waits to be tried again at once.

    Raises:
        NotAllowed: not of the office.
        TransitionRefused: the step is running or done, or its case moved on.
    """
    with changing(step.case) as case:
        require(by, case, STAFF, "try it again")
        if not fits(step, case):
            raise TransitionRefused(case.pk, wanted="retry", found=case.state)
        failed = Step.objects.filter(pk=step.pk, state=StepState.FAILED)
        due = Step.objects.filter(pk=step.pk, state=StepState.DUE)
        sooner = {"attempts": 0, "next_try_at": at, "sent_at": None}
        if not failed.update(**afresh(at=at) | sooner) and not due.update(**sooner):
            raise TransitionRefused(case.pk, wanted="retry", found=step.state)
        if case.state == State.FAILED:
            move(case, State(case.returns_to), by=by, at=at)
        record("retried", case, by=by, at=at, step=step.pk)
        enqueue([step])
    return case


def fits(step: Step, case: Case) -> bool:
    """Whether the case is in the phase of this step, or failed in it."""
    return standing(case) in STATES[Phase(step.phase)]


def standing(case: Case) -> str:
    """The state that a case is in, or that it failed in."""
    return case.returns_to if case.state == State.FAILED else case.state
