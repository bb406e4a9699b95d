"""The sweeps, as doors call them: what is due, one run, a look without touching, and the office's word on it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tasks import audit
from tasks.cases import queue
from tasks.cases.actors import Actor
from tasks.cases.states import DECIDERS
from tasks.collector.selection import Selection
from tasks.collector.subject import Subject
from tasks.datamap.sweeps import Sweep, declared
from tasks.erasure import DeleteStats
from tasks.erasure import plan as make_plan
from tasks.erasure.models import Action
from tasks.errors import ApprovalVoid, DossierError, NotAllowed, SourceUnavailable
from tasks.housekeeping import beginning, matching, notices, running, working
from tasks.housekeeping.matching import Look
from tasks.housekeeping.models import SweepRun, Switch

logger = logging.getLogger(__name__)
State = SweepRun.State
AGAIN_AFTER = timedelta(seconds=15)  # before a message for the same sweep is sent again
AGAIN_AFTER_TROUBLE = timedelta(minutes=5)
AT_A_TIME = 20.0  # seconds of one message; the next one goes on
MOST_PLANS = 25  # people whose erasure is planned for a preview


def send_due(*, at: datetime) -> None:
    """Put what is due into the queue: sweeps, and letters of the housekeeping."""
    known = {switch.pk: switch for switch in Switch.objects.all()} if len(declared) else {}
    for sweep in declared:
        switch = known.get(sweep.key) or Switch.objects.get_or_create(pk=sweep.key)[0]
        silent = Q(sent_at=None) | Q(sent_at__lte=at - AGAIN_AFTER) | Q(sent_at__gt=at)
        free = Q(lease_until=None) | Q(lease_until__lte=at)
        asked = Switch.objects.filter(silent, free, running.is_due(sweep, at=at), pk=switch.pk)
        if asked.update(sent_at=at):
            queue.send("dossier.sweep", sweep=sweep.key)
    if notices.waiting(at=at):
        queue.send("dossier.notices")


def run(sweep: Sweep, *, at: datetime, anyway: bool = False, seconds: float = AT_A_TIME) -> SweepRun | None:
    """Do what is due of a sweep, for about so many seconds; None where there is nothing to do or another worker has it.

    A sweep that is not switched on is only looked at, and that is written down. One that was left half done is gone
    on with first. ``anyway`` does not wait for its time.

    Raises:
        SourceUnavailable: a database did not answer; what is done is done, and the next run goes on.
    """
    lease = running.take(sweep, at=at, anyway=anyway)
    if lease is None:
        return None
    try:
        found = running.under_way(sweep) or beginning.begin(lease, at=at)
        if found.state == State.RUNNING:
            _carry_out(lease, found, seconds=seconds)
    except running.LeaseLost:
        return None
    except Exception:
        lease.put_off(until=at + min(sweep.every, AGAIN_AFTER_TROUBLE))
        raise
    finally:
        lease.give_back()
    return found


def _carry_out(lease: running.Lease, found: SweepRun, *, seconds: float) -> None:
    """Go on with a run. What is wrong with it ends it, and the office is told."""
    try:
        working.go_on(lease, found, seconds=seconds)
    except (SourceUnavailable, running.LeaseLost):
        raise
    except DossierError as error:
        working.finish(lease, found, state=State.FAILED, error=" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 -- a host's function or receiver raises what it likes
        working.finish(lease, found, state=State.FAILED, error=f"{type(error).__name__} in {lease.sweep.where}.")


@dataclass(frozen=True)
class Preview:
    """What a sweep would do now. ``stats`` is what would be deleted; of people that of the first ``planned``."""

    look: Look
    stats: DeleteStats
    planned: int


def preview(sweep: Sweep, *, at: datetime, plans: int = MOST_PLANS) -> Preview:
    """Look at what a sweep would do, with the rows that would go. Changes and records nothing.

    Raises:
        DossierError: the sweep cannot run; the text says why.
    """
    try:
        look = matching.look(sweep, at=at)
    except DossierError:
        raise
    except Exception as error:  # noqa: BLE001 -- a host's function raises what it likes, and its text may name people
        raise DossierError(f"{sweep.where} raised {type(error).__name__}. Mend it.") from None
    some = look.ripe[:plans] if look.is_about_people else look.ripe[: beginning.PART]
    chosen: list[Subject]
    if look.is_about_people:
        chosen = [Subject(look.model, key, look.using) for key in some]
    else:
        chosen = [Selection.of(look.model, some, name="preview", using=look.using)] if some else []
    stats = DeleteStats()
    for subject in chosen:
        plan = make_plan(subject, at=at)
        for step in plan.steps:
            if step.action == Action.DELETE:
                stats.add(step.label, step.count)
        if not look.is_about_people:
            look.along = matching.taken_along(look, plan)
    return Preview(look, stats, len(some))


# --- the office's word


def switch(sweep: Sweep, *, by: Actor, at: datetime, on: bool) -> Switch:
    """Switch a sweep on or off. On, it is due at once; off, a run that is under way stops at its next part.

    Raises:
        NotAllowed: only an approver or the data protection officer may.
    """
    _require(by, f"switch the sweep '{sweep.key}'")
    with audit.atomic():
        row, _ = Switch.objects.get_or_create(pk=sweep.key)
        if row.is_on != on:
            facts: dict[str, Any] = {"is_on": on, "by": by.key, "at": at}
            Switch.objects.filter(pk=sweep.key).update(**facts, **({"next_at": at} if on else {}))
            audit.record("sweep.switched", by=by.key, at=at, data={"sweep": sweep.key, "on": on})
    row.refresh_from_db()
    return row


def confirm(refused: SweepRun, *, by: Actor, at: datetime, set_hash: str, touches: int) -> SweepRun:
    """Say that a refused run is right: for exactly these rows, once. It begins at once.

    Raises:
        NotAllowed: only an approver or the data protection officer may.
        ApprovalVoid: it is not the last run, it was confirmed already, or what was seen is not what it holds.
    """
    _require(by, f"confirm a run of the sweep '{refused.sweep}'")
    with audit.atomic():
        last = SweepRun.objects.filter(sweep=refused.sweep).order_by("-started_at", "-pk").first()
        seen = SweepRun.objects.filter(
            pk=refused.pk, state=State.REFUSED, confirmed_at=None, set_hash=set_hash, touches=touches
        )
        if last is None or last.pk != refused.pk or not seen.update(confirmed_by=by.key, confirmed_at=at):
            raise ApprovalVoid(f"Run {refused.pk} is not what you saw, or not the last one. Look at it again.")
        Switch.objects.filter(pk=refused.sweep).update(next_at=at)
        told = {"sweep": refused.sweep, "run": str(refused.pk), "set": set_hash, "touches": touches}
        audit.record("sweep.confirmed", by=by.key, at=at, data=told)
    refused.refresh_from_db()
    return refused


def _require(by: Actor, what: str) -> None:
    if not by.roles & DECIDERS:
        raise NotAllowed(f"{by.key} may not {what}.")
