"""How a case goes on by itself: what follows an approval, a finished step, a failed one, the end of a freeze."""

from datetime import datetime

from django.db.models import Q
from django.utils import translation

from tasks import audit, collector, conf, erasure
from tasks.cases import letters, notifying
from tasks.cases.actors import SYSTEM
from tasks.cases.certifying import certified, unconfirmed
from tasks.cases.completeness import is_clean
from tasks.cases.deadlines import local_date
from tasks.cases.forgetting import forget
from tasks.cases.models import Case, Decision, Letter, Phase, Step, StepState, Verdict
from tasks.cases.operations.base import record, write
from tasks.cases.signals import erasure_closed
from tasks.cases.states import Kind, State, path
from tasks.cases.steps import DATABASE, UNSETTLED, make_due
from tasks.cases.transitions import check, move
from tasks.errors import DossierError


def begin_collecting(case: Case, *, at: datetime) -> None:
    """One step per source: to collect for a copy, to plan for an erasure. Workers take them from here, in parallel."""
    _ask_sources(case, [DATABASE, *(store.key for store in collector.stores())], at=at)


def _ask_sources(case: Case, keys: list[str], *, at: datetime) -> None:
    with translation.override(case.language):
        for key in keys:
            if key == DATABASE or _holds_some(case, key):
                title = str(collector.source(key).title)
                make_due(case, Phase.COLLECT, source=key, title=title[:120], at=at)


def _holds_some(case: Case, key: str) -> bool:
    """Whether a store or service holds some of what was asked for; whoever is not asked learns of no request."""
    return not case.categories or collector.store(key).policy.context.key in case.categories


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
    notifying.prepare(case)
    _erase_sources(case, at=at)
    return True


def _erase_sources(case: Case, *, at: datetime) -> None:
    """The stores and services first, in parallel: once the person's row is gone, nobody knows whom to ask for."""
    wanted = {key: facts for key, facts in case.plan.get("sources", {}).items() if facts["fate"] == "delete"}
    for key, facts in wanted.items():
        make_due(case, Phase.ERASE, source=key, title=facts["title"][:120], at=at)
    if not wanted:
        make_due(case, Phase.ERASE, at=at)


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
    """On from the stores and services to the database, and from it to the second look."""
    rows_are_gone = Q(phase=Phase.ERASE, source=DATABASE, state=StepState.DONE)
    if case.plan.get("sources") and not case.steps.filter(rows_are_gone).exists():
        make_due(case, Phase.ERASE, at=at)
        return
    move(case, State.VERIFYING, by=SYSTEM, at=at)
    make_due(case, Phase.VERIFY, at=at)


def _to_closed(case: Case, at: datetime) -> None:
    move(case, State.CLOSED, by=SYSTEM, at=at)
    notifying.release(case, at=at)
    letters.send(case, "certificate", at=at, unconfirmed=unconfirmed(case))
    forget(case, at=at)
    audit.after_commit(lambda: erasure_closed.send_robust(Case, case=case))


def renew_certificate(case: Case, *, at: datetime) -> None:
    """Write the certificate of a closed erasure anew, after a source that was left out was erased all the same."""
    before = case.outcome.get("hash", "")
    with translation.override(case.language):
        fresh = erasure.certificate(case.pk, at=at, sources=certified(case), replaces=before)
    fresh = notifying.with_recipients(case, fresh)
    write(case, outcome=fresh)
    record("certified", case, by=SYSTEM, at=at, hash=fresh["hash"], replaces=before)


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
    _drop_steps(case)
    if case.kind == Kind.ERASURE:  # whoever approves next sees how much there is now
        _ask_sources(case, [store.key for store in collector.stores()], at=at)
    record("void", case, by=SYSTEM, at=at, binds=case.content_hash)
    letters.send(case, "void", at=at, audience=Letter.OFFICE)


def _drop_steps(case: Case) -> None:
    """Forget what was approved to be done; what is done in a store or service stays done, and is told at the end."""
    stays = Q(phase=Phase.COLLECT) | Q(phase=Phase.ERASE, state__in=[StepState.DONE, StepState.LEFT])
    case.steps.exclude(stays & ~Q(source=DATABASE, phase=Phase.ERASE)).delete()
