"""Days and moments by the column: the same words as one by one, whatever the zone does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from tasks.transform.cells import told
from tasks.transform.moments import Moments

SETS = {
    "Europe/Berlin": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 6, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),  # by half an hour
    "Asia/Kathmandu": datetime(1985, 12, 31, 18, 30, tzinfo=UTC),  # from 5:30 to 5:45
    "Africa/Monrovia": datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC),  # seconds until then
    "Pacific/Apia": datetime(2011, 12, 30, 10, tzinfo=UTC),  # a day is left out
    "UTC": datetime(2000, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_column_of_moments_says_what_each_says_by_itself(name: str, language: str) -> None:
    around = [SETS[name] + timedelta(minutes=15 * n, microseconds=n % 3) for n in range(-200, 200)]
    old = [datetime(2, 2, 3, 4, 5, 6, 7, tzinfo=UTC), datetime(843, 8, 10, 23, 59, 59, 999_999, tzinfo=UTC)]
    others = [None, datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))]  # noqa: DTZ001 - a database may hold such
    values = [*around, *old, *others]
    with override(language):
        tell = Moments(ZoneInfo(name))

        found = tell.cells(values)

        assert found == [None if value is None else told(tell(value)) for value in values]


def test_clocks_are_set_within_the_days_that_are_looked_at() -> None:
    found = {name for name, moment in SETS.items() if Moments(ZoneInfo(name)).offsets[moment.toordinal()] is None}

    assert found == {*SETS} - {"UTC"}
