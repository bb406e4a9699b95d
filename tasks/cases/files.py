"""What a case keeps in the vault, and its end there."""

from collections.abc import Iterable
from datetime import datetime

from tasks import vault
from tasks.cases.models import Case


def purge(case: Case, *, at: datetime) -> int:
    """Remove every sealed file of a case from the vault: snapshot, packages, leftovers. Safe to repeat.

    Files go first and the rows say so after, so that a crash between leaves work for the next try, never a file.
    """
    packages = list(case.packages.filter(purged_at=None))
    steps = list(case.steps.exclude(files=[]))
    count = remove([p.name for p in packages] + [name for step in steps for name in step.files])
    case.packages.filter(pk__in=[p.pk for p in packages]).update(purged_at=at)
    case.steps.filter(pk__in=[step.pk for step in steps]).update(files=[])
    return count


def remove(names: Iterable[str]) -> int:
    """Delete these from the vault; how many were asked for. A missing one is no error."""
    names = set(names)
    for name in names:
        if vault.exists(name):
            vault.delete(name)
    return len(names)
