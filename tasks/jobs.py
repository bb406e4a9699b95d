"""The jobs: doors for the workers. Each reads the clock, makes one call, and can be delivered any number of times."""

import logging
from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from tasks.cases import letters, notifying, operations, queue
from tasks.datamap.sweeps import declared
from tasks.housekeeping import expiry, kept, notices, own, sweeps

logger = logging.getLogger(__name__)


@shared_task(name="dossier.work", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def work(*, step_id: str, **_from_newer_senders: Any) -> None:
    """Do one step of a case."""
    operations.work(step_id, at=timezone.now())


@shared_task(name="dossier.post", acks_late=True, ignore_result=True)
def post(*, letter_id: str, **_from_newer_senders: Any) -> None:
    """Post one letter."""
    letters.post(letter_id, at=timezone.now())


@shared_task(name="dossier.sweep", ignore_result=True)
def sweep(*, sweep: str, **_from_newer_senders: Any) -> None:
    """Do what is due of one sweep, for some seconds; what is left of it comes behind everybody else's work."""
    found = declared.get(sweep)
    run = sweeps.run(found, at=timezone.now()) if found else None
    if run is not None and run.state == run.State.RUNNING:
        queue.send("dossier.sweep", sweep=sweep)


@shared_task(name="dossier.notices", ignore_result=True)
def post_notices(**_from_newer_senders: Any) -> None:
    """Post the letters of the housekeeping."""
    notices.post(at=timezone.now())


@shared_task(name="dossier.tell", acks_late=True, ignore_result=True)
def tell(*, notification_id: str, **_from_newer_senders: Any) -> None:
    """Tell one recipient of an erasure."""
    notifying.tell(notification_id, at=timezone.now())


@shared_task(name="dossier.tick", ignore_result=True)
def tick(**_from_newer_senders: Any) -> None:
    """Bring about what time brings: due steps, lost leases, scheduled erasures, expiries, letters, warnings."""
    now = timezone.now()
    for bring_about in (
        send_due, operations.start_scheduled, operations.expire_unverified,
        operations.remind, operations.warn, operations.forget_known, expiry.sweep, kept.hourly, own.daily,
        sweeps.send_due, notifying.send_due,
    ):  # fmt: skip
        try:
            bring_about(at=now)
        except Exception as error:  # noqa: BLE001 -- one case whose row is damaged must not stop everybody else's
            logger.error("tick: %s failed: %s", bring_about.__name__, type(error).__name__)


def send_due(*, at: datetime) -> None:
    """Put what is due into the queue: letters, and steps that nobody works on."""
    for letter in operations.due_letters(at=at):
        queue.send("dossier.post", letter_id=str(letter))
    if due := operations.due_steps(at=at):
        operations.send_steps(due)
