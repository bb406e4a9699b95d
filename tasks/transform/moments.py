"""Days, moments and lengths of time: ISO 8601 for machines, and in words of the active language."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django.utils import dateformat, formats
from django.utils.duration import duration_iso_string
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tasks.transform.cells import Cells, told
from tasks.transform.memo import Memo
from tasks.transform.records import Value

CLOCK = "H:i"
MARK = "\x01"  # stands for the time of day in the words of a date
SECOND = timedelta(seconds=1)
BLINK = timedelta(microseconds=1)
DAY = timedelta(days=1)
OF_UTC = len("+00:00")
SECONDS = len("2026-03-05T11:00:00")


class Moments:
    """Tells dates with times in one zone and in the language that was active when it was made.

    The words of a day are made once: formatting a date costs more than all the rest of a record.
    """

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.pattern = pgettext("date and time", "j F Y, H:i")
        marked = self.pattern.replace(CLOCK, MARK)
        self.offsets = offsets(zone)
        self.days = halves(get_language() or "", marked) if marked.count(MARK) == 1 else None

    def __call__(self, value: datetime) -> Value:
        """ISO 8601 with its offset, and local words."""
        try:
            there = value.astimezone(self.zone) if value.tzinfo is not None else value
        except (OverflowError, ValueError):  # at the edge of what a calendar holds
            there = value
        try:
            return Value(there.isoformat(), self._words(there))
        except (ValueError, OverflowError):
            return Value(there.isoformat(), there.isoformat(sep=" "))

    def _words(self, there: datetime) -> str:
        if self.days is None:
            return str(dateformat.format(there, self.pattern))
        iso = there.isoformat()
        before, after = self.days[iso[:10]]
        return f"{before}{iso[11:16]}{after}"

    def cells(self, values: Iterable[datetime | None]) -> Cells:
        """The same for many at once.

        Raises:
            AttributeError, TypeError, ValueError, OverflowError: one of them has to be told by itself.
        """
        if self.days is None:
            return [None if value is None else told(self(value)) for value in values]
        zone, days, offsets = self.zone, self.days, self.offsets
        found: Cells = []
        for value in values:
            if value is None:
                found.append(None)
                continue
            if value.tzinfo is UTC and (offset := offsets[value.toordinal()]):
                iso = (value + offset[0]).isoformat()[:-OF_UTC] + offset[1]
            else:
                iso = (value.astimezone(zone) if value.tzinfo is not None else value).isoformat()
            before, after = days[iso[:10]]
            found.append({"value": iso, "display": f"{before}{iso[11:16]}{after}"})
        return found


@lru_cache(maxsize=32)
def offsets(zone: tzinfo) -> Memo[int, tuple[timedelta, str] | None]:
    """How far the clocks of a zone are from UTC on a day of UTC, and how ISO 8601 writes it; kept as days are.

    None for days on which they are set, which happens at most once: each moment has to be asked for by itself.
    """

    def ask(ordinal: int) -> tuple[timedelta, str] | None:
        begin = datetime.combine(date.fromordinal(ordinal), time(), UTC)
        first, last = begin.astimezone(zone), (begin + (DAY - BLINK)).astimezone(zone)
        offset = first.utcoffset()
        if offset is None or offset != last.utcoffset():
            return None
        return offset, first.isoformat()[SECONDS:]

    return Memo[int, tuple[timedelta, str] | None](ask)


@lru_cache(maxsize=32)
def days(language: str, pattern: str) -> Memo[date, str]:
    """The words of days in the active language, kept for the next export."""
    return Memo[date, str](lambda day: str(dateformat.format(day, pattern)))


@lru_cache(maxsize=32)
def halves(language: str, pattern: str) -> Memo[str, tuple[str, str]]:
    """The words before and behind the time of day, by ISO date; kept like those of days."""

    def split(iso: str) -> tuple[str, str]:
        before, _mark, after = str(dateformat.format(date.fromisoformat(iso), pattern)).partition(MARK)
        return before, after

    return Memo[str, tuple[str, str]](split)


def moment(value: datetime, zone: tzinfo) -> Value:
    """A date and time in a zone."""
    return Moments(zone)(value)


def day(value: date) -> Value:
    """A date."""
    return Value(value.isoformat(), days(get_language() or "", pgettext("date", "j F Y"))[value])


def month(value: date) -> str:
    """The month of a date in words: ``March 2026``."""
    return str(dateformat.format(value, pgettext("month", "F Y")))


def clock(value: time) -> Value:
    """A time of day."""
    return Value(value.isoformat(), formats.time_format(value, CLOCK))


def duration(value: timedelta) -> Value:
    """A length of time: ISO 8601, and days, hours and minutes in words."""
    words = lasting(-value if value < timedelta() else value)
    return Value(duration_iso_string(value), _("minus %s") % words if value < timedelta() else words)


def lasting(value: timedelta) -> str:
    """A length of time in words; two days and more are counted in days."""
    if timedelta() < value < SECOND:
        return _("less than a second")
    minutes, seconds = divmod(value // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24) if hours >= 48 else (0, hours)
    parts = [
        ngettext("%d day", "%d days", days) % days if days else "",
        ngettext("%d hour", "%d hours", hours) % hours if hours else "",
        ngettext("%d minute", "%d minutes", minutes) % minutes if minutes else "",
        ngettext("%d second", "%d seconds", seconds) % seconds if seconds or not (days or hours or minutes) else "",
    ]
    return " ".join(part for part in parts if part)


def span(value: Any, *, plain: Any) -> Value:
    """A range of the database: its two ends, an open one as ``…``."""
    ends = [None if end is None else plain(end) for end in (value.lower, value.upper)]
    raw = {
        "from": ends[0] and ends[0].raw,
        "to": ends[1] and ends[1].raw,
        "bounds": str(getattr(value, "bounds", "[)")),
    }
    return Value(raw, " – ".join(end.display if end else "…" for end in ends))
