"""Kept rows end by themselves when their day is over or their hold is lifted; reviews of holds are not forgotten."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from tasks import audit
from tasks.cases.actors import SYSTEM
from tasks.cases.deadlines import local_date
from tasks.cases.letters import link
from tasks.cases.models import Case
from tasks.cases.recipients import office_of
from tasks.erasure import holds, kept, ledger
from tasks.erasure.kept import Ended
from tasks.erasure.models import ErasureRun
from tasks.errors import DossierError
from tasks.housekeeping import marks, notices

logger = logging.getLogger(__name__)
AT_ONCE = 2_000  # rows of one erasure
RUNS = 50  # erasures of one call
AN_HOUR, A_WEEK = timedelta(hours=1), timedelta(days=7)


def hourly(*, at: datetime) -> int:
    """What ``tick`` asks every few seconds: end kept rows once an hour, and go on at once while there are more."""
    if not marks.is_turn("kept", every=AN_HOUR, at=at):
        return 0
    warn_of_reviews(at=at)
    done = sweep(at=at)
    if done.pop("more"):
        marks.clear("kept")
    return sum(done.values())


def sweep(*, at: datetime) -> dict[str, int]:
    """End the kept rows whose day is over, erasure by erasure; one that fails holds up no other.

    Returns ``{"gone", "later", …: rows, "left": rows, "failed": erasures, "more": 1 if there is more to do}``.
    """
    found: dict[str, int] = {"left": 0, "failed": 0, "more": 0}
    for number, run in enumerate(kept.due_runs(at=at)):
        if number == RUNS:
            found["more"] = 1
            break
        try:
            done = kept.end(run, at=at, most=AT_ONCE)
        except DossierError as error:
            logger.error("kept rows of erasure %s: %s", run.pk, type(error).__name__)
            found["failed"] += 1
            continue
        for name, rows in (*done.ends.items(), ("left", done.left)):
            found[name] = found.get(name, 0) + rows
        found["more"] |= sum(done.ends.values()) + done.left >= AT_ONCE
        if done:
            _record(run, done, at=at)
    return found


def _record(run: ErasureRun, done: Ended, *, at: datetime) -> None:
    root = ledger.root_of(run)
    data = {
        "erasure": str(root.pk),
        "run": str(done.run.pk) if done.run else "",
        "rows": done.stats.by_label,
        "ends": done.ends,
        "left": done.left,
    }
    audit.record("kept.ended", by=SYSTEM.key, at=at, case=root.pk, data=data)


def warn_of_reviews(*, at: datetime) -> int:
    """Tell the office of holds whose review is overdue, once a week as long as they are; how many."""
    today = local_date(at)
    silent = Q(warned_on=None) | Q(warned_on__lte=today - A_WEEK)
    overdue = holds.active().filter(silent, review_on__lt=today)
    n = overdue.count()
    addresses = office_of(Case()) if n else []
    if addresses:
        notices.send("review", addresses, settings.LANGUAGE_CODE, n=n, page_url=link("dpo:holds"))
        overdue.order_by().update(warned_on=today)
    return n if addresses else 0
