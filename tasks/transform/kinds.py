"""The kind of a store's field, told by what its first values are."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from tasks.datamap import Content
from tasks.transform.days import day
from tasks.transform.display import binary, plain, text, whatever
from tasks.transform.memo import Memo
from tasks.transform.moments import moments_in
from tasks.transform.records import Value
from tasks.transform.structures import BYTES, LISTS, named, only_files, outlined

TYPES: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    ((int, float, Decimal), "number"),
    (datetime, "datetime"),
    (date, "date"),
    (timedelta, "duration"),
    ((IPv4Address, IPv6Address), "ip"),
    ((Mapping, *LISTS), "json"),
    (BYTES, "binary"),
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?\Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s.<>\"]+\Z")
URL = re.compile(r"https?://[^\s/]\S*\Z", re.IGNORECASE)
ADDRESS = re.compile(r"[0-9a-fA-F:]*[:.][0-9a-fA-F:.]+\Z")


def kind_of_values(values: Iterable[Any]) -> str:
    """The kind of a column: that of its values where they agree, else ``text``."""
    found = {kind_of_value(value) for value in values if value is not None and value != ""}
    if found <= {"file", "json"} and "json" in found:
        return "json"
    return found.pop() if len(found) == 1 else "text"


def kind_of_value(value: Any) -> str:
    """The kind of one value."""
    if only_files(value):
        return "file"
    if isinstance(value, str):
        return kind_of_text(value)
    return next((kind for types, kind in TYPES if isinstance(value, types)), "text")


def kind_of_text(value: str) -> str:
    """What a text that came over a wire stands for: JSON has neither dates nor addresses."""
    for pattern, kind, parse in PARSERS:
        if pattern.match(value):
            with suppress(ValueError, OverflowError):
                parse(value)
                return kind
    return "text"


PARSERS: tuple[tuple[re.Pattern[str], str, Callable[[str], Any]], ...] = (
    (MOMENT, "datetime", datetime.fromisoformat),
    (DAY, "date", date.fromisoformat),
    (EMAIL, "email", str),
    (URL, "url", str),
    (ADDRESS, "ip", ip_address),
)


def teller(kind: str, *, zone: tzinfo, guard: bool = True) -> Callable[[Any], Value]:
    """The function from a value (not None) of a column of this kind; others of its values are told by their type."""
    anything = by_type(zone=zone, guard=guard)
    moments = moments_in(zone)
    written: dict[str, Callable[[Any], Value]] = {
        "datetime": lambda value: as_written(value, moments, datetime.fromisoformat),
        "date": lambda value: as_written(value, day, date.fromisoformat),
    }
    one = written.get(kind)
    if one is None:
        return anything

    def tell(value: Any) -> Value:
        return one(value) if isinstance(value, str) else anything(value)

    return whatever(tell, anything)


def as_written(value: str, tell: Callable[[Any], Value], parse: Callable[[str], Any]) -> Value:
    """A date that was written as text: stored as it was, told in words."""
    return Value(value, tell(parse(value)).display)


def by_type(*, zone: tzinfo, guard: bool) -> Callable[[Any], Value]:
    """Tell a value by its type."""
    otherwise = plain(zone)

    def structure(value: Any) -> Value:
        return named(value) if only_files(value) else outlined(value, guard=guard)

    def one_of(kind: type) -> Callable[[Any], Value]:
        if issubclass(kind, (Content, Mapping, *LISTS)):
            return structure
        return text if kind is str else binary if issubclass(kind, BYTES) else otherwise

    known = Memo[type, Callable[[Any], Value]](one_of)  # asking for a type is cheaper than asking whether it is one
    return lambda value: known[type(value)](value)
