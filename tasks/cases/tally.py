"""Counting tries, right for every process and whatever cache a host has. Django's default cache is one per process."""

from datetime import datetime

from django.db import IntegrityError
from django.db.models import F

from tasks import audit
from tasks.cases.models import Tally


def count(key: str, *, until: datetime, at: datetime) -> int:
    """Count one try under ``key`` and say how many there were before ``until``. ``key`` has to be hashed already.

    One UPDATE adds up, so that of any number of callers each is counted. The first try of a window also removes
    the tallies of windows that are over.
    """
    for _ in range(2):
        if Tally.objects.filter(pk=key).update(tries=F("tries") + 1):
            return Tally.objects.values_list("tries", flat=True).get(pk=key)
        Tally.objects.filter(until__lte=at).delete()
        try:
            with audit.atomic():
                Tally(key=key, until=until).save(force_insert=True)
        except IntegrityError:  # somebody else's was first this moment: add to theirs
            continue
        return 1
    return Tally.objects.values_list("tries", flat=True).get(pk=key)
