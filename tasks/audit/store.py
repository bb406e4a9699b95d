"""The database that holds Dossier's own tables: one transaction there, and what follows its commit."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import router, transaction

logger = logging.getLogger(__name__)


def alias() -> str:
    """The alias that Dossier's own tables are written to, as the host's routers say."""
    from tasks.audit.models import Entry

    return router.db_for_write(Entry)


def atomic() -> AbstractContextManager[Any]:
    """One transaction over Dossier's own tables; nests."""
    return transaction.atomic(using=alias())


def after_commit(follow_up: Callable[[], object]) -> None:
    """Run ``follow_up`` once the transaction is committed. A failure of it is logged, never raised.

    The database is the truth: whatever is lost here is found again by ``dossier.tick``.
    """
    transaction.on_commit(follow_up, using=alias(), robust=True)
