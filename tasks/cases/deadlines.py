"""When an answer is due: one calendar month, moved by weekends and public holidays.

Source: GDPR art. 12(3); Regulation (EEC, Euratom) 1182/71 art. 3(2)(c), (4).
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tasks import conf
from tasks.errors import DeclarationError

FIRST, EXTENDED = 1, 3  # months from receipt
SATURDAY = 5


@dataclass(frozen=True)
class Due:
    """A date, and in words why it is not simply the same day of the month (empty where it is)."""

    date: date
    reason: str = ""


def zone() -> ZoneInfo:
    """The controller's time zone, in which days are counted."""
    return ZoneInfo(conf.time_zone or settings.TIME_ZONE)


def local_date(at: datetime) -> date:
    """The controller's calendar day at ``at``."""
    return at.astimezone(zone()).date()


def due_on(received_at: datetime, *, country: str, subdivision: str | None, tz: ZoneInfo, months: int = FIRST) -> Due:
    """The date on which an answer to a request received at ``received_at`` is due.

    The same date ``months`` later or that month's last day; if that is a weekend or a public
    holiday, the next working day.

    Raises:
        DeclarationError: no calendar for this country or subdivision.
    """
    day = plus_months(received_at.astimezone(tz).date(), months)
    return _next_working_day(day, country, subdivision)


def for_case(received_at: datetime, *, months: int = FIRST) -> Due:
    """``due_on`` with the controller's calendar from the settings."""
    return due_on(received_at, country=conf.country, subdivision=conf.subdivision, tz=zone(), months=months)


def adjusted(strict: date, *, days: int) -> date:
    """The strict date moved on by the days that the person was waited for."""
    return _next_working_day(strict + timedelta(days=days), conf.country, conf.subdivision).date if days else strict


def plus_months(day: date, months: int) -> date:
    """The same date ``months`` later, or that month's last day."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _next_working_day(day: date, country: str, subdivision: str | None) -> Due:
    skipped = []
    while why := _free_because(day, country, subdivision):
        skipped.append(_("%(date)s is %(holiday)s") % {"date": date_format(day, _("j F")), "holiday": why})
        day += timedelta(days=1)
    return Due(day, _(" and ").join(skipped))


def _free_because(day: date, country: str, subdivision: str | None) -> str:
    if named := _calendar(country, subdivision, day.year, get_language() or "en").get(day):
        return named
    return _("a Saturday") if day.weekday() == SATURDAY else _("a Sunday") if day.weekday() > SATURDAY else ""


@lru_cache(maxsize=64)
def _calendar(country: str, subdivision: str | None, year: int, language: str) -> dict[date, str]:
    """The free days with their names: in the reader's language where the calendar has it, else in English."""
    try:
        known = holidays.country_holidays(country, subdiv=subdivision, years=year)
        ours = [name for name in known.supported_languages if name.partition("_")[0] == language.partition("-")[0]]
        if names := next((name for name in (*ours, "en_US") if name in known.supported_languages), ""):
            known = holidays.country_holidays(country, subdiv=subdivision, years=year, language=names)
    except NotImplementedError as error:
        raise DeclarationError(
            f"DOSSIER['country'] and ['subdivision']: wanted a known calendar, found {country!r}, {subdivision!r}."
        ) from error
    return dict(known.items())
