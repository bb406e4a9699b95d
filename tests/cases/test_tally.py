"""Counting tries, in any number of processes at once."""

from datetime import timedelta

import pytest

from tasks.cases import tally
from tasks.cases.models import Tally
from tests.cases.test_races import at_once

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_each_key_is_counted_by_itself(noon):
    until = noon + HOUR

    assert [tally.count("a", until=until, at=noon) for _ in range(3)] == [1, 2, 3]
    assert tally.count("b", until=until, at=noon) == 1


@pytest.mark.django_db
def test_windows_that_are_over_are_removed(noon):
    tally.count("a", until=noon + HOUR, at=noon)

    tally.count("b", until=noon + 3 * HOUR, at=noon + 2 * HOUR)

    assert set(Tally.objects.values_list("pk", flat=True)) == {"b"}


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(noon):
    results = at_once(*[lambda: tally.count("a", until=noon + HOUR, at=noon)] * 8)

    assert Tally.objects.get().tries == 8
    assert max(results) == 8, results
