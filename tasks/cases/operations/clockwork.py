"""What time itself brings about. ``dossier.tick`` asks these every few seconds, so each begins with one cheap query."""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from tasks import conf
from tasks.cases import letters
from tasks.cases.actors import SYSTEM
from tasks.cases.deadlines import local_date
from tasks.cases.models import Case, Letter, Package, Step, StepState
from tasks.cases.operations.base import changing, record, write
from tasks.cases.operations.each import AT_ONCE, each
from tasks.cases.operations.executing import start_if_due
from tasks.cases.states import OPEN, State
from tasks.cases.transitions import move
from tasks.errors import DossierError

AGAIN_AFTER = timedelta(seconds=15)  # before a message for the same step is sent again
UNVERIFIED_DAYS = 7
NOTICE_DAYS = 3  # before files expire
DAY = timedelta(days=1)
OVER = -1  # the last warning: the date is over


def due_steps(*, at: datetime) -> list[int]:
    """The steps that nobody works on although their time has come: due ones and those whose lease ran out.

    Each is named once in 15 seconds, so that a long queue does not fill up with the same.
    """
    free = Q(state=StepState.DUE, next_try_at__lte=at) | Q(state=StepState.RUNNING, lease_until__lte=at)
    silent = Q(sent_at=None) | Q(sent_at__lte=at - AGAIN_AFTER)
    steps = Step.objects.filter(free & silent, case__frozen_at=None, case__paused_at=None)
    keys = list(steps.order_by("next_try_at").values_list("pk", flat=True)[:AT_ONCE])
    Step.objects.filter(pk__in=keys).update(sent_at=at)
    return keys


def due_letters(*, at: datetime) -> list[int]:
    """The letters that are to be posted, or posted again."""
    return list(Letter.objects.filter(next_try_at__lte=at).values_list("pk", flat=True)[:AT_ONCE])


def start_scheduled(*, at: datetime) -> int:
    """Let the erasures begin whose day has come; how many did."""
    waiting = Case.objects.filter(state=State.SCHEDULED, execute_on__lte=local_date(at), frozen_at=None)
    return each(_untouched(waiting), _start, at=at)


def _untouched(waiting: QuerySet[Case]) -> QuerySet[Case]:
    """Those without a step to erase that is under way already."""
    return waiting.exclude(steps__phase="erase", steps__state__in=[StepState.DUE, StepState.RUNNING])


def _start(case: Case, at: datetime) -> bool:
    with changing(case):
        return case.state == State.SCHEDULED and start_if_due(case, at=at)


def expire_unverified(*, at: datetime) -> int:
    """Drop requests for which nobody showed who they are within a week."""
    old = Case.objects.filter(state=State.UNVERIFIED, received_at__lte=at - UNVERIFIED_DAYS * DAY)
    return each(old, _expire, at=at)


def _expire(case: Case, at: datetime) -> bool:
    try:
        move(case, State.EXPIRED, by=SYSTEM, at=at)
    except DossierError:  # it moved on a moment ago
        return False
    return True


def remind(*, at: datetime) -> int:
    """Tell people once that their account is deleted tomorrow, or that their files leave soon."""
    tomorrow = Case.objects.filter(
        state=State.SCHEDULED, when=Case.GRACE, execute_on=local_date(at) + DAY, frozen_at=None
    ).exclude(letters__template="reminder")
    soon = Case.objects.filter(
        state=State.READY,
        frozen_at=None,
        pk__in=Package.objects.filter(purged_at=None, expires_at__lte=at + NOTICE_DAYS * DAY).values("case"),
    ).exclude(letters__template="expiring")
    return each(tomorrow, _remind, at=at) + each(soon, _announce, at=at)


def _remind(case: Case, at: datetime) -> bool:
    return _once(case, "reminder", at)


def _announce(case: Case, at: datetime) -> bool:
    return _once(case, "expiring", at)


def _once(case: Case, template: str, at: datetime) -> bool:
    with changing(case):
        if case.letters.filter(template=template).exists():
            return False
        letters.send(case, template, at=at)
    return True


def warn(*, at: datetime) -> int:
    """Tell the handlers of strict dates that come near: once for each of ``warn_days``, and once when one is over."""
    return sum(each(_near(days, at), partial(_warn, days), at=at) for days in (OVER, *sorted(conf.warn_days)))


def _near(days: int, at: datetime) -> QuerySet[Case]:
    """Open cases with at most ``days`` left whose handlers have not heard so yet."""
    return (
        Case.objects.annotate(strict=Coalesce("extended_until", "due_on"))
        .filter(
            Q(warned_days=None) | Q(warned_days__gt=days),
            state__in=sorted(OPEN),
            strict__lte=local_date(at) + days * DAY,
        )
        .order_by("strict")
    )


def _warn(days: int, case: Case, at: datetime) -> bool:
    with changing(case):
        if not case.is_open or (case.warned_days is not None and case.warned_days <= days):
            return False
        write(case, warned_days=days)
        left = (case.strict_due_on - local_date(at)).days
        letters.send(case, "warning", at=at, audience=Letter.OFFICE, days_left=left)
    return True


def forget_known(*, at: datetime) -> int:
    """Let go of what was kept of people whose account is gone, to erase them in a source that was left out."""
    over = Step.objects.filter(known_until__lte=at).values("case")
    return each(Case.objects.filter(pk__in=over), _forget_known, at=at) if over.exists() else 0


def _forget_known(case: Case, at: datetime) -> bool:
    with changing(case):
        over = case.steps.filter(known_until__lte=at)
        record("known.forgotten", case, by=SYSTEM, at=at, steps=list(over.values_list("pk", flat=True)))
        return bool(over.update(known="", known_until=None))
