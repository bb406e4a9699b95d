"""One thing done to many cases, each by itself: a damaged row stops nobody else's work."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from tasks import audit
from tasks.cases.actors import SYSTEM
from tasks.cases.models import Case

logger = logging.getLogger(__name__)
AT_ONCE = 200
DAY = timedelta(days=1)


def each(cases: QuerySet[Case], do: Callable[[Case, datetime], int], *, at: datetime) -> int:
    """Do something to each of at most 200 cases by itself; the sum of what it said.

    Keys are read first: reading a row opens its sealed columns, and one that does not open would end the whole list.
    """
    done, what = 0, getattr(do, "func", do).__name__.strip("_")
    for key in cases.values_list("pk", flat=True)[:AT_ONCE]:
        try:
            done += do(Case.objects.get(pk=key), at)
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with one row stays its own trouble
            _trouble(key, what, type(error).__name__, at=at)
    return done


def _trouble(key: UUID, what: str, error: str, *, at: datetime) -> None:
    """Record that time could not do its work on a case: in the log each time, in the audit once a day."""
    logger.error("case %s: %s failed: %s", key, what, error)
    said = audit.of(key).filter(event="case.trouble", at__gt=at - DAY)
    if not any(entry.data.get("what") == what for entry in said):
        audit.record("case.trouble", by=SYSTEM.key, at=at, case=key, data={"what": what, "error": error})
