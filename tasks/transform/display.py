"""From a stored value to what JSON holds and what people read, by the kind of its field."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Field
from django.utils import formats, timezone
from django.utils.duration import duration_iso_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tasks.datamap.guess import SECRET_NAME
from tasks.transform.records import Value
from tasks.transform.text import clean, clean_json, shown

SYMBOLS = {"EUR": "€", "USD": "US$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}
KINDS = {
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "datetime",
    "TimeField": "text",
    "DurationField": "duration",
    "BinaryField": "binary",
    "JSONField": "json",
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


def moment(value: datetime, zone: tzinfo) -> Value:
    """A date and time: ISO 8601 with its offset, and local words."""
    try:
        there = value.astimezone(zone) if timezone.is_aware(value) else value
    except OverflowError:  # at the edge of what a calendar holds
        there = value
    try:
        words = formats.date_format(there, pgettext("date and time", "j F Y, H:i"))
    except (ValueError, OverflowError):
        words = there.isoformat(sep=" ")
    return Value(there.isoformat(), words)


def day(value: date) -> Value:
    """A date."""
    return Value(value.isoformat(), formats.date_format(value, pgettext("date", "j F Y")))


def duration(value: timedelta) -> Value:
    """A length of time: ISO 8601, and hours and minutes in words."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        ngettext("%d hour", "%d hours", hours) % hours if hours else "",
        ngettext("%d minute", "%d minutes", minutes) % minutes if minutes else "",
        ngettext("%d second", "%d seconds", seconds) % seconds if seconds or not (hours or minutes) else "",
    ]
    return Value(duration_iso_string(value), " ".join(part for part in parts if part))


def amount(value: Any, currency: str) -> Value:
    """A sum of money with its currency."""
    places = 0 if currency == "JPY" else 2
    words = formats.number_format(value, places, use_l10n=True, force_grouping=True)
    return Value(str(value), f"{words} {SYMBOLS.get(currency, currency)}".strip())


def number(value: Any) -> Value:
    """A number as it is; decimals stay exact, as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return text(value)
    if isinstance(value, Decimal):
        return Value(str(value), formats.number_format(value) if value.is_finite() else str(value))
    return Value(clean_json(value), str(value))


def text(value: Any) -> Value:
    """Anything as text."""
    return Value(clean(str(value)), shown(str(value)))


def nested(value: Any) -> Value:
    """A JSON value, told as nested lists."""
    raw = clean_json(value)
    return Value(raw, shown(told(raw)))


def guarded(value: Any) -> Value:
    """A JSON value that nobody described: what its keys call a password or token is withheld."""
    return nested(without_secrets(value))


def without_secrets(value: Any) -> Any:
    """``value`` with a word in place of each part whose key names a secret."""
    if isinstance(value, dict):
        return {k: _("withheld") if SECRET_NAME.search(str(k)) else without_secrets(v) for k, v in value.items()}
    return [without_secrets(part) for part in value] if isinstance(value, list) else value


def told(value: Any) -> str:
    """JSON in one line of words: ``size: M; colours: red, green``."""
    if isinstance(value, dict):
        filled = {key.replace("_", " "): part for key, part in value.items() if part not in (None, "", [], {})}
        return "; ".join(f"{key}: {told(part)}" for key, part in filled.items())
    if isinstance(value, list):
        return ", ".join(f"({told(part)})" if isinstance(part, dict) else told(part) for part in value)
    if isinstance(value, bool):
        return yes_no(value).display
    return "" if value is None else str(value)


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


def by_choice(field: "Field[Any, Any]", plain: Callable[[Any], Value]) -> Callable[[Any], Value]:
    """A stored code with the words that the model has for it; an unknown code as it is."""
    words = {key: shown(str(label)) for key, label in field.flatchoices}

    def decode(value: Any) -> Value:
        found = plain(value)
        try:
            return Value(found.raw, words.get(value, found.display))
        except TypeError:  # a list, which no dictionary holds
            return found

    return decode


def converter(kind: str, *, zone: tzinfo) -> Callable[[Any], Value]:
    """The function from a stored value (not None) to a ``Value`` for a kind of field."""
    known: dict[str, Callable[[Any], Value]] = {
        "boolean": yes_no,
        "date": lambda value: moment(value, zone) if isinstance(value, datetime) else day(value),
        "datetime": lambda value: moment(value, zone),
        "duration": duration,
        "binary": binary,
        "json": nested,
        "file": file_name,
        "number": number,
    }
    return known.get(kind, plain(zone))


def plain(zone: tzinfo) -> Callable[[Any], Value]:
    """For fields whose kind says nothing: by the type of the value."""

    def convert(value: Any) -> Value:
        if isinstance(value, datetime):
            return moment(value, zone)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, time):
            return Value(value.isoformat(), formats.time_format(value, "H:i"))
        if isinstance(value, (dict, list, tuple, set)):
            return nested(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return binary(value)
        return number(value)

    return convert
