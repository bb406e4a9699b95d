"""Whether a value that a strategy gives fits the column it is for. Values are never named, only their types."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Model

from tasks.datamap import Blank, Constant, FieldStrategy, Null, registry
from tasks.datamap.declaration import named
from tasks.erasure.rules import ByRelation
from tasks.errors import DeclarationError

TEXT, NUMBER, MOMENT, DAY, CLOCK = (str,), (int,), (datetime,), (date,), (time,)
TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "CharField": (TEXT, "text"),
    "TextField": (TEXT, "text"),
    "EmailField": (TEXT, "text"),
    "URLField": (TEXT, "text"),
    "SlugField": (TEXT, "text"),
    "FilePathField": (TEXT, "text"),
    "FileField": (TEXT, "text"),
    "GenericIPAddressField": (TEXT, "text"),
    "IntegerField": (NUMBER, "an integer"),
    "BooleanField": ((bool,), "true or false"),
    "DateTimeField": (MOMENT, "a moment"),
    "DateField": (DAY, "a date"),
    "TimeField": (CLOCK, "a time"),
    "DurationField": ((timedelta,), "a duration"),
    "DecimalField": ((Decimal, int), "a decimal"),
    "FloatField": ((float, int), "a number"),
    "UUIDField": ((UUID,), "a UUID"),
    "BinaryField": ((bytes, bytearray, memoryview), "bytes"),
}


def is_same_for_all(field: Any, strategy: FieldStrategy) -> bool:
    """Whether a strategy gives every row the same value."""
    if isinstance(strategy, Blank):
        return bool(field.get_internal_type() != "JSONField")
    return type(strategy) in (Null, Constant, ByRelation)


def misfit(field: Any, value: Any, *, using: str) -> str:
    """What was wanted and found, if the column would not take the value as it is; else empty."""
    if value is None:
        return "" if field.null else "wanted a value, for the column is NOT NULL, found NoneType"
    column = field.target_field if field.is_relation else field
    types, wanted = typed(column)
    if types and not of_type(value, types) and not parses(column, value):
        return f"wanted {wanted}, found {type(value).__name__}"
    if isinstance(value, str) and column.max_length is not None and len(value) > column.max_length:
        return f"wanted at most {column.max_length} characters, found {len(value)}"
    if isinstance(value, int) and types == NUMBER:
        low, high = connections[using].ops.integer_field_range(column.get_internal_type())
        if (low is not None and value < low) or (high is not None and value > high):
            return f"wanted an integer from {low} to {high}, found one beyond"
    return ""


def typed(field: Any) -> tuple[tuple[type, ...], str]:
    """The Python types of a column, and what people call them; nothing for types of the host's own."""
    while field.is_relation:
        field = field.target_field
    kind = field.get_internal_type()
    return TYPES.get(kind) or (TYPES["IntegerField"] if kind.endswith(("IntegerField", "AutoField")) else ((), ""))


def of_type(value: Any, types: tuple[type, ...]) -> bool:
    if isinstance(value, bool) and bool not in types:
        return False
    return isinstance(value, types) and not (isinstance(value, datetime) and types == DAY)


def parses(field: Any, value: Any) -> bool:
    """Whether a text stands for a value of another type: "2020-01-01" for a date."""
    if not isinstance(value, str):
        return False
    try:
        field.to_python(value)
    except (ValidationError, TypeError, ValueError):
        return False
    return True


def checked(model: type[Model], field: Any, strategy: FieldStrategy, old: Any, *, using: str) -> Any:
    """The value that ``strategy`` gives for ``old``, if it fits.

    Raises:
        DeclarationError: it does not, or the host's function raised; names app, class, field, wanted and found type.
    """
    try:
        value = strategy.value(field, old)
    except Exception as error:  # noqa: BLE001 - hosts raise what they like, and their texts may name people
        raise DeclarationError(f"{where(model, field, strategy)}: it raised {type(error).__name__}.") from None
    if why := misfit(field, value, using=using):
        raise DeclarationError(f"{where(model, field, strategy)}: {why}.")
    return value


def where(model: type[Model], field: Any, strategy: FieldStrategy) -> str:
    """App, class and field that a strategy is declared for."""
    return (
        f"{model._meta.label}.{field.name}, declared in {named(type(registry.get(model)))} as {type(strategy).__name__}"
    )
