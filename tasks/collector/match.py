"""Ties by value: rows that hold the person's e-mail address, their IP address, anything that is known of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, GenericIPAddressField, Model, Q, QuerySet
from django.db.models.functions import Lower

from tasks.collector.identifiers import asked
from tasks.collector.reading import batches, plain
from tasks.collector.subject import Subject
from tasks.datamap import Match

Known = list[tuple[Any, datetime | None]]
Window = tuple[datetime, datetime]

CONDITIONS = 100  # per statement: SQLite allows expressions of 1,000 levels


def matched(
    model: type[Model], match: Match, column: str, subject: Subject, *, alias: str
) -> "Iterator[QuerySet[Any, Any]]":
    """The rows of ``model`` whose ``column`` holds a value known of ``subject``, in one or more querysets.

    With ``within``, only those at a time near a moment at which the person is known to have used
    the value: an address that changes hands is the person's for a while only.
    """
    name = next((key for key, field in match.pairs.items() if field == column), "")
    rows = plain(model, alias)
    if name == "email":
        rows = rows.alias(dossier_lowered=Lower(F(column)))
    conditions = list(holding(model, column, name, known(match, name, subject), match))
    for some in batches(conditions, CONDITIONS):
        any_condition = Q()
        for condition in some:
            any_condition |= condition
        yield rows.filter(any_condition)


def holding(model: type[Model], column: str, name: str, found: Known, match: Match) -> Iterator[Q]:
    """The conditions, one of which a row fulfils."""
    if match.within is None:
        values = list(dict.fromkeys(spelled for value, _ in found for spelled in spellings(model, column, name, value)))
        for some in batches(values):
            yield holds(column, name, some)
        return
    for value in dict.fromkeys(value for value, _ in found):
        spelled = spellings(model, column, name, value)
        moments = [moment for other, moment in found if other == value and moment is not None]
        for some in batches(windows(moments, match.within), CONDITIONS) if spelled else ():
            times = Q(*((f"{match.at}__range", window) for window in some), _connector=Q.OR)
            yield holds(column, name, spelled) & times


def holds(column: str, name: str, values: list[Any]) -> Q:
    """The column holds one of the values; an e-mail address is compared without case."""
    exact = Q(**{f"{column}__in": values})
    if name != "email":
        return exact
    return exact | Q(dossier_lowered__in=[str(value).lower() for value in values])


def windows(moments: Iterable[datetime], within: timedelta) -> list[Window]:
    """The times that lie within so much of one of the moments; those that overlap are one."""
    found: list[Window] = []
    for moment in sorted(moments):
        start, end = moment - within, moment + within
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def known(match: Match, name: str, subject: Subject) -> Known:
    """The values to look for, each once per moment of its use."""
    found = subject.known(name) if match.values is None else asked(subject, match.values)
    return list(dict.fromkeys(pair for pair in found if pair[0] not in (None, "")))


def spellings(model: type[Model], column: str, name: str, value: Any) -> list[Any]:
    """The value as the column may hold it: an IP address in its short form too; none if it cannot hold it."""
    field: Any = model._meta.get_field(column)
    if name == "ip" or isinstance(field, GenericIPAddressField):
        return addresses(str(value))
    try:
        return [field.to_python(value)]
    except (ValidationError, TypeError, ValueError):
        return []


def addresses(text: str) -> list[str]:
    """An IP address as written and as Django stores it; none if it is no address."""
    try:
        return list(dict.fromkeys([text, str(ip_address(text))]))
    except ValueError:
        return []
