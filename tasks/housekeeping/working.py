"""How a run of a sweep is carried out: part by part, each written down before it is touched.

So a worker that is killed at any moment is followed by one that knows what was begun.
"""

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from tasks import audit
from tasks.cases.actors import SYSTEM
from tasks.cases.subjects import key_text
from tasks.collector.subject import Subject, subject_model
from tasks.datamap.sweeps import Sweep
from tasks.erasure import DeleteStats, ledger
from tasks.erasure.keys import from_data
from tasks.housekeeping import leaving, matching, spared
from tasks.housekeeping.beginning import PART, record
from tasks.housekeeping.matching import plainly
from tasks.housekeeping.models import Alarm, Leaver, SweepRun, Switch
from tasks.housekeeping.notices import language_of
from tasks.housekeeping.running import Lease

TROUBLE = {"unclean", "error", "refused", "undecided"}  # reasons that the office has to hear of


def go_on(lease: Lease, run: SweepRun, *, seconds: float) -> None:
    """Work on a run for about so many seconds, or to its end.

    Killed at any moment, the next worker goes on. What is begun is finished; of the rest nothing more goes once
    the sweep is switched off.

    Raises:
        LeaseLost: another worker has it.
        SourceUnavailable: a database did not answer; the next worker goes on.
        DossierError: of a sweep of rows, a part that cannot go as it is declared.
    """
    until = lease.watch.now + timedelta(seconds=seconds)
    model = apps.get_model(run.label)
    while run.doing or run.position < len(run.keys):
        if run.doing:
            _part(lease, run, model)
        elif not Switch.objects.filter(pk=run.sweep, is_on=True).exists():
            lease.write(run, left=_more(run.left, "off", len(run.keys) - run.position), position=len(run.keys))
        elif lease.watch.now >= until:
            return
        else:
            _next_part(lease, run, model)
    finish(lease, run, state=SweepRun.State.DONE)


def finish(lease: Lease, run: SweepRun, *, state: str, error: str = "") -> None:
    """End a run and record it; the office hears of what went wrong."""
    at = lease.watch.now
    with audit.atomic():
        lease.write(run, state=state, finished_at=at, keys=[], doing={}, error=error[:500])
        lease.put_off(until=run.started_at + lease.sweep.every)
        record(run, at=at)
        if error or TROUBLE & run.left.keys():
            Alarm.objects.create(run=run, next_try_at=at)


def _next_part(lease: Lease, run: SweepRun, model: type[Model]) -> None:
    """Ask once more about the next keys, and write down which of them go now, and in which erasure."""
    people = model is subject_model()
    some = [from_data(model, key) for key in run.keys[run.position : run.position + (1 if people else PART)]]
    here = matching.still(lease.sweep, model, some, at=lease.watch.now)
    erasure_id = uuid.uuid5(run.pk, str(run.position))
    if people and here:
        erasure_id = _begun(lease.sweep, Subject(model, some[0], using_of(model))) or erasure_id
    facts: dict[str, Any] = {"position": run.position + len(some)}
    facts["doing"] = {"keys": plainly(here), "erasure": str(erasure_id)} if here else {}
    if len(some) > len(here):
        facts["left"] = _more(run.left, "changed", len(some) - len(here))
    lease.write(run, **facts)


def _begun(sweep: Sweep, subject: Subject) -> uuid.UUID | None:
    """The erasure of a person that an earlier run has begun: the same question to a store has the same id."""
    unfinished = ledger.unfinished(subject)
    waiting = leavers(sweep, subject).values_list("erasure", flat=True).first()
    return unfinished.pk if unfinished else waiting


def _part(lease: Lease, run: SweepRun, model: type[Model]) -> None:
    """Let the part that is written down go, and write down that it went."""
    at = lease.watch.now
    keys, erasure_id = [from_data(model, key) for key in run.doing["keys"]], uuid.UUID(run.doing["erasure"])
    facts: dict[str, Any] = {"doing": {}}
    gone: leaving.Gone | None = None
    try:
        if model is subject_model():
            gone = _person(lease, Subject(model, keys[0], using_of(model)), erasure_id, at=at)
        else:
            name = spared.NAME.format(sweep=run.sweep) + str(erasure_id)
            using = using_of(model)
            gone = leaving.rows(model, keys, name=name, using=using, run_id=erasure_id, at=at, beat=lease.renew)
        facts["stats"] = DeleteStats.sum([run.stats, gone.stats]).by_label
        reason = "" if gone.is_clean else "unclean"
    except leaving.LeftForLater as why:
        reason = why.reason
    if reason:
        facts["left"] = _more(run.left, reason, len(keys))
        told = {"sweep": run.sweep, "run": str(run.pk), "erasure": str(erasure_id), "why": reason}
        audit.record("sweep.left", by=SYSTEM.key, at=at, data=told)
    with audit.atomic():
        lease.write(run, **facts)
        if gone is not None and model is subject_model():
            leavers(lease.sweep, Subject(model, keys[0], using_of(model))).delete()


def _person(lease: Lease, subject: Subject, erasure_id: uuid.UUID, *, at: datetime) -> leaving.Gone:
    leaver = leavers(lease.sweep, subject).first()
    return leaving.person(
        subject,
        run_id=erasure_id,
        at=at,
        memo=leaver.memo if leaver else {},
        keep=partial(_remember, lease.sweep, subject, erasure_id, at),
        beat=lease.renew,
        language=language_of(lease.sweep, subject),
    )


def leavers(sweep: Sweep, subject: Subject) -> "QuerySet[Leaver]":
    """What is remembered of a person whom a sweep has told, or begun to erase."""
    return Leaver.objects.filter(**_name(sweep, subject))


def _name(sweep: Sweep, subject: Subject) -> dict[str, str]:
    who = {"subject_label": subject.label, "subject_key": key_text(subject), "subject_alias": subject.using}
    return {"sweep": sweep.key, **who}


def _remember(sweep: Sweep, subject: Subject, erasure_id: uuid.UUID, at: datetime, memo: leaving.Memo) -> None:
    """Keep what stores have done or want to be asked with, for whoever goes on."""
    facts: dict[str, Any] = {"memo": memo, "erasure": erasure_id}
    if not leavers(sweep, subject).update(**facts):
        Leaver.objects.create(**_name(sweep, subject), **facts, written_at=at)


def using_of(model: type[Model]) -> str:
    """The database that rows of ``model`` go from."""
    return matching.home_of(QuerySet(model=model))[1]


def _more(left: dict[str, int], reason: str, n: int) -> dict[str, int]:
    return {**left, reason: left.get(reason, 0) + n}
