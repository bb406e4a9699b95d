"""Customers who have not signed in for long, and a sweep of them: what tests of sweeps share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks import audit
from tasks.datamap.sweeps import Sweep, Sweeps
from tasks.housekeeping.models import SweepRun
from tests import people

DAY = timedelta(days=1)
YEAR = 365 * DAY
State = SweepRun.State


@pytest.fixture
def inactive(registry: Sweeps) -> Callable[..., Sweep]:
    """``inactive(notice=…)``: who has not signed in for two years, declared with other facts."""

    def declare(**facts: Any) -> Sweep:
        @registry.declare("Inactive", **{"every": "1 day", "key": "inactive", "limit": "50 %", **facts})
        def find(at: datetime) -> Any:
            return User.objects.filter(last_login__lt=at - 2 * YEAR)

        found = registry.get("inactive")
        assert found
        return found

    return declare


@pytest.fixture
def sleepers(db: None, noon: datetime) -> list[User]:
    """Four customers, of whom the first two have not signed in for three years."""
    names = ("ann", "ben", "cem", "dia")
    found = [people.make(name, last_name="Sleeper") for name in names]
    for n, user in enumerate(found):
        User.objects.filter(pk=user.pk).update(last_login=noon - (3 * YEAR if n < 2 else DAY))
    return found


def there(users: list[User]) -> list[str]:
    return sorted(User.objects.filter(pk__in=[user.pk for user in users]).values_list("username", flat=True))


def entries(event: str) -> list[dict[str, Any]]:
    return [entry.data for entry in audit.Entry.objects.filter(event=event).order_by("seq")]
