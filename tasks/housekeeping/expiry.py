"""Files whose time is over leave the vault, and nothing sealed stays behind a case that is finished."""

from datetime import datetime, timedelta

from django.db.models import Q

from tasks import vault
from tasks.cases import files, operations
from tasks.cases.models import Case, Package, Step
from tasks.cases.operations.each import each
from tasks.cases.states import FINAL, State
from tasks.errors import TransitionRefused

A_DAY = timedelta(days=1)  # nobody writes one file for longer


def sweep(*, at: datetime) -> dict[str, int]:
    """Expire copies whose date is over and remove what finished cases left in the vault. Safe to repeat.

    Returns ``{"expired": cases, "purged": files, "drafts": files}``.
    """
    return {
        "expired": expire_packages(at=at),
        "purged": purge_finished(at=at),
        "drafts": remove_drafts(at=at),
    }


def remove_drafts(*, at: datetime) -> int:
    """Remove what a killed worker was writing more than a day ago; how many files."""
    return vault.remove_drafts(before=at - A_DAY)


def expire_packages(*, at: datetime) -> int:
    """Expire every copy that is past its date; how many cases."""
    over = Package.objects.filter(purged_at=None, expires_at__lte=at).values("case")
    return each(Case.objects.filter(state=State.READY, pk__in=over), _expire, at=at)


def _expire(case: Case, at: datetime) -> bool:
    try:
        operations.expire(case, at=at)
    except TransitionRefused:  # a moment ago somebody else did, or one of its files has a later date
        return False
    return True


def purge_finished(*, at: datetime) -> int:
    """Remove the files that a finished case still has in the vault, such as after a crash; how many files."""
    packages = Package.objects.filter(purged_at=None).values("case")
    steps = Step.objects.exclude(files=[]).values("case")
    left = Case.objects.filter(Q(pk__in=packages) | Q(pk__in=steps), state__in=sorted(FINAL))
    return each(left, _purge, at=at)


def _purge(case: Case, at: datetime) -> int:
    return files.purge(case, at=at)
