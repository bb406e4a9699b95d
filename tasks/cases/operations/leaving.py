"""Going on without a source that gives no answer, and coming back to it later."""

from datetime import datetime, timedelta

from tasks import conf
from tasks.cases import subjects
from tasks.cases.actors import Actor
from tasks.cases.guards import decides
from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.operations.base import changing, given, record, require
from tasks.cases.operations.executing import advance
from tasks.cases.operations.working import LATER, standing
from tasks.cases.states import STAFF, State
from tasks.cases.steps import DATABASE, afresh, enqueue
from tasks.cases.transitions import move
from tasks.errors import NotAllowed, TransitionRefused

LONGEST = 500
#: Where a case stands, or failed, that may go on without a source: by the phase that the source is asked in.
WHERE = {Phase.COLLECT: State.COLLECTING, Phase.ERASE: State.ERASING}


def leave_out(step: Step, *, by: Actor, at: datetime, reason: str) -> Case:
    """Go on without a store or service that failed or lets wait. The answer, or the certificate, says so and why.

    Of an erasure, what the source needs to know the person by is kept sealed for ``unconfirmed_days``, so that
    ``erase_there`` can be called when the account is gone. Nothing is left out of a copy's approval by this: that
    still wants a reason that the copy prints.

    Raises:
        NotAllowed: no approver, or their own request.
        TransitionRefused: it is the database, it has not failed, or its case moved on.
        ValueError: no reason, or one that is too long.

    Source: GDPR art. 5(2), 12(3), 17(1).
    """
    words = " ".join(given(reason, "reason").split())
    if len(words) > LONGEST:
        raise ValueError(f"reason: wanted at most {LONGEST} characters, found {len(words)}.")
    with changing(step.case) as case:
        step.refresh_from_db()
        step.case = case
        _require_approver(case, by)
        if why := against_leaving(step):
            raise TransitionRefused(case.pk, wanted="left out", found=case.state, why=why)
        _leave(step, words, at=at)
        record("left_out", case, by=by, at=at, step=step.pk, source=step.source, phase=step.phase)
        if case.state == State.FAILED and not case.steps.filter(phase=step.phase, state=StepState.FAILED).exists():
            move(case, State(case.returns_to), by=by, at=at)
        advance(case, at=at)
    return case


def _leave(step: Step, words: str, *, at: datetime) -> None:
    keeps = step.phase == Phase.ERASE
    step.state, step.left_out, step.lease_token, step.memo = StepState.LEFT, words, "", ""
    step.known = subjects.sealed(subjects.of_step(step)) if keeps else ""
    step.known_until = at + timedelta(days=conf.unconfirmed_days) if keeps else None
    step.save(update_fields=["state", "left_out", "lease_token", "memo", "known", "known_until"])


def _require_approver(case: Case, by: Actor) -> None:
    if by.owns(case):
        raise NotAllowed(f"case {case.pk}: nobody decides on their own request.")
    if not decides(by.roles):
        raise NotAllowed(f"case {case.pk}: {by.key} may not leave a source out.")


def against_leaving(step: Step) -> str:
    """Why this step cannot be left out now; empty where it can. ``step.case`` is as it is stored."""
    case = step.case
    if step.source == DATABASE or step.phase not in WHERE:
        return "only a store or service beyond the database can be left out"
    if case.is_frozen:
        return "the person said that this was not them"
    if standing(case) != WHERE[Phase(step.phase)]:
        return "its case is elsewhere"
    waits = step.state == StepState.DUE and step.since is not None
    return "" if waits or step.state == StepState.FAILED else "it has not failed"


def may_leave_out(step: Step, *, by: Actor) -> bool:
    """Whether this person may go on without this source now."""
    try:
        _require_approver(step.case, by)
    except NotAllowed:
        return False
    return not against_leaving(step)


def erase_there(step: Step, *, by: Actor, at: datetime) -> Case:
    """Have a source erase the person that it was left out for, now or after the account is gone.

    The certificate is written anew when it is done, and says which one it replaces.

    Raises:
        NotAllowed: not of the office.
        TransitionRefused: it was not left out, or what is needed to know the person has been let go.
    """
    with changing(step.case) as case:
        require(by, case, STAFF, "erase there")
        step.refresh_from_db()
        step.case = case
        if not may_erase_there(step):
            raise TransitionRefused(case.pk, wanted="erased there", found=step.state)
        fresh = {name: value for name, value in afresh(at=at).items() if name != "left_out"}
        Step.objects.filter(pk=step.pk).update(**fresh, sent_at=None)
        record("erased_there", case, by=by, at=at, step=step.pk, source=step.source)
        enqueue([step])
    return case


def may_erase_there(step: Step) -> bool:
    """Whether a source that was left out can still be asked to erase the person."""
    case = step.case
    return step.state == StepState.LEFT and bool(step.known) and case.state in LATER and not case.is_frozen
