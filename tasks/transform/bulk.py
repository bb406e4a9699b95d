"""Whole columns at once: what repeats is made once, and what is plain text is not looked at twice."""

import re
from collections.abc import Callable
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Field

from tasks.collector.statement import Convert
from tasks.transform.cells import Cell, Cells, cell, told
from tasks.transform.display import One, by_choice, converter, coordinate, guarded, text
from tasks.transform.memo import Memo
from tasks.transform.moments import in_utc, moments_in
from tasks.transform.numerals import LONGEST, numerals
from tasks.transform.records import Value

Whole = Callable[[list[Any]], Cells]
NOTHING = type(None)
SHORT = re.compile(
    rf"-?\d{{1,{LONGEST}}}(?:\.\d{{1,{LONGEST}}})?", re.ASCII
)  # as it stands in a number that is written out
LARGE = 2**63  # JSON's readers hold no larger whole numbers
REPEATING = {"boolean", "date", "duration", "choice", "ip"}
AXIS = re.compile(r"(?:^|_)(?:(lat|latitude)|lon|lng|long|longitude)$", re.IGNORECASE)


def column(field: "Field[Any, Any]", kind: str, *, zone: tzinfo, guard: bool, read: Convert | None = None) -> Whole:
    """The function from the stored values of a column to its cells.

    ``guard``: secrets inside JSON are withheld. ``read`` makes values of what comes raw. A value that is not
    of the column's kind is told by what it is; nothing that a database holds makes this fail.
    """
    one = reading(read, converter(kind, zone=zone))
    if kind in ("text", "email", "url"):
        return texts(one)
    if kind == "datetime":
        return moments(zone, one, raw=read is not None)
    if kind == "json" and guard:
        one = guarding(one)
    if kind == "choice":
        one = by_choice(field, one)
    if kind == "number" and "Integer" not in field.get_internal_type() and (axis := AXIS.search(field.name)):
        return each(sure(reading(read, coordinate("lat" if axis[1] else "lon")), one))
    if kind == "number" and "Integer" in field.get_internal_type():
        return integers(one)
    if kind == "number":
        return decimals(one, raw=read is not None)
    return repeating(one) if kind in REPEATING or "Integer" in field.get_internal_type() else each(one)


def reading(read: Convert | None, one: One) -> One:
    """``one``, of the value of a cell that comes raw."""
    return one if read is None else lambda value: one(read(value))


def guarding(one: One) -> One:
    return lambda value: guarded(value) if isinstance(value, (dict, list)) else one(value)


def sure(one: One, otherwise: One) -> One:
    """``one``, and whatever it cannot convert by ``otherwise``."""

    def convert(value: Any) -> Value:
        try:
            return one(value)
        except Exception:  # noqa: BLE001 - a value of any kind, by somebody else's field class
            return otherwise(value)

    return convert


def each(one: One) -> Whole:
    """Value by value."""
    safe = sure(one, text)
    return lambda values: [None if value is None else told(safe(value)) for value in values]


def repeating(one: One) -> Whole:
    """For columns with few different values, or that are slow to tell: each is made once."""
    known: dict[type, Memo[Any, Cell]] = {}
    single, safe = each(one), sure(one, text)

    def convert(values: list[Any]) -> Cells:
        types = {*map(type, values)} - {NOTHING}
        if len(types) != 1:  # True equals 1, and they are not the same
            return single(values)
        memo = known.setdefault(types.pop(), Memo(lambda value: told(safe(value))))
        try:
            memo[None] = None  # again for each batch, since a memo may have forgotten it
            return list(map(memo.__getitem__, values))
        except TypeError:  # a list or a dictionary, which no dictionary holds
            return single(values)

    return convert


def integers(one: One) -> Whole:
    """Whole numbers tell themselves."""
    single = repeating(one)

    def convert(values: list[Any]) -> Cells:
        if {*map(type, values)} <= {int, NOTHING}:
            numbers = [value for value in values if value is not None]
            if min(numbers, default=0) >= -LARGE and max(numbers, default=0) < LARGE:
                return values
        return single(values)

    return convert


def decimals(one: One, *, raw: bool) -> Whole:
    """Numbers with digits behind the point, as texts where they are ``raw``; equal ones are told once."""
    single, safe = each(one), sure(one, text)
    write, kind = numerals().plain, str if raw else Decimal

    def make(digits: str) -> Cell:  # of the text: 1.50 equals 1.5, and is not the same
        return cell(digits, write(digits)) if SHORT.fullmatch(digits) else told(safe(kind(digits)))

    known = Memo[str, Cell](make)

    def convert(values: list[Any]) -> Cells:
        if {*map(type, values)} <= {kind, NOTHING}:
            return [None if value is None else known[str(value)] for value in values]
        return single(values)

    return convert


def texts(one: One) -> Whole:
    """Text: most of it can be shown as it is."""
    single = each(one)

    def convert(values: list[Any]) -> Cells:
        try:
            if "".join(values).isprintable():
                return values
        except TypeError:  # there are empty ones, or a UUID, a time, whatever a field of the host's makes
            pass
        try:
            return [value if value is None or value.isprintable() else told(text(value)) for value in values]
        except AttributeError:
            return single(values)

    return convert


def moments(zone: tzinfo, one: One, *, raw: bool) -> Whole:
    """Dates with times, as texts where they are ``raw``."""
    tell, single = moments_in(zone), each(one)

    def convert(values: list[Any]) -> Cells:
        try:
            return tell.cells(values if raw else map(in_utc, values))
        except (AttributeError, TypeError, ValueError, LookupError, OverflowError):
            return single(values)

    return convert
