"""Moments and lengths of time: ISO 8601 for machines, and in words of the active language."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import dateformat, formats
from django.utils.duration import duration_iso_string
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tasks.collector import raw
from tasks.transform.cells import Cells, told
from tasks.transform.days import halves
from tasks.transform.memo import Memo
from tasks.transform.records import Value

CLOCK = "H:i"
MARK = "\x01"  # stands for the time of day in the words of a date
SECOND = timedelta(seconds=1)
BLINK = timedelta(microseconds=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES = DAY // MINUTE
ZONE = slice(len("2026-03-05T11:00:00"), None)
SECONDS = {f":{second:02}{zone}": f":{second:02}" for second in range(60) for zone in ("", "+00")}
REST = re.compile(r"(:[0-5][0-9])(?:\.([0-9]{1,6}))?(?:\+00(?::00)?)?", re.ASCII)  # of a moment, behind its minute

Clock = dict[str, tuple[int, str]]


class Day(NamedTuple):
    """A day of UTC as it is told in a zone.

    ``clock`` is ``{time of day in UTC: (days further, time of day there)}``, ``dates`` what is written and said of
    the day, the next and (as item -1) the one before: ISO 8601, words before the time and behind it.
    ``offset`` is as ISO 8601 writes it.
    """

    clock: Clock
    dates: tuple[tuple[str, str, str], ...]
    offset: str


class Moments:
    """Tells dates with times in one zone and in the language that was active when it was made.

    The words of a day are made once: formatting a date costs more than all the rest of a record.
    """

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.pattern = pgettext("date and time", "j F Y, H:i")
        marked = self.pattern.replace(CLOCK, MARK)
        is_one = marked.count(MARK) == 1
        self.halves = halves(get_language() or "", marked, MARK) if is_one else None
        self.days = days_of_utc(zone, get_language() or "", marked if is_one else "")

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
        if self.halves is None:
            return str(dateformat.format(there, self.pattern))
        iso = there.isoformat()
        before, after = self.halves[iso[:10]]
        return f"{before}{iso[11:16]}{after}"

    def cells(self, texts: Iterable[str | None]) -> Cells:
        """The same for many at once, in UTC and as databases write them: ``2026-03-05 11:00:00.5+00``.

        Raises:
            TypeError, ValueError, LookupError: one of them is no moment.
        """
        days, seconds = self.days, SECONDS
        found: Cells = []
        for text in texts:
            if text is None:
                found.append(None)
                continue
            day = days[text[:10]]
            if day is None:
                found.append(told(self(raw.moment(text))))
                continue
            times, dates, offset = day
            step, time_of_day = times[text[11:16]]
            iso, before, after = dates[step]
            behind = seconds.get(text[16:]) or rest(text[16:])
            words = f"{before}{time_of_day}{after}"
            found.append({"value": f"{iso}T{time_of_day}{behind}{offset}", "display": words})
        return found


def moments_in(zone: tzinfo) -> Moments:
    """Tells them in a zone and in the language that is active now."""
    return _moments_in(zone, get_language() or "")


@lru_cache(maxsize=128)
def _moments_in(zone: tzinfo, language: str) -> Moments:
    return Moments(zone)


def in_utc(value: Any) -> str | None:
    """A moment as a database writes it that holds them in UTC.

    Raises:
        AttributeError, ValueError, OverflowError: it is none, is in no time zone, or at the edge of the calendar.
    """
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return str(value.astimezone(UTC).isoformat(" "))


def rest(text: str) -> str:
    """Seconds and their parts as ISO 8601 has them: ``:00``, ``:00.500000``.

    Raises:
        ValueError: they are none.
    """
    found = REST.fullmatch(text)
    if found is None:
        raise ValueError("no seconds")
    second, part = found.groups()
    return f"{second}.{part:0<6}" if part and part.strip("0") else str(second)


@lru_cache(maxsize=32)
def days_of_utc(zone: tzinfo, language: str, pattern: str) -> Memo[str, Day | None]:
    """Days of UTC by their ISO date, in a zone and in the active language; kept as the words of days are.

    None for days of which each moment has to be told by itself: clocks are set on them, which happens
    twice a year, or are not whole minutes from UTC, as before there were time zones, or the language
    says the time of day in another ``pattern``.
    """
    said = halves(language, pattern, MARK)

    def tell(iso: str) -> Day | None:
        day = date.fromisoformat(iso)
        try:
            begin = datetime.combine(day, time(), UTC)
            first, last = begin.astimezone(zone), (begin + (DAY - BLINK)).astimezone(zone)
            dates = (day.isoformat(), (day + DAY).isoformat(), (day - DAY).isoformat())
        except OverflowError:  # the calendar's first day or its last
            return None
        offset = first.utcoffset()
        if not pattern or offset is None or offset != last.utcoffset() or offset % MINUTE:
            return None
        return Day(clock_of(offset // MINUTE), tuple((each, *said[each]) for each in dates), first.isoformat()[ZONE])

    return Memo[str, Day | None](tell)


@lru_cache(maxsize=64)
def clock_of(offset: int) -> Clock:
    """Each minute of a day of UTC, so many minutes from UTC: how many days further, and the time of day."""
    return {written(now): ((now + offset) // MINUTES, written((now + offset) % MINUTES)) for now in range(MINUTES)}


def written(minute: int) -> str:
    """A minute of a day: ``09:30``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def moment(value: datetime, zone: tzinfo) -> Value:
    """A date and time in a zone."""
    return moments_in(zone)(value)


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
