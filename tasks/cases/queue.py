"""Messages to the workers: a task's name and ids, nothing else. A lost message costs seconds, never work."""

import logging
from functools import partial

from django.utils.module_loading import import_string

from tasks import audit

logger = logging.getLogger(__name__)


def soon(task: str, **ids: str) -> None:
    """Send ``task`` with ``ids`` once the running transaction is committed."""
    audit.after_commit(partial(send, task, **ids))


def send(task: str, **ids: str) -> bool:
    """Send ``task`` now. False where no broker takes it: ``dossier.tick`` finds the work in the database.

    The Celery application is called by name, for it is a floor above.
    """
    try:
        import_string("tasks.celery.app").send_task(task, kwargs=ids, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 -- every broker has exceptions of its own
        logger.warning("%s not sent: %s", task, type(error).__name__)
        return False
    return True
