"""What a worker does in each phase of a case, while it holds the lease."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from tasks import conf, export, vault
from tasks.cases import about, covering
from tasks.cases.collecting import snapshot
from tasks.cases.done import Done
from tasks.cases.erasing import VerificationFailed, erase, plan, verify
from tasks.cases.lease import Lease
from tasks.cases.models import Case, Package, Phase
from tasks.cases.states import Kind
from tasks.errors import ApprovalVoid

__all__ = ["Done", "VerificationFailed", "of_phase"]


def of_phase(phase: str) -> Callable[[Lease], Done]:
    """The work of a phase."""
    return {Phase.COLLECT: collect, Phase.PACKAGE: package, Phase.ERASE: erase, Phase.VERIFY: verify}[Phase(phase)]


def collect(lease: Lease) -> Done:
    """Collect one source for a copy, or plan what an erasure does there."""
    return plan(lease) if lease.step.case.kind == Kind.ERASURE else snapshot(lease)


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
