"""After a restore: what was erased since the backup is erased again. Dry unless told otherwise; all of it audited."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tasks import audit, erasure
from tasks.cases.actors import SYSTEM
from tasks.erasure import again, journal, ledger
from tasks.erasure.again import Count, Look
from tasks.erasure.keys import plain
from tasks.erasure.models import Cause, ErasureRun
from tasks.errors import DossierError


@dataclass
class Replayed:
    """What a replay found and did. ``failed`` says why an erasure could not be played again, by its id."""

    erasures: int = 0
    taken_over: int = 0
    counts: dict[str, Count] = field(default_factory=dict)
    planned: dict[str, int] = field(default_factory=dict)
    stats: erasure.DeleteStats = field(default_factory=erasure.DeleteStats)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, found: Look) -> None:
        self.erasures += 1
        for label, count in found.counts.items():
            own = self.counts.setdefault(label, Count())
            own.same += count.same
            own.stranger += count.stranger
            own.unknown += count.unknown


def preview(*, since: datetime | None, at: datetime) -> Replayed:
    """Say what would happen, and change nothing but the audit."""
    done = Replayed()
    for found in (*_from_journal(since, done), *_from_ledger(since)):
        if not again.is_due(found, since=since):
            done.add(found)
            continue
        try:
            plan = again.planned(found, at=at)
        except DossierError as error:
            done.failed[str(found.run.pk)] = str(error)
            continue
        done.add(found)
        for label, actions in plan.keys().items():
            for action, keys in actions.items():
                if keys and action in ("delete", "update"):
                    name = f"{label} {action}"
                    done.planned[name] = done.planned.get(name, 0) + len(keys)
    _record("replay.looked", done, since=since, at=at)
    return done


def execute(*, since: datetime | None, at: datetime) -> Replayed:
    """Take erasures over that the database has forgotten, and erase again what is back. Safe to repeat, to kill, and
    to run twice at once.
    """
    done = Replayed()
    for run_id in list(journal.missing()):
        journal.take_over(run_id)
        done.taken_over += 1
        audit.record("replay.taken_over", by=SYSTEM.key, at=at, case=run_id, data={"erasure": str(run_id)})
    for found in _from_ledger(since):
        done.add(found)
        if again.is_due(found, since=since):
            _again(found, done, since=since, at=at)
    _record("replay.done", done, since=since, at=at)
    return done


def _again(found: Look, done: Replayed, *, since: datetime | None, at: datetime) -> None:
    run = found.run
    try:
        stats = again.erase(found, since=since, at=at)
    except DossierError as error:
        done.failed[str(run.pk)] = str(error)
        audit.record("replay.failed", by=SYSTEM.key, at=at, case=run.pk, data={"error": type(error).__name__})
        return
    done.stats += stats
    audit.record("replay.erased", by=SYSTEM.key, at=at, case=run.pk, data={"rows": stats.by_label})


def _from_ledger(since: datetime | None) -> Iterator[Look]:
    """The erasures that were not over before ``since``, oldest first; replays themselves are none."""
    runs = plain(ErasureRun, ledger.alias()).exclude(cause=Cause.REPLAY).order_by("started_at", "pk")
    for run in list(runs):
        if _counts(run, since):
            yield again.look(run, erasure.erased(run=run), again.of_ledger(run))


def _from_journal(since: datetime | None, done: Replayed) -> Iterator[Look]:
    """Those that only the journal knows, read from there."""
    for run_id in journal.missing():
        run = journal.read_run(run_id)
        done.taken_over += 1
        if run.cause != Cause.REPLAY and _counts(run, since):
            yield again.look(run, journal.erased(run), [row for row in journal.kept(run) if row.print])


def _counts(run: ErasureRun, since: datetime | None) -> bool:
    return since is None or run.finished_at is None or run.finished_at >= since


def _record(event: str, done: Replayed, *, since: datetime | None, at: datetime) -> None:
    data = {
        "since": since.isoformat() if since else "",
        "erasures": done.erasures,
        "taken_over": done.taken_over,
        "back": {label: count.same for label, count in done.counts.items() if count.same},
        "strangers": {label: count.stranger for label, count in done.counts.items() if count.stranger},
        "unknown": {label: count.unknown for label, count in done.counts.items() if count.unknown},
        "rows": done.stats.by_label,
        "failed": sorted(done.failed),
    }
    audit.record(event, by=SYSTEM.key, at=at, data=data)
