"""From a stored value to what JSON holds and what people read, by the kind of its field."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tasks.transform.days import day, teller
from tasks.transform.moments import clock, duration, moment, moments_in, span
from tasks.transform.numerals import amount, number, numerals
from tasks.transform.outline import guarded, nested
from tasks.transform.records import EMPTY, Value
from tasks.transform.text import HARMFUL, clean, clean_json, shown

__all__ = ["EMPTY", "amount", "day", "duration", "guarded", "moment", "nested", "number"]

One = Callable[[Any], Value]
KINDS = {
    "BooleanField": "boolean",
    "NullBooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "datetime",
    "TimeField": "text",
    "DurationField": "duration",
    "BinaryField": "binary",
    "JSONField": "json",
    "HStoreField": "json",
    "ArrayField": "json",
    "RangeField": "json",
    "PointField": "json",
    "FileField": "file",
    "ImageField": "file",
    "FilePathField": "file",
    "GenericIPAddressField": "ip",
    "EmailField": "email",
    "URLField": "url",
    "DecimalField": "number",
    "FloatField": "number",
}


def kind_of(field: "Field[Any, Any]", *, money: bool = False) -> str:
    """The kind of a field, for readers and machines."""
    if field.is_relation:
        return "reference"
    if field.choices:
        return "choice"
    if money:
        return "money"
    for cls in type(field).__mro__:
        if cls.__name__ in KINDS:
            return KINDS[cls.__name__]
    return "number" if "Integer" in field.get_internal_type() else "text"


def text(value: Any) -> Value:
    """Anything as text."""
    words = str(value)
    return Value(clean(words), shown(words)) if HARMFUL.search(words) else Value(words, words)


def yes_no(value: Any) -> Value:
    """A boolean in a word."""
    return Value(bool(value), _("Yes") if value else _("No"))


def file_name(value: Any) -> Value:
    """A file by its name; its place in the storage is the raw value."""
    name = str(value)
    return Value(clean(name), shown(PurePosixPath(name).name))


def binary(value: Any) -> Value:
    """Bytes are told by their number only; they are no text."""
    size = len(bytes(value))
    return Value(None, ngettext("%d byte", "%d bytes", size) % size)


def point(value: Any) -> Value:
    """A place on the earth: GeoJSON, and latitude and longitude in words."""
    x, y = float(value.x), float(value.y)
    return Value(
        {"type": "Point", "coordinates": [clean_json(x), clean_json(y)]}, f"{degrees(y, 'lat')}, {degrees(x, 'lon')}"
    )


def degrees(value: Any, axis: str) -> str:
    """``52.52° N``: an angle of the ``lat`` or ``lon`` axis."""
    north_south = {False: _("%s° N"), True: _("%s° S")} if axis == "lat" else {False: _("%s° E"), True: _("%s° W")}
    return north_south[value < 0] % numerals().plain(str(abs(value)))


def coordinate(axis: str) -> One:
    """The converter of a column that holds a latitude or a longitude."""
    return lambda value: Value(number(value).raw, degrees(value, axis))


def by_choice(field: "Field[Any, Any]", plain: One) -> One:
    """A stored code with the words that the model has for it; an unknown code as it is."""
    words = {key: shown(str(label)) for key, label in field.flatchoices}

    def decode(value: Any) -> Value:
        found = plain(value)
        try:
            return Value(found.raw, words.get(value, found.display))
        except TypeError:  # a list, which no dictionary holds
            return found

    return decode


def converter(kind: str, *, zone: tzinfo) -> One:
    """The function from a stored value (not None) to a ``Value`` for a kind of field, in the active language."""
    return _converter(kind, zone, get_language() or "")


@lru_cache(maxsize=512)
def _converter(kind: str, zone: tzinfo, language: str) -> One:
    moments, days, anything = moments_in(zone), teller(), plain(zone)
    known: dict[str, One] = {
        "boolean": yes_no,
        "date": lambda value: moments(value) if isinstance(value, datetime) else days(value),
        "datetime": moments,
        "duration": duration,
        "binary": binary,
        "json": lambda value: nested(value) if isinstance(value, (dict, list)) else anything(value),
        "file": file_name,
    }
    return whatever(known[kind], anything) if kind in known else anything


def whatever(one: One, otherwise: One) -> One:
    """``one``, and where a value is not of its kind (SQLite holds anything) ``otherwise``."""

    def convert(value: Any) -> Value:
        try:
            return one(value)
        except (AttributeError, TypeError, ValueError, ArithmeticError):
            return otherwise(value)

    return convert


def plain(zone: tzinfo) -> One:
    """For fields whose kind says nothing: by the type of the value, in the active language."""
    return _plain(zone, get_language() or "")


@lru_cache(maxsize=128)
def _plain(zone: tzinfo, language: str) -> One:
    moments, days = moments_in(zone), teller()
    types: tuple[tuple[Any, One], ...] = (
        ((str, Promise), text),
        (bool, yes_no),
        ((int, float, Decimal), number),
        (datetime, moments),
        (date, days),
        (time, clock),
        (timedelta, duration),
        (Mapping, lambda value: nested(dict(value))),
        ((list, tuple, set, frozenset), lambda value: nested(list(value))),
        ((bytes, bytearray, memoryview), binary),
    )

    def convert(value: Any) -> Value:
        for kinds, one in types:
            if isinstance(value, kinds):
                return one(value)
        if hasattr(value, "lower") and hasattr(value, "upper"):
            return span(value, plain=convert)
        return point(value) if hasattr(value, "x") and hasattr(value, "y") else text(value)

    return convert
