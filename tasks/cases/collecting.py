"""One source of a copy: what it holds, explained and sealed as its part of the snapshot."""

import json
from collections.abc import Iterator
from typing import Any

from tasks import collector, export
from tasks.cases import about, limits, suspects
from tasks.cases.done import Done, begin_file
from tasks.cases.lease import Lease
from tasks.cases.models import Case
from tasks.cases.steps import DATABASE
from tasks.collector import Batch, Source
from tasks.collector.subject import Subject
from tasks.datamap.labels import category_of, heading_of
from tasks.datamap.stores import Ask


def ask_of(lease: Lease) -> Ask:
    """The question of a step: the same at every try of it, with what the source wanted to have back."""
    step = lease.step
    memo = json.loads(step.memo) if step.memo else {}
    return Ask(step.question.hex, lease.now, language=step.case.language, memo=memo)


def snapshot(lease: Lease) -> Done:
    """Seal what one source holds, explained, as a part of what will be seen, approved and delivered."""
    case, step = lease.step.case, lease.step
    subject = Subject.find(case.subject_label, case.subject_key, using=case.subject_alias)
    source = collector.source(step.source, raw=True)
    with limits.of_step(step):
        name, taken = _seal(source, subject, lease)
    part = {
        "name": taken.name,
        "sha256": taken.sha256,
        "size": taken.size,
        "counts": dict(taken.counts),
        "categories": list(taken.categories),
        "gaps": [*taken.gaps, *({"label": label, "reason": why} for label, why in source.gaps(subject).items())],
        "suspected": suspects.count(case, name),
        "taken_at": lease.now.isoformat(),
    }
    told = {"rows": sum(taken.counts.values()), "sha256": taken.sha256}
    return Done(counts=dict(taken.counts), result=part, files=taken.files, told=told)


def _seal(source: Source, subject: Subject, lease: Lease) -> "tuple[str, export.Snapshot]":
    case = lease.step.case
    expected = {label: rows for label, rows in source.count(subject).items() if _wanted(case, label)}
    name = begin_file(lease, "snapshot", expected=expected, total=sum(expected.values()))
    if source.key != DATABASE:  # what files a store gives is taken over
        lease.write(files=[*lease.step.files, export.contents_of(name)])
    taken = export.take_snapshot(
        _watched(source.collect(subject, ask=ask_of(lease)), lease, case),
        name=name,
        about=about.of(case, at=lease.now, snapshot_at=lease.now),
        subject=subject,
        source=source.key,
    )
    return name, taken


def _wanted(case: Case, label: str) -> bool:
    """Whether the person asked for this; no choice means everything."""
    return not case.categories or category_of(label).key in case.categories


def _watched(batches: Iterator[Batch], lease: Lease, case: Case) -> Iterator[Batch]:
    """Pass on the batches that were asked for, and say how far it is."""
    counts: dict[str, int] = {}
    for batch in batches:
        if not _wanted(case, batch.label):
            continue
        counts[batch.label] = counts.get(batch.label, 0) + len(batch.rows)
        lease.progress(done=sum(counts.values()), detail=heading_of(batch.label), counts=counts)
        yield batch


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """A snapshot of the parts of all sources that answered."""
    return {
        "parts": [part["name"] for part in parts],
        "hashes": [part["sha256"] for part in parts],
        "counts": {label: rows for part in parts for label, rows in part["counts"].items()},
        "categories": _merged([entry for part in parts for entry in part["categories"]]),
        "gaps": [gap for part in parts for gap in part["gaps"]],
        "suspected": {label: places for part in parts for label, places in part.get("suspected", {}).items()},
        "size": sum(part["size"] for part in parts),
        "taken_at": max(part["taken_at"] for part in parts),
    }


def _merged(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each category once, with its sections from every source, in the order of the report."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        known = found.setdefault(entry["key"], {**entry, "count": 0, "described": True, "sections": []})
        known["count"] += entry.get("count", 0)
        known["described"] = known["described"] and entry.get("described", True)
        known["sections"] = [*known["sections"], *entry["sections"]]
    return sorted(found.values(), key=lambda entry: (entry.get("order", 0), entry["title"]))
