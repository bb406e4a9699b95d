"""What a worker does in each phase of a case, while it holds the lease."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tasks import audit, collector, conf, erasure, export, vault
from tasks.cases import about, covering, subjects, suspects
from tasks.cases.actors import SYSTEM
from tasks.cases.held import summary_of
from tasks.cases.labels import category_of_label, heading_of_label
from tasks.cases.lease import Lease
from tasks.cases.models import Case, Package, Phase, Step, StepState
from tasks.cases.states import Kind, State
from tasks.cases.transitions import move, take
from tasks.collector import Batch
from tasks.collector.subject import Subject
from tasks.erasure.plan import Plan
from tasks.errors import ApprovalVoid, DossierError


class VerificationFailed(DossierError):
    """After an erasure, rows of the person are still there."""


def _nothing(case: Case) -> None:
    """Store nothing beyond the facts."""


@dataclass(frozen=True)
class Done:
    """What a phase came to: written in one transaction, if the lease still holds then."""

    counts: dict[str, int] = field(default_factory=dict)  # {label: rows}
    result: dict[str, Any] = field(default_factory=dict)  # of the step
    files: list[str] = field(default_factory=list)  # names in the vault that stay
    facts: dict[str, Any] = field(default_factory=dict)  # columns of the case
    told: dict[str, Any] = field(default_factory=dict)  # to the audit: counts and hashes
    store: Callable[[Case], None] = _nothing


def of_phase(phase: str) -> Callable[[Lease], Done]:
    """The work of a phase."""
    return {Phase.COLLECT: collect, Phase.PACKAGE: package, Phase.ERASE: erase, Phase.VERIFY: verify}[Phase(phase)]


def collect(lease: Lease) -> Done:
    """Collect one source for a copy, or plan an erasure."""
    return _plan(lease) if lease.step.case.kind == Kind.ERASURE else _snapshot(lease)


# --- access


def _snapshot(lease: Lease) -> Done:
    """Seal what one source holds, explained, as the snapshot that will be seen, approved and delivered."""
    case, step = lease.step.case, lease.step
    subject = Subject.find(case.subject_label, case.subject_key, using=case.subject_alias)
    source = collector.source(step.source)
    expected = {label: rows for label, rows in source.count(subject).items() if _wanted(case, label)}
    name = begin_file(lease, "snapshot", expected=expected, total=sum(expected.values()))
    batches = _watched(source.collect(subject), lease, case)
    taken = export.take_snapshot(
        batches,
        name=name,
        about=about.of(case, at=lease.now, snapshot_at=lease.now),
        subject=subject,
    )
    part = {
        "name": taken.name,
        "sha256": taken.sha256,
        "size": taken.size,
        "counts": dict(taken.counts),
        "categories": list(taken.categories),
        "gaps": [*taken.gaps, *({"label": label, "reason": why} for label, why in _gaps(subject, step).items())],
        "suspected": suspects.count(case, name),
        "taken_at": lease.now.isoformat(),
    }
    return Done(
        counts=dict(taken.counts),
        result=part,
        files=[name],
        facts=_joined(case, step, part),
        told={"rows": sum(taken.counts.values()), "sha256": taken.sha256},
    )


def _gaps(subject: Subject, step: Step) -> dict[str, str]:
    return collector.gaps(subject) if step.source == "database" else {}


def _wanted(case: Case, label: str) -> bool:
    """Whether the person asked for this; no choice means everything."""
    return not case.categories or category_of_label(label).key in case.categories


def _watched(batches: Iterator[Batch], lease: Lease, case: Case) -> Iterator[Batch]:
    """Pass on the batches that were asked for, and say how far it is."""
    counts: dict[str, int] = {}
    for batch in batches:
        if not _wanted(case, batch.label):
            continue
        counts[batch.label] = counts.get(batch.label, 0) + len(batch.rows)
        lease.progress(done=sum(counts.values()), detail=heading_of_label(batch.label), counts=counts)
        yield batch


def _joined(case: Case, step: Step, part: dict[str, Any]) -> dict[str, Any]:
    """The case's snapshot: the parts of all sources that answered, and one hash over them."""
    others = case.steps.filter(phase=Phase.COLLECT, state=StepState.DONE).exclude(pk=step.pk).order_by("pk")
    parts = sorted([(other.pk, other.result) for other in others] + [(step.pk, part)])
    results = [result for _, result in parts]
    hashes = [result["sha256"] for result in results]
    joined = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    snapshot = {
        "parts": [result["name"] for result in results],
        "hashes": hashes,
        "counts": {label: rows for result in results for label, rows in result["counts"].items()},
        "categories": [entry for result in results for entry in result["categories"]],
        "gaps": [gap for result in results for gap in result["gaps"]],
        "suspected": {label: places for result in results for label, places in result.get("suspected", {}).items()},
        "size": sum(result["size"] for result in results),
        "taken_at": part["taken_at"],
    }
    return {"snapshot": snapshot, "snapshot_hash": joined}


def package(lease: Lease) -> Done:
    """Build the files from the very snapshot that was approved, with what was covered in it.

    Raises:
        ApprovalVoid: the snapshot, or what is covered, is not what was approved.
    """
    case = lease.step.case
    if covering.hash_of(case.redactions.all()) != case.redactions_hash:
        raise ApprovalVoid(f"case {case.pk}: what is covered is not what was approved.")
    parts, hashes = case.snapshot["parts"], case.snapshot["hashes"]
    for name, wanted in zip(parts, hashes, strict=True):
        _same(case, name, wanted)
    prefix = f"{case.pk}/{lease.token}"
    lease.write(files=[*lease.step.files, *(f"{prefix}.{kind}" for kind in export.KINDS)])

    def announce(names: list[str]) -> None:
        lease.write(files=[*lease.step.files, *names])

    built = export.build(parts, about=about.of(case, at=lease.now), prefix=prefix, announce=announce)
    expires_at = lease.now + timedelta(days=conf.package_days)
    rows = _packages(case, built, expires_at=expires_at)

    def store(case: Case) -> None:
        case.packages.all().delete()
        Package.objects.bulk_create(rows)

    return Done(
        counts={},
        files=[b.name for b in built],
        told={"files": [{"kind": row.kind, "position": row.position, "sha256": row.sha256} for row in rows]},
        store=store,
    )


def _packages(case: Case, built: "Iterable[export.Built]", *, expires_at: datetime) -> list[Package]:
    """The rows of the files, numbered within each kind in the order in which they were made."""
    place: Counter[str] = Counter()
    rows = []
    for b in built:
        place[b.kind] += 1
        rows.append(
            Package(
                case=case, kind=b.kind, position=place[b.kind], name=b.name, filename=b.filename, size=b.size,
                sha256=b.sha256, pages=b.pages, expires_at=expires_at,
            )
        )  # fmt: skip
    return rows


def _same(case: Case, name: str, wanted: str) -> None:
    """Check that a sealed part is, byte for byte, what was approved.

    Raises:
        ApprovalVoid: it is not.
    """
    with vault.reading(name) as reader:
        found = hashlib.file_digest(reader, "sha256").hexdigest()  # type: ignore[arg-type]
    if found != wanted:
        raise ApprovalVoid(f"case {case.pk}: the sealed snapshot is not the one that was approved.")


def begin_file(lease: Lease, kind: str, **facts: Any) -> str:
    """A new name in the vault, put down before anything is written there: nothing sealed is ever lost sight of."""
    name = f"{lease.step.case.pk}/{lease.token}.{kind}"
    lease.write(files=[*lease.step.files, name], **facts)
    return name


# --- erasure


def _plan(lease: Lease) -> Done:
    """Say what an erasure would do, without touching anything."""
    case = lease.step.case
    subject = Subject.find(case.subject_label, case.subject_key, using=case.subject_alias)
    facts = _facts_of(erasure.plan(subject, at=lease.now), lease)
    told = {**facts["plan"]["totals"], "hash": facts["plan_hash"]}
    return Done(facts=facts, result=facts["plan"]["totals"], told=told)


def _facts_of(plan: Plan, lease: Lease) -> dict[str, Any]:
    return {"plan": {**summary_of(plan), "made_at": lease.now.isoformat()}, "plan_hash": plan.decisions_hash}


def erase(lease: Lease) -> Done:
    """Carry out what was approved. Killed at any moment, the next worker goes on from the ledger.

    Before the first row is touched, the plan is made anew: other decisions than the approved ones
    void the approval; more rows under the same decisions do not, and neither do fewer.

    Raises:
        ApprovalVoid: the decisions have changed, and the case holds the new plan. Nothing was touched,
            or nothing more was.
    """
    case, now = lease.step.case, lease.now  # one moment: a plan made at it is not made again when it is carried out
    subject = subjects.of_case(case)
    plan = erasure.plan(subject, at=now)
    try:
        plan.check_within(case.plan["decisions"])
        if case.state == State.SCHEDULED:
            move(case, State.ERASING, by=SYSTEM, at=now)
        lease.write(total=plan.total)
        stats = erasure.apply(subject, plan, run_id=case.pk, at=now, on_progress=_told(lease))
    except ApprovalVoid:
        _plan_again(lease, subject)
        raise
    return Done(counts=dict(stats.by_label), told={"deleted": stats.total})


def _told(lease: Lease) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        lease.hold()  # "This wasn't me" may have been said meanwhile
        lease.progress(done=done, total=total)

    return told


def _plan_again(lease: Lease, subject: Subject) -> None:
    facts = _facts_of(erasure.plan(subject, at=lease.now), lease)
    with audit.atomic():
        take(lease.step.case)
        lease.write(detail="")
        Case.objects.filter(pk=lease.step.case.pk).update(**facts)


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
    return Done(facts={"outcome": erasure.certificate(case.pk, at=lease.now)})
