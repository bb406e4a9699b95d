"""Ties by value: rows that hold the person's e-mail address, their IP address, anything that is known of them."""

from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.db.models import F, GenericIPAddressField, Model, Q, QuerySet
from django.db.models.functions import Lower

from tasks.collector.reading import plain
from tasks.collector.subject import Subject
from tasks.datamap import Match

Known = list[tuple[Any, datetime | None]]


def matched(model: type[Model], match: Match, column: str, subject: Subject, *, alias: str) -> "QuerySet[Any]":
    """The rows of ``model`` whose ``column`` holds a value known of ``subject``.

    With ``within``, only those at a time near a moment at which the person is known to have used
    the value: an address that changes hands is the person's for a while only.
    """
    name = next((key for key, field in match.pairs.items() if field == column), "")
    rows, found = plain(model, alias), known(match, name, subject)
    condition = Q(pk__in=[])
    for value, moment in found:
        if match.within is None:
            condition |= holds(model, column, value, name)
        elif moment is not None:
            near = Q(**{f"{match.at}__range": (moment - match.within, moment + match.within)})
            condition |= holds(model, column, value, name) & near
    found_rows: QuerySet[Any] = rows.alias(**lowered(column, name)).filter(condition)
    return found_rows


def known(match: Match, name: str, subject: Subject) -> Known:
    """The values to look for, each once, with the moments of their use."""
    if match.values is None:
        found = subject.known(name)
    else:
        found = [value if isinstance(value, tuple) else (value, None) for value in match.values(subject.row)]
    return list(dict.fromkeys(pair for pair in found if pair[0] not in (None, "")))


def lowered(column: str, name: str) -> dict[str, Any]:
    """An e-mail address is compared without case."""
    return {"dossier_lowered": Lower(F(column))} if name == "email" else {}


def holds(model: type[Model], column: str, value: Any, name: str) -> Q:
    """The column holds the value."""
    if name == "email":
        return Q(dossier_lowered=str(value).lower()) | Q(**{column: value})
    if name == "ip" or isinstance(model._meta.get_field(column), GenericIPAddressField):
        return Q(**{f"{column}__in": spellings(str(value))})
    return Q(**{column: value})


def spellings(address: str) -> list[str]:
    """An IP address as written and as Django stores it."""
    try:
        return list(dict.fromkeys([address, str(ip_address(address))]))
    except ValueError:
        return []
