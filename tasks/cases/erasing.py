"""An erasure at work: planned, carried out source by source, searched again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tasks import audit, collector, erasure
from tasks.cases import limits, subjects
from tasks.cases.actors import SYSTEM
from tasks.cases.certifying import certified
from tasks.cases.collecting import ask_of
from tasks.cases.done import Done
from tasks.cases.held import summary_of
from tasks.cases.joining import facts_of
from tasks.cases.lease import Lease
from tasks.cases.models import Case, Phase, StepState
from tasks.cases.states import State
from tasks.cases.steps import DATABASE
from tasks.cases.transitions import move, take
from tasks.collector.subject import Subject
from tasks.erasure import sources
from tasks.errors import ApprovalVoid, DossierError, TransitionRefused


class VerificationFailed(DossierError):
    """After an erasure, rows of the person are still there."""


class SourcesFirst(DossierError):
    """The database has to wait: its row is needed to know the person, and a source is not done."""


def plan(lease: Lease) -> Done:
    """Say what an erasure would do in one source, without touching anything."""
    case, step = lease.step.case, lease.step
    subject = Subject.find(case.subject_label, case.subject_key, using=case.subject_alias)
    if step.source != DATABASE:
        return _counted(lease, subject)
    made = _made(subject, lease)
    return Done(result=made, told={**made["totals"], "hash": made["hash"]})


def _made(subject: Subject, lease: Lease) -> dict[str, Any]:
    return {**summary_of(erasure.plan(subject, at=lease.now)), "made_at": lease.now.isoformat()}


def _counted(lease: Lease, subject: Subject) -> Done:
    step = lease.step
    store = collector.store(step.source)
    with limits.of_step(step):
        counts = sources.count(store, subject)
    return Done(result={"counts": counts}, told={"rows": sum((counts or {}).values())})


def erase(lease: Lease) -> Done:
    """Carry out what was approved in one source: the stores and services first, the database after all of them."""
    return _database(lease) if lease.step.source == DATABASE else _store(lease)


def _database(lease: Lease) -> Done:
    """Erase the rows. Killed at any moment, the next worker goes on from the ledger.

    Before the first row is touched, the plan is made anew: other decisions than the approved ones
    void the approval; more rows under the same decisions do not, and neither do fewer.

    Raises:
        ApprovalVoid: the decisions have changed, and the case holds the new plan. Nothing was touched,
            or nothing more was.
        SourcesFirst: a source is neither done nor left out.
    """
    case, now = lease.step.case, lease.now  # one moment: a plan made at it is not made again when it is carried out
    subject = subjects.of_case(case)
    made = erasure.plan(subject, at=now)
    try:
        sources.check_within(case.plan["decisions"], held=sources.held_of(subject))
        made.check_within(case.plan["decisions"])
        _after_the_sources(case)
        _begin(case, at=now)
        lease.write(total=made.total)
        stats = erasure.apply(subject, made, run_id=case.pk, at=now, on_progress=_told(lease))
    except ApprovalVoid:
        _plan_again(lease, subject)
        raise
    return Done(counts=dict(stats.by_label), told={"deleted": stats.total})


def _after_the_sources(case: Case) -> None:
    wanted = {key for key, facts in case.plan.get("sources", {}).items() if facts["fate"] == "delete"}
    if not wanted:
        return
    settled = case.steps.filter(phase=Phase.ERASE, state__in=[StepState.DONE, StepState.LEFT])
    if left := sorted(wanted - set(settled.values_list("source", flat=True))):
        raise SourcesFirst(f"case {case.pk}: wanted {', '.join(left)} erased or left out first.")


def _begin(case: Case, *, at: datetime) -> None:
    """Enter the state in which rows go. Several workers may come at once: the first one does it."""
    if case.state != State.SCHEDULED:
        return
    try:
        move(case, State.ERASING, by=SYSTEM, at=at)
    except TransitionRefused:
        if case.state != State.ERASING:
            raise


def _told(lease: Lease) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        lease.hold()  # "This wasn't me" may have been said meanwhile
        lease.progress(done=done, total=total)

    return told


def _plan_again(lease: Lease, subject: Subject) -> None:
    case, made = lease.step.case, _made(subject, lease)
    with audit.atomic():
        take(case)
        lease.write(detail="")
        case.steps.filter(phase=Phase.COLLECT, source=DATABASE).update(result=made)
        Case.objects.filter(pk=case.pk).update(**facts_of(case))


def _store(lease: Lease) -> Done:
    """Have one store or service erase the person, and search it again.

    What it held is written down before, so that a worker that dies in between loses no count.

    Raises:
        ApprovalVoid: something else is declared than what was approved. Nothing was touched here.
        SourceFault: something is left.
    """
    case, step = lease.step.case, lease.step
    subject = subjects.of_step(step)
    if not step.known:
        _still_approved(lease, subject)
        _begin(case, at=lease.now)
    store = collector.store(step.source)
    with limits.of_step(step):
        before, carried = _before(lease, store, subject)
        lease.hold()
        found = sources.erase(store, subject, ask_of(lease), before=before, at=lease.now)
    found |= {name: found[name] + carried[name] for name in ("erased", "changed")}
    return Done(
        counts={step.source: found["erased"]},
        result=found,
        told={name: found[name] for name in ("erased", "changed", "left")} | {"again": bool(step.known)},
    )


def _still_approved(lease: Lease, subject: Subject) -> None:
    try:
        sources.check_within(lease.step.case.plan["decisions"], held=sources.held_of(subject))
    except ApprovalVoid:
        _plan_again(lease, subject)
        raise


def _before(
    lease: Lease, store: collector.StoreSource, subject: Subject
) -> tuple[dict[str, int] | None, dict[str, int]]:
    """What the source held before its first erasure of this round, and what earlier rounds erased."""
    known = lease.step.result
    if "left" in known or not known:  # an earlier round was finished, or none was begun
        carried = {name: int(known.get(name, 0)) for name in ("erased", "changed")}
        known = {"before": sources.count(store, subject), "carried": carried}
        lease.write(result=known)
    return known["before"], known["carried"]


def verify(lease: Lease) -> Done:
    """Search once more and write the certificate.

    Raises:
        VerificationFailed: something is still there.
    """
    case = lease.step.case
    subject = subjects.of_case(case)
    proof = erasure.verify(subject, run_id=case.pk, at=lease.now)
    if not proof.clean:
        found = ", ".join(f"{label} {rows}" for label, rows in {**proof.left, **proof.broken}.items())
        raise VerificationFailed(f"After the erasure this is still there: {found}.")
    return Done(facts={"outcome": erasure.certificate(case.pk, at=lease.now, sources=certified(case))})
