"""Messages to the workers: a task's name and ids, nothing else. A lost message costs seconds, never work."""

import logging
import time
from functools import partial

from tasks import audit

logger = logging.getLogger(__name__)
QUIET_SECONDS = 30.0
_quiet_until = 0.0


def soon(task: str, *, seconds: float | None = None, **ids: str) -> None:
    """Send ``task`` with ``ids`` once the running transaction is committed."""
    audit.after_commit(partial(send, task, seconds=seconds, **ids))


def send(task: str, *, seconds: float | None = None, **ids: str) -> bool:
    """Send ``task`` now. False where no broker takes it: ``dossier.tick`` finds the work in the database.

    A worker process that is at it longer than ``seconds`` is ended and replaced. A broker that is away is not
    asked again for half a minute, so that a page waits for it once at most.
    """
    global _quiet_until  # noqa: PLW0603 -- one broker, one process
    if time.monotonic() < _quiet_until:
        return False
    try:
        _publish(task, ids, seconds)
    except Exception as error:  # noqa: BLE001 -- every broker has exceptions of its own
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("%s not sent: %s", task, type(error).__name__)
        return False
    return True


def _publish(task: str, ids: dict[str, str], seconds: float | None) -> None:
    """By the application of the process: the shipped project's, or the host's own."""
    from celery import current_app

    current_app.send_task(task, kwargs=ids, retry=False, ignore_result=True, time_limit=seconds)
