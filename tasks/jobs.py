"""The jobs: doors for the workers. Each reads the clock, makes one call, and can be delivered any number of times."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from tasks.cases import letters, operations, queue
from tasks.housekeeping import expiry


@shared_task(name="dossier.work", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def work(*, step_id: str, **_from_newer_senders: Any) -> None:
    """Do one step of a case."""
    operations.work(step_id, at=timezone.now())


@shared_task(name="dossier.post", acks_late=True, ignore_result=True)
def post(*, letter_id: str, **_from_newer_senders: Any) -> None:
    """Post one letter."""
    letters.post(letter_id, at=timezone.now())


@shared_task(name="dossier.tick", ignore_result=True)
def tick(**_from_newer_senders: Any) -> None:
    """Bring about what time brings: due steps, lost leases, scheduled erasures, expiries, letters, warnings."""
    now = timezone.now()
    operations.start_scheduled(at=now)
    operations.expire_unverified(at=now)
    operations.remind(at=now)
    operations.warn(at=now)
    expiry.sweep(at=now)
    for letter in operations.due_letters(at=now):
        queue.send("dossier.post", letter_id=str(letter))
    for step in operations.due_steps(at=now):
        queue.send("dossier.work", step_id=str(step))
