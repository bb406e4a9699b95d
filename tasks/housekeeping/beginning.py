"""How a run of a sweep begins: it looks, and writes down what follows: a dry run, a refusal, or work to do."""

import logging
from datetime import datetime
from typing import Any

from tasks import audit
from tasks.cases.actors import SYSTEM
from tasks.collector.selection import Selection
from tasks.datamap.sweeps import Sweep
from tasks.erasure.plan import Plan
from tasks.errors import DossierError
from tasks.housekeeping import leaving, matching, spared
from tasks.housekeeping.matching import Look, plainly
from tasks.housekeeping.models import Alarm, Leaver, SweepRun, Switch
from tasks.housekeeping.running import Lease

logger = logging.getLogger(__name__)
State = SweepRun.State
PART = 2_000  # rows of one erasure, where they are no people


def begin(lease: Lease, *, at: datetime) -> SweepRun:
    """Look, and write down what follows: a dry run, a refusal, or work to do.

    Whatever a host's function raises fails this sweep alone.
    """
    sweep = lease.sweep
    switch = Switch.objects.get(pk=sweep.key)
    try:
        found = matching.look(sweep, at=at)
        if not found.is_about_people and found.ripe:
            found.along = matching.taken_along(found, _planned(found, at=at))
    except DossierError as error:
        return _failed(lease, " ".join(str(error).split()), at=at)
    except Exception as error:  # noqa: BLE001 -- a host's function raises what it likes, and its text may name people
        return _failed(lease, f"{sweep.where} raised {type(error).__name__}. Mend it.", at=at)
    facts: dict[str, Any] = {"sweep": sweep.key, "label": found.model._meta.label, "started_at": at}
    facts |= {"counts": found.counts, "touches": found.touches, "set_hash": found.set_hash, "switched_by": switch.by}
    if not switch.is_on:
        return _over(lease, SweepRun(state=State.DRY, **facts), at=at)
    said = _confirmed(sweep, found, at=at) if found.is_too_much else None
    if found.is_too_much and said is None:
        return _refused(lease, SweepRun(state=State.REFUSED, **facts), at=at)
    return _started(lease, found, SweepRun(state=State.RUNNING, **facts), said, at=at)


def _planned(found: Look, *, at: datetime) -> Plan:
    """The plan for the first part: a sweep of rows that cannot be carried out fails before its first row.

    Raises:
        DossierError: see ``leaving.checked``.
    """
    name = spared.NAME.format(sweep=found.sweep.key)
    return leaving.checked(Selection.of(found.model, found.ripe[:PART], name=name, using=found.using), at=at)


def _confirmed(sweep: Sweep, found: Look, *, at: datetime) -> SweepRun | None:
    """The refused run whose very rows a person has confirmed, and that was not acted on yet."""
    refused = SweepRun.objects.filter(sweep=sweep.key, state=State.REFUSED, used_at=None).exclude(confirmed_at=None)
    return refused.filter(set_hash=found.set_hash, touches=found.touches).order_by("-started_at").first()


def _over(lease: Lease, run: SweepRun, *, at: datetime) -> SweepRun:
    run.finished_at = at
    with audit.atomic():
        lease.renew()
        run.save(force_insert=True)
        lease.put_off(until=run.started_at + lease.sweep.every)
        record(run, at=at)
    return run


def why_refused(run: SweepRun) -> str:
    """For the shell and the log, in one line."""
    if along := run.counts.get("along"):
        return f"Would take more than half of other tables along: {', '.join(sorted(along))}."
    return f"Would touch {run.touches} of {run.counts['rows']} rows, {run.counts['allowed']} are allowed."


def _refused(lease: Lease, run: SweepRun, *, at: datetime) -> SweepRun:
    run.error = why_refused(run)
    known = SweepRun.objects.filter(sweep=run.sweep).order_by("-started_at").first()
    with audit.atomic():
        _over(lease, run, at=at)
        if known is None or (known.state, known.set_hash) != (State.REFUSED, run.set_hash):
            Alarm.objects.create(run=run, next_try_at=at)
    return run


def _failed(lease: Lease, why: str, *, at: datetime) -> SweepRun:
    known = SweepRun.objects.filter(sweep=lease.sweep.key).order_by("-started_at").first()
    run = SweepRun(sweep=lease.sweep.key, state=State.FAILED, started_at=at, error=why[:500])
    with audit.atomic():
        _over(lease, run, at=at)
        if known is None or known.state != State.FAILED:
            Alarm.objects.create(run=run, next_try_at=at)
    logger.error("sweep %s failed", run.sweep)
    return run


def _started(lease: Lease, found: Look, run: SweepRun, said: SweepRun | None, *, at: datetime) -> SweepRun:
    """Write down in one transaction who is to be told, who stayed, and what is to go."""
    run.keys = plainly(found.ripe)
    with audit.atomic():
        lease.renew()
        if said is not None:
            run.confirmed_by, run.confirmed_at = said.confirmed_by, said.confirmed_at
            SweepRun.objects.filter(pk=said.pk).update(used_at=at)
        run.save(force_insert=True)
        Leaver.objects.filter(pk__in=found.stayed).delete()
        if lease.sweep.notice:  # whose letter was given up: the mail server may be well again
            given_up = Leaver.objects.filter(sweep=run.sweep, told_at=None, next_try_at=None)
            given_up.update(next_try_at=at, attempts=0)
        facts = {"sweep": run.sweep, "subject_label": run.label, "subject_alias": found.using}
        Leaver.objects.bulk_create(
            [
                Leaver(**facts, subject_key=spared.text(found.model, key), written_at=at, next_try_at=at)
                for key in found.fresh
            ],
            batch_size=500,
            ignore_conflicts=True,
        )
    return run


def record(run: SweepRun, *, at: datetime) -> None:
    """One audit entry per run: counts, hash, who switched it on, who confirmed it; never a key."""
    told = {
        "sweep": run.sweep,
        "run": str(run.pk),
        "label": run.label,
        "counts": run.counts,
        "set": run.set_hash,
        "left": run.left,
        "deleted": run.stats,
        "total": sum(run.stats.values()),
        "switched_by": run.switched_by,
        "confirmed_by": run.confirmed_by,
    }
    audit.record(f"sweep.{run.state}", by=SYSTEM.key, at=at, data=told)
