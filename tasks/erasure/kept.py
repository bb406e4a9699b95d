"""Kept rows end when their day is over, or when the hold is lifted that let them stay: by the engine, with its ledger.

Nothing is derived anew that the erasure had settled: what was masked meanwhile stays as it is, and a row without a
date of its own ends on the day that was written down. Source: GDPR art. 5(1)(e), 17(3).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from tasks.collector.graph import graph
from tasks.collector.keyset import KeySet
from tasks.erasure import holds, ledger
from tasks.erasure.apply import Eraser, answering
from tasks.erasure.decide import Left, local_date
from tasks.erasure.keys import from_data, model_of, plain
from tasks.erasure.left import Keys, Leftover, existing, leftover
from tasks.erasure.models import Action, Cause, End, ErasureBatch, ErasureRun, KeptRow
from tasks.erasure.plan import Plan, plan_left
from tasks.erasure.stats import DeleteStats
from tasks.erasure.tell import Told, by_label, key_of, told
from tasks.errors import DossierError, PlanRefused, SourceUnavailable

AGAIN = timedelta(days=1)  # after somebody took the row and did not come to its end
LATER = timedelta(days=30)  # after it could not end: somebody has to do something first
BROKEN_OFF = timedelta(hours=1)  # an ending that is not over by then was killed
WHY = {
    Told.UNKNOWN: "nothing tells whether this is still the row that was kept",
    "theirs": "it names somebody else now, or no declaration says any more what becomes of it",
}
OTHERWISE = {Told.STRANGER: End.REUSED, Told.ABSENT: End.ABSENT, Told.UNKNOWN: WHY[Told.UNKNOWN]}  # than the same row
Verdicts = dict[str, list[KeptRow]]  # by how they ended, or by why they could not


@dataclass
class Ended:
    """What became of kept rows whose day was over: rows that went with what hung on them, and ends by kind."""

    run: ErasureRun | None = None
    stats: DeleteStats = field(default_factory=DeleteStats)
    ends: dict[str, int] = field(default_factory=dict)
    left: int = 0

    def count(self, end: str, n: int = 1) -> None:
        self.ends[end] = self.ends.get(end, 0) + n

    def __bool__(self) -> bool:
        return bool(self.stats or self.ends or self.left)


def due(today: date) -> QuerySet[KeptRow]:
    """Kept rows whose day is over, and held ones, which end as soon as no hold is left."""
    over = Q(until__lt=today, held="") | ~Q(held="")
    waiting = Q(look_on=None) | Q(look_on__lte=today)
    rows: QuerySet[KeptRow] = plain(KeptRow, ledger.alias()).filter(over & waiting, swept_at=None)
    return rows


def due_runs(*, at: datetime) -> Iterator[ErasureRun]:
    """The runs with kept rows to end, oldest first, and those of which an ending was broken off."""
    if not ledger.exists():
        return
    runs = plain(ErasureRun, ledger.alias())
    broken = runs.filter(cause=Cause.KEPT, finished_at=None, started_at__lte=at - BROKEN_OFF).values_list("origin")
    with_rows = due(local_date(at)).values("run")
    yield from runs.filter(Q(pk__in=with_rows) | Q(pk__in=broken)).order_by("started_at", "pk").iterator()


def end(run: ErasureRun, *, at: datetime, most: int = 2_000) -> Ended:
    """End at most ``most`` kept rows of ``run``: each goes with what hangs on it, as its declaration says today.

    Safe to repeat, to kill, and beside another worker: rows are taken before they are worked on. Where a declaration
    keeps a row longer by now, or something that stays hangs on it, it stays with its new date. A row that could not
    end is looked at again after 30 days, and says why (``KeptRow.left_for``).

    Raises:
        SourceUnavailable: a database did not answer; the rows are taken up again a day later.
    """
    done, subject = Ended(), leftover(run)
    rows, held = _taken(run, today=local_date(at), most=most), {hold.category for hold in holds.held(subject)}
    rows = [row for row in rows if "" not in held and row.held not in held]
    same = _sorted_out(run, subject, rows, done, at=at)
    if same or ledger.broken_off(run, Cause.KEPT):
        _end_together(run, subject, same, done, at=at)
    return done


def _taken(run: ErasureRun, *, today: date, most: int) -> list[KeptRow]:
    """Take rows, so that nobody else does: whoever takes them does not see them again before tomorrow."""
    with transaction.atomic(using=ledger.alias()):
        ledger.lock(run)
        rows = list(due(today).filter(run=run).order_by("until", "pk")[:most])
        plain(KeptRow, ledger.alias()).filter(pk__in=[row.pk for row in rows]).update(look_on=today + AGAIN)
    return rows


# --- which of them are still the rows that were kept


def _sorted_out(run: ErasureRun, subject: Leftover, rows: list[KeptRow], done: Ended, *, at: datetime) -> list[KeptRow]:
    """Write down the end of rows that are gone, a stranger's, or kept by another erasure too; give the others."""
    same: list[KeptRow] = []
    elsewhere = _kept_elsewhere(run, rows, today=local_date(at))
    for label, some in by_label(rows).items():
        found = told(run, label, some, subject)
        gone, verdicts = _deleted(run, label) if Told.ABSENT in found else set(), Verdicts()
        for row, answer in zip(some, found, strict=True):
            if row.spot in elsewhere:
                verdicts.setdefault(End.LATER, []).append(row)
            elif answer is Told.SAME:
                same.append(row)
            else:
                end_ = End.GONE if answer is not Told.UNKNOWN and key_of(row) in gone else OTHERWISE[answer]
                verdicts.setdefault(end_, []).append(row)
        _write(done, verdicts, at=at)
    return same


def _kept_elsewhere(run: ErasureRun, rows: list[KeptRow], *, today: date) -> set[str]:
    """Where rows stand that the erasure of somebody else keeps for longer: that one ends them."""
    spots = {row.spot for row in rows}
    later = Q(until__gte=today) | ~Q(held="")
    others = plain(KeptRow, ledger.alias()).filter(later, spot__in=spots, swept_at=None).exclude(run=run)
    return set(others.values_list("spot", flat=True))


def _deleted(run: ErasureRun, label: str) -> set[Any]:
    """What endings of this erasure deleted that were killed before they could say so."""
    runs = ledger.follow_ups(run, Cause.KEPT)
    batches = plain(ErasureBatch, ledger.alias()).filter(run__in=runs, label=label, action=Action.DELETE)
    return {from_data(model_of(label), key) for keys in batches.values_list("keys", flat=True) for key in keys}


# --- the end


def _end_together(run: ErasureRun, subject: Leftover, rows: list[KeptRow], done: Ended, *, at: datetime) -> None:
    """End rows in one go; where something stands against it, in halves, so that one row holds up no other."""
    try:
        ending = _erase(run, subject, rows, at=at)
    except SourceUnavailable:
        raise
    except DossierError as error:
        if len(rows) < 2:
            _leave(done, rows, str(error), at=at)
            return
        for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            _end_together(run, subject, half, done, at=at)
        return
    done.run = ending
    done.stats += ledger.stats(ending)
    _conclude(ending, subject, rows, done, at=at)


def _erase(run: ErasureRun, subject: Leftover, rows: list[KeptRow], *, at: datetime) -> ErasureRun:
    root = ledger.root_of(run)
    left = Left(_keys(rows), local_date(root.started_at), masked=_keys(row for row in rows if not row.held))
    again = partial(_planned, subject, left, at=at)
    plan = again()
    ending = ledger.follow_up(root, Cause.KEPT, plan.decisions, at=at)
    with answering(ending.pk):
        Eraser(subject, ending, graph(subject.model, using=subject.using), at=at, again=again).work(plan)
    return ending


def _keys(rows: Iterable[KeptRow]) -> Keys:
    return {model_of(label): KeySet(map(key_of, some)) for label, some in by_label(rows).items()}


def _planned(subject: Leftover, left: Left, *, at: datetime) -> Plan:
    """What the end of these rows would take along.

    Raises:
        PlanRefused: nothing says what to do with something, or people would go who did not ask for it.
    """
    plan = plan_left(subject, left, at=at)
    plan.check()
    own = left.rows.get(subject.model, ())
    for step in plan.steps:
        if step.action == Action.DELETE and step.model is subject.model and any(key not in own for key in step.keys):
            raise PlanRefused(f"People ({step.label}) hang on rows that were kept, and would go along with them.")
    return plan


def _conclude(ending: ErasureRun, subject: Leftover, rows: list[KeptRow], done: Ended, *, at: datetime) -> None:
    """Write down how each row ended."""
    kept = set(plain(KeptRow, ledger.alias()).filter(run=ending).values_list("spot", flat=True))
    settled = ledger.settled_keys(ending)
    for label, some in by_label(rows).items():
        keys, verdicts = list(map(key_of, some)), Verdicts()
        still, changed = existing(subject, model_of(label), keys), settled.get(label, set())
        for row, key in zip(some, keys, strict=True):
            if key not in still:
                verdict: str = End.GONE
            elif row.spot in kept:
                verdict = End.LATER
            else:
                verdict = End.CHANGED if row.held or key in changed else WHY["theirs"]
            verdicts.setdefault(verdict, []).append(row)
        _write(done, verdicts, at=at)


def _write(done: Ended, verdicts: Verdicts, *, at: datetime) -> None:
    """Write down what became of rows: a statement for each end."""
    for verdict, rows in verdicts.items():
        if verdict not in End.values:
            _leave(done, rows, verdict, at=at)
            continue
        waiting = plain(KeptRow, ledger.alias()).filter(pk__in=[row.pk for row in rows], swept_at=None)
        done.count(verdict, waiting.update(swept_at=at, end=verdict))


def _leave(done: Ended, rows: list[KeptRow], why: str, *, at: datetime) -> None:
    """Say why rows could not end; nobody tries again before somebody can have done something."""
    done.left += len(rows)
    waiting = plain(KeptRow, ledger.alias()).filter(pk__in=[row.pk for row in rows])
    waiting.update(look_on=local_date(at) + LATER, left_for=why[:200])
