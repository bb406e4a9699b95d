"""Days and moments by the column: the same words as one by one, whatever the zone does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import dateformat
from django.utils.translation import override, pgettext

from tasks.transform import bulk
from tasks.transform.cells import told
from tasks.transform.days import day, days
from tasks.transform.display import converter
from tasks.transform.moments import Moments, in_utc

SETS = {
    "Europe/Berlin": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 6, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),  # by half an hour
    "Asia/Kathmandu": datetime(1985, 12, 31, 18, 30, tzinfo=UTC),  # from 5:30 to 5:45
    "Africa/Monrovia": datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC),  # seconds until then
    "Pacific/Apia": datetime(2011, 12, 30, 10, tzinfo=UTC),  # a day is left out
    "UTC": datetime(2000, 1, 1, tzinfo=UTC),
}
EDGES = [
    datetime(1, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2, 2, 3, 4, 5, 6, 7, tzinfo=UTC),
    datetime(843, 8, 10, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 30, tzinfo=UTC),
]
OTHERS = [None, datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))]
NAIVE = datetime(2026, 7, 1, 12)  # noqa: DTZ001 - a database may hold such
LANGUAGES = ["en", "de", "fr", "es", "ar"]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_column_of_moments_says_what_each_says_by_itself(name: str, language: str) -> None:
    around = [SETS[name] + timedelta(minutes=15 * n, microseconds=n % 3) for n in range(-200, 200)]
    values = [*around, *EDGES, *OTHERS]
    with override(language):
        tell = Moments(ZoneInfo(name))

        found = tell.cells([in_utc(value) for value in values])

        assert found == [None if value is None else told(tell(value)) for value in values]


@pytest.mark.parametrize("other", [NAIVE, "2026-03-05", 7, object()])
def test_what_is_no_moment_takes_no_other_along(other: object) -> None:
    zone = ZoneInfo("Europe/Berlin")
    whole = bulk.moments(zone, converter("datetime", zone=zone), raw=False)

    found = whole([SETS["UTC"], other])

    assert found[0] == {"value": "2000-01-01T01:00:00+01:00", "display": "1 January 2000, 01:00"}
    assert found[1] == whole([other])[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-05 11:00:00", "2026-03-05T12:00:00+01:00"),
        ("2026-03-05 11:00:00.123456", "2026-03-05T12:00:00.123456+01:00"),  # SQLite
        ("2026-03-05 11:00:00+00", "2026-03-05T12:00:00+01:00"),
        ("2026-03-05 11:00:00.5+00", "2026-03-05T12:00:00.500000+01:00"),  # PostgreSQL
        ("2026-03-05 11:00:00.000000", "2026-03-05T12:00:00+01:00"),
        ("2026-12-31 23:30:01+00:00", "2027-01-01T00:30:01+01:00"),
        ("2026-03-29 00:59:59", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29 01:00:00", "2026-03-29T03:00:00+02:00"),
    ],
)
def test_moments_are_told_as_databases_write_them(text: str, value: str) -> None:
    (found,) = Moments(ZoneInfo("Europe/Berlin")).cells([text])

    assert found["value"] == value


NONE = {
    "PostgreSQL's end of time": "infinity",
    "no day": "0000-00-00 00:00:00",
    "no day of February": "2026-02-30 12:00:00",
    "a year with five digits": "10000-01-01 00:00:00+00",
    "before Christ": "0044-03-15 12:00:00 BC",
    "hour 24": "2026-03-05 24:00:00",
    "minute 60": "2026-03-05 11:60:00",
    "second 60": "2026-03-05 11:00:60",
    "a day": "2026-03-05",
    "nothing": "",
    "a number": 7,
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_a_database_holds_in_place_of_a_moment_is_shown_as_it_is(text: object) -> None:
    zone = ZoneInfo("Europe/Berlin")
    read = datetime.fromisoformat
    whole = bulk.moments(zone, bulk.reading(read, converter("datetime", zone=zone)), raw=True)

    before, found, after = whole(["2026-03-05 11:00:00+00:00", text, None])

    assert before["display"] == "5 March 2026, 12:00"
    assert after is None
    if text == "2026-03-05":
        assert found["value"] == "2026-03-05T00:00:00"
    else:
        assert found in (text, str(text))


def test_clocks_are_set_within_the_days_that_are_looked_at() -> None:
    found = {name for name, moment in SETS.items() if Moments(ZoneInfo(name)).days[moment.date().isoformat()] is None}

    assert found == {*SETS} - {"UTC"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pattern", ["", "l j F Y", r"jS \o\f F", "z", r"\j\d d/m/y", "D, N j"])
def test_days_are_said_as_django_says_them(language: str, pattern: str) -> None:
    some = [date(2024, 1, 1) + timedelta(days=n) for n in range(0, 800, 3)]
    with override(language):
        pattern = pattern or pgettext("date", "j F Y")
        said = days(language, pattern)

        assert [said[each] for each in some] == [dateformat.format(each, pattern) for each in some]
        assert day(date(999, 2, 3)).raw == "0999-02-03"
