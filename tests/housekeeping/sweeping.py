"""Customers who have not signed in for long, a sweep of them, and one of any rows: what tests of sweeps share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks import audit
from tasks.cases.actors import SYSTEM
from tasks.datamap.sweeps import Sweep, Sweeps
from tasks.housekeeping.models import SweepRun, Switch
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
def sweep(registry: Sweeps, noon: datetime) -> Callable[..., Sweep]:
    """``sweep(queryset)``: a sweep of these rows, switched on, with a wide limit."""

    def make(rows: Any, **facts: Any) -> Sweep:
        registry.declare("Rows", **{"every": "1 day", "key": "rows", "limit": "100 %", **facts})(lambda at: rows.all())
        Switch.objects.update_or_create(pk="rows", defaults={"is_on": True, "by": SYSTEM.key})
        found = registry.get("rows")
        assert found
        return found

    return make


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
