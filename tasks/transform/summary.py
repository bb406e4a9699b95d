"""How much a section holds and from when: counted while its records pass."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.transform.cells import Cells, raws, words
from tasks.transform.days import day
from tasks.transform.moments import duration
from tasks.transform.numerals import amount, number, written_out
from tasks.transform.records import FieldInfo, Line, Section, Summary

NO_MOMENT = re.compile(r"birth|expir|until|valid|\bend|_end|due|deadline|updated|modified|changed", re.IGNORECASE)
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHEN = ("datetime", "date")
EXACT = 400  # digits: no sum is rounded
OFTEN = 12  # different values that a line of a summary names


def moment_of(fields: Iterable[FieldInfo], *, order_by: str) -> str:
    """The field that says when a record came about, or an empty text."""
    kinds = {info.name: info.kind for info in fields}
    wanted = order_by.removeprefix("-")
    if kinds.get(wanted) in WHEN:
        return wanted
    names = [name for kind in WHEN for name, found in kinds.items() if found == kind and not NO_MOMENT.search(name)]
    return next(iter(names), "")


class Days:
    """The first and the last day that a section's records speak of."""

    def __init__(self, section: Section) -> None:
        self._section = section.key
        names = [info.name for info in section.fields]
        self._place = names.index(section.moment) if section.moment in names else None
        self.first: str | None = None
        self.last: str | None = None

    def saw(self, columns: Sequence[Cells]) -> None:
        """Take the columns of more records into account."""
        if self._place is not None:
            self.days(raws(columns[self._place]))

    def days(self, moments: Iterable[object]) -> None:
        """Take more moments into account: texts that begin with an ISO date."""
        texts = [raw for raw in moments if isinstance(raw, str)]
        ends = [text[:10] for text in (min(texts), max(texts))] if texts else []
        if not all(map(is_day, ends)):  # then it is not only days that lie between
            ends = [day for day in {text[:10] for text in texts} if is_day(day)]
        if ends:
            self.first = min(ends if self.first is None else [self.first, *ends])
            self.last = max(ends if self.last is None else [self.last, *ends])

    def summary(self, count: int, *, lines: tuple[Line, ...] = ()) -> Summary:
        """What was seen, in words of the active language."""
        return Summary(self._section, count, self.first, self.last, counted(count, self.first, self.last), lines)


def is_day(text: str) -> bool:
    """Whether a text is an ISO date that a calendar has; databases hold ``0000-00-00``, too."""
    try:
        return bool(ISO_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def counted(count: int, first: str | None, last: str | None) -> str:
    """``214 records, 3 March 2019 to 5 March 2026``."""
    records = ngettext("%d record", "%d records", count) % count
    if first is None or last is None:
        return records
    begin, end = (day(date.fromisoformat(each)).display for each in (first, last))
    when = begin if first == last else _("%(first)s to %(last)s") % {"first": begin, "last": end}
    return f"{records}, {when}"


class Tally:
    """What a declaration sums up, over the batches of a section."""

    def __init__(self, info: FieldInfo) -> None:
        self.info = info
        self.sums: dict[str, Decimal] = {}
        self.lasting = timedelta()
        self.counts: Counter[tuple[Any, str]] = Counter()

    def saw(self, cells: Cells, units: Iterable[str]) -> None:
        """Take more cells into account; ``units`` are their currencies. What is no number counts for nothing."""
        if self.info.kind in ("money", "number"):
            equal = Counter(zip(raws(cells), units, strict=True))
            with localcontext(prec=EXACT):
                for (raw, unit), count in equal.items():
                    if digits := written_out(raw):
                        self.sums[unit] = self.sums.get(unit, Decimal()) + Decimal(digits) * count
        elif self.info.kind == "duration":
            self.lasting += sum((parse_duration(raw) or timedelta() for raw in raws(cells) if raw), timedelta())
        else:
            both = zip(raws(cells), words(cells), strict=True)
            self.counts.update((raw, display) for raw, display in both if raw is not None)

    def line(self) -> Line:
        """The sum, or how often each value stands there."""
        info, kind = self.info, self.info.kind
        if kind == "money":
            told = [amount(total, unit).display for unit, total in sorted(self.sums.items())]
            return Line(
                info.name, info.label, {u: str(total) for u, total in sorted(self.sums.items())}, ", ".join(told)
            )
        if kind == "number":
            with localcontext(prec=EXACT):
                total = number(sum(self.sums.values(), Decimal()))
            return Line(info.name, info.label, *total)
        if kind == "duration":
            return Line(info.name, info.label, *duration(self.lasting))
        often = self.counts.most_common(OFTEN)
        line = ", ".join(f"{display}: {count}" for (_raw, display), count in often)
        return Line(info.name, info.label, [[raw, count] for (raw, _display), count in often], line)
