"""Whole columns at once: what repeats is made once, and what is plain text is not looked at twice."""

import re
from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Any

from django.db.models import Field

from tasks.transform.display import One, by_choice, converter, coordinate, guarded, text
from tasks.transform.memo import Memo
from tasks.transform.moments import Moments
from tasks.transform.numerals import Amounts
from tasks.transform.records import EMPTY, Value

Values = list[Value]
Whole = Callable[[list[Any]], Values]
value_of = partial(tuple.__new__, Value)  # Value(*pair) without the cost of its named arguments
REPEATING = {"boolean", "date", "duration", "choice", "ip"}
AXIS = re.compile(r"(?:^|_)(?:(lat|latitude)|lon|lng|long|longitude)$", re.IGNORECASE)


def column(field: "Field[Any, Any]", kind: str, *, zone: tzinfo, guard: bool) -> Whole:
    """The function from the stored values of a column to its ``Value`` objects.

    ``guard``: secrets inside JSON are withheld. A value that is not of the column's kind is told by what
    it is; nothing that a database holds makes this fail.
    """
    one = converter(kind, zone=zone)
    if kind in ("text", "email", "url"):
        return texts(one)
    if kind == "datetime":
        return moments(zone, one)
    if kind == "json" and guard:
        one = guarding(one)
    if kind == "choice":
        one = by_choice(field, one)
    if kind == "number" and "Integer" not in field.get_internal_type() and (axis := AXIS.search(field.name)):
        return each(sure(coordinate("lat" if axis[1] else "lon"), one))
    return repeating(one) if kind in REPEATING or "Integer" in field.get_internal_type() else each(one)


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
    return lambda values: [EMPTY if value is None else safe(value) for value in values]


def repeating(one: One) -> Whole:
    """For columns with few different values, or that are slow to tell: each is made once."""
    known: dict[type, Memo[Any, Value]] = {}
    single = each(one)

    def convert(values: list[Any]) -> Values:
        types = {*map(type, values)} - {type(None)}
        if len(types) != 1:  # True equals 1, and they are not the same
            return single(values)
        memo = known.setdefault(types.pop(), Memo(sure(one, text)))
        try:
            memo[None] = EMPTY  # again for each batch, since a memo may have forgotten it
            return list(map(memo.__getitem__, values))
        except TypeError:  # a list or a dictionary, which no dictionary holds
            return single(values)

    return convert


def texts(one: One) -> Whole:
    """Text: most of it can be shown as it is."""
    single = each(one)

    def convert(values: list[Any]) -> Values:
        try:
            distinct = {*values}
            if len(distinct) * 3 > len(values):
                return [told_text(value) for value in values]
            made = {value: told_text(value) for value in distinct}
            return list(map(made.__getitem__, values))
        except (AttributeError, TypeError):  # a UUID, a time, or whatever a field of the host's makes
            return single(values)

    return convert


def told_text(value: Any) -> Value:
    """A text; most need no second look."""
    if value is None:
        return EMPTY
    return value_of((value, value)) if value.isprintable() else text(value)


def moments(zone: tzinfo, one: One) -> Whole:
    """Dates with times."""
    tell, single = Moments(zone), each(one)

    def convert(values: list[Any]) -> Values:
        try:
            return [EMPTY if value is None else tell(value) for value in values]
        except (AttributeError, TypeError):
            return single(values)

    return convert


def sums(values: list[Any], currencies: list[str], tell: Amounts) -> Values:
    """Sums of money, each with its currency."""
    pairs = zip(values, currencies, strict=True)
    return [EMPTY if value is None else tell(value, currency) for value, currency in pairs]
