"""Erasing again what a restored backup brought back: under the old decisions, and never a stranger's rows.

Source: GDPR art. 5(1)(e), 17(1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from tasks.collector import Subject
from tasks.collector.graph import graph
from tasks.collector.keyset import KeySet
from tasks.erasure import ledger
from tasks.erasure.apply import Eraser, answering
from tasks.erasure.decide import Left, local_date
from tasks.erasure.erased import Erased, returned
from tasks.erasure.keys import model_of, plain
from tasks.erasure.left import Keys, is_back, leftover
from tasks.erasure.models import Action, Cause, ErasureRun, KeptRow
from tasks.erasure.plan import Plan, plan_left
from tasks.erasure.stats import DeleteStats
from tasks.erasure.tell import Told, by_label, key_of, told


@dataclass
class Count:
    """Rows of one model at whose keys something stands: the same row, a stranger, or nobody can tell."""

    same: int = 0
    stranger: int = 0
    unknown: int = 0


@dataclass
class Look:
    """What of one erasure is back. ``seeds`` are rows that are known again; the rest is found from them."""

    run: ErasureRun
    counts: dict[str, Count] = field(default_factory=dict)
    seeds: dict[type[Any], set[Any]] = field(default_factory=dict)
    is_person_back: bool | None = None
    deleted_back: int = 0

    @property
    def subject(self) -> Subject:
        """The person, if it is they who are back; else rows of whom nothing is known."""
        found = leftover(self.run)
        return Subject(found.model, found.pk, found.using) if self.is_person_back else found

    @property
    def rows(self) -> Keys:
        return {model: KeySet(keys) for model, keys in self.seeds.items() if keys}

    def count(self, label: str) -> Count:
        return self.counts.setdefault(label, Count())


def look(run: ErasureRun, rows: Iterable[Erased], kept: list[KeptRow]) -> Look:
    """Compare what an erasure deleted, changed and kept with what is there. Writes nothing."""
    found = Look(run, is_person_back=is_back(run))
    subject = leftover(run)
    if found.is_person_back:
        found.seeds[subject.model] = {subject.pk}
    for row, same in _there(run, rows):
        _judged(found, row, same=same)
    for label, some in by_label(kept).items():
        for stays, answer in zip(some, told(run, label, some, subject), strict=True):
            if answer is Told.SAME:
                found.seeds.setdefault(model_of(label), set()).add(key_of(stays))
    return found


def _judged(found: Look, row: Erased, *, same: bool | None) -> None:
    """Count a row that is there. One that was only changed is found from the rows that it is tied to, or not at all."""
    if row.action != Action.DELETE:
        return
    count = found.count(row.label)
    if same:
        count.same += 1
        found.deleted_back += 1
        found.seeds.setdefault(row.model, set()).add(row.key)
    elif same is False:
        count.stranger += 1
    else:
        count.unknown += 1


def _there(run: ErasureRun, rows: Iterable[Erased]) -> Iterator[tuple[Erased, bool | None]]:
    """Each in the database that its model's rows live in."""
    compiled = graph(model_of(run.subject_label), using=run.using)
    for label, some in groupby(rows, key=lambda row: row.label):
        yield from returned(some, using=compiled.alias(model_of(label)))


def of_ledger(run: ErasureRun) -> list[KeptRow]:
    """The rows that a run keeps."""
    return list(plain(KeptRow, ledger.alias()).filter(run=run, swept_at=None).exclude(print=""))


def is_due(found: Look, *, since: datetime | None) -> bool:
    """Whether there is something to do.

    A deleted row is back; or the person's row stays and was not changed again since this backup was restored. Kept
    rows alone tell nothing: they are there in any case.
    """
    if found.deleted_back or ledger.broken_off(found.run, Cause.REPLAY):
        return True
    replays = ledger.follow_ups(found.run, Cause.REPLAY)
    return bool(found.is_person_back) and not replays.filter(verification__since=_said(since)).exists()


def _said(since: datetime | None) -> str:
    return since.isoformat() if since else ""


def planned(found: Look, *, at: datetime) -> Plan:
    """What goes again with what hangs on it, and what is changed again."""
    root = ledger.root_of(found.run)
    return plan_left(found.subject, Left(found.rows, local_date(root.started_at)), at=at)


def erase(found: Look, *, since: datetime | None, at: datetime) -> DeleteStats:
    """Carry it out, as its own run of the ledger. Killed, it goes on; of two at once both do the same, once.

    Raises:
        ApprovalVoid: today's declarations decide otherwise than those that were approved then. Nothing was touched.
        PlanRefused, SubjectHeld, SourceUnavailable: as ``apply``.
    """
    run, root = found.run, ledger.root_of(found.run)
    subject, again = found.subject, partial(planned, found, at=at)
    plan = again()
    plan.check()
    plan.check_within({**root.decisions, **run.decisions})
    replay = ledger.follow_up(root, Cause.REPLAY, plan.decisions, at=at)
    ledger.verified(replay, {"since": _said(since)}, forget=False)
    with answering(replay.pk):
        Eraser(subject, replay, graph(subject.model, using=subject.using), at=at, again=again).work(plan)
    return ledger.stats(replay)
