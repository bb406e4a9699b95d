"""The rule of Regulation 1182/71, with the vectors of DOMAIN.md and ICO's worked examples."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.cases.deadlines import Due, due_on, plus_months
from tasks.errors import DeclarationError

BERLIN = ZoneInfo("Europe/Berlin")


def due(day: str, *, months: int = 1, country: str = "DE", subdivision: str | None = None) -> Due:
    received = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BERLIN)
    return due_on(received, country=country, subdivision=subdivision, tz=BERLIN, months=months)


@pytest.mark.parametrize(
    ("received", "months", "answer"),
    [
        ("2026-03-05", 1, "2026-04-07"),  # Easter Sunday and Monday
        ("2026-01-31", 1, "2026-03-02"),  # 28 February is a Saturday
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2028-01-29", 1, "2028-02-29"),
        ("2025-11-25", 1, "2025-12-29"),  # Christmas, then a weekend
    ],
)
def test_an_answer_is_due_a_calendar_month_later_or_on_the_next_working_day(received, months, answer):
    assert due(received, months=months).date.isoformat() == answer


def test_the_reason_names_every_day_that_was_skipped():
    assert due("2026-03-05").reason == "5 April is a Sunday and 6 April is Easter Monday"
    assert due("2026-08-31").reason == ""


def test_a_subdivision_has_holidays_of_its_own():
    assert due("2026-10-18", subdivision="SN").date == date(2026, 11, 19)  # Buß- und Bettag
    assert due("2026-10-18").date == date(2026, 11, 18)


def test_days_are_the_controllers_days():
    late = datetime(2026, 3, 31, 23, 30, tzinfo=ZoneInfo("UTC"))  # 1 April in Berlin

    assert due_on(late, country="DE", subdivision=None, tz=BERLIN).date == date(2026, 5, 4)
    assert due_on(late, country="DE", subdivision=None, tz=ZoneInfo("UTC")).date == date(2026, 4, 30)


def test_an_unknown_country_is_said_clearly():
    with pytest.raises(DeclarationError, match="'XX'"):
        due("2026-03-05", country="XX")


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 3))
def test_a_month_later_is_never_skipped_and_never_two_away(day, months):
    later = plus_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or plus_months(later.replace(day=1), 1) == later.replace(day=1).replace(
        year=later.year + later.month // 12, month=later.month % 12 + 1
    )


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_an_answer_is_never_due_on_a_weekend(day):
    assert due(day.isoformat()).date.weekday() < 5
