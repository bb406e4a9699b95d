"""That something is done once in a while, whoever asks how often: a row in the database, right for every process."""

from datetime import datetime, timedelta

from tasks.cases import tally
from tasks.cases.models import Tally


def is_turn(mark: str, *, every: timedelta, at: datetime) -> bool:
    """Whether nobody did it within ``every``; whoever hears so does it. One query where it was done."""
    key = f"housekeeping:{mark}"
    if Tally.objects.filter(pk=key, until__gt=at).exists():
        return False
    Tally.objects.filter(pk=key, until__lte=at).delete()
    return tally.count(key, until=at + every, at=at) == 1


def clear(mark: str) -> None:
    """Let it be somebody's turn at once."""
    Tally.objects.filter(pk=f"housekeeping:{mark}").delete()
