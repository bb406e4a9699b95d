"""Days in words of the active language: ``5 March 2026``. Formatting one costs more than all the rest of a record."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import dateformat
from django.utils.translation import get_language, pgettext

from tasks.transform.memo import Memo
from tasks.transform.records import Value

CODE = re.compile(r"(?<!\\)[A-Za-z]")  # of Django's date format
IN_MONTH = {"j": "\x02", "d": "\x03"}  # the day's number, and what stands for it in the words of its month
OF_MONTH = frozenset("FYmnMNbyE")


@lru_cache(maxsize=32)
def days(language: str, pattern: str) -> Memo[date, str]:
    """The words of days in the active language, kept for the next export.

    Where a pattern names nothing of a day but its number, the words of each month are made once.
    """
    if not {*CODE.findall(pattern)} <= OF_MONTH | IN_MONTH.keys():
        return Memo[date, str](lambda day: str(dateformat.format(day, pattern)))
    with_marks = CODE.sub(lambda code: IN_MONTH.get(code[0], code[0]), pattern)
    months = Memo[tuple[int, int], str](lambda month: str(dateformat.format(date(*month, 1), with_marks)))

    def tell(day: date) -> str:
        return months[day.year, day.month].replace("\x02", str(day.day)).replace("\x03", f"{day.day:02}")

    return Memo[date, str](tell)


@lru_cache(maxsize=32)
def halves(language: str, pattern: str, mark: str) -> Memo[str, tuple[str, str]]:
    """The words before and behind a mark in the pattern, by ISO date; kept like those of days."""
    words = days(language, pattern)

    def split(iso: str) -> tuple[str, str]:
        before, _mark, after = words[date.fromisoformat(iso)].partition(mark)
        return before, after

    return Memo[str, tuple[str, str]](split)


def teller() -> Callable[[Any], Value]:
    """Tells dates in the language that is active now.

    Raises:
        AttributeError, TypeError: what it is given is none.
    """
    words = days(get_language() or "", pgettext("date", "j F Y"))
    return lambda value: Value(value.isoformat(), words[value])


def day(value: date) -> Value:
    """A date."""
    return teller()(value)


def month(value: date) -> str:
    """The month of a date in words: ``March 2026``."""
    return str(dateformat.format(value, pgettext("month", "F Y")))
