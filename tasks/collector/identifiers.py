"""What is known to point at a person: e-mail addresses, IP addresses, names, phone numbers."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.db.models import CharField, EmailField, GenericIPAddressField, Model, QuerySet

from tasks.errors import SubjectNotFound

if TYPE_CHECKING:
    from tasks.collector.subject import Subject

Declared = str | tuple[str, str] | Callable[[Model], Iterable[Any]]
Known = list[tuple[Any, datetime | None]]

PHONE = re.compile(r"(?:^|_)(?:phone|mobile|telephone|tel|cell)(?:_|$)", re.IGNORECASE)
NAMES = ("full_name", "display_name", "fullname", "name", "nickname")


def read(subject: "Subject", declared: Declared) -> Known:
    """The values of one entry of ``identifiers``: a path, a path and the path of its moment, or a callable.

    A callable gets the subject's row and returns values, or pairs of value and moment.
    """
    if callable(declared):
        return asked(subject, declared)
    paths = (declared,) if isinstance(declared, str) else declared
    rows: Iterable[tuple[Any, ...]] = (
        QuerySet(model=subject.model, using=subject.using)
        .filter(pk=subject.pk)
        .order_by()
        .values_list(*paths)
        .distinct()
    )
    return [(row[0], row[1] if len(row) > 1 else None) for row in rows if row[0] not in (None, "")]


def asked(subject: "Subject", values: Callable[[Model], Iterable[Any]]) -> Known:
    """What a callable says of the person's row; nothing where the row is gone, as it is after an erasure."""
    try:
        row = subject.row
    except SubjectNotFound:
        return []
    return [value if isinstance(value, tuple) else (value, None) for value in values(row)]


def guessed(subject: "Subject") -> dict[str, list[Any]]:
    """Values of the subject's own row that its fields' types and names tell."""
    kinds = {field.attname: kind for field in subject.model._meta.concrete_fields if (kind := kind_of(field))}
    names = [f.attname for f in subject.model._meta.concrete_fields if f.attname in ("first_name", "last_name")]
    columns = [*kinds, *(name for name in names if name not in kinds)]
    row = own_values(subject, columns)
    found: dict[str, list[Any]] = {}
    for attname, kind in kinds.items():
        if row.get(attname):
            found.setdefault(kind, []).append(row[attname])
    if whole := " ".join(str(row[name]) for name in names if row.get(name)):
        found.setdefault("name", []).append(whole)
    return found


def own_values(subject: "Subject", columns: list[str]) -> dict[str, Any]:
    """These columns of the subject's own row; without those that cannot be read, and nothing where it is gone."""
    rows: QuerySet[Any] = QuerySet(model=subject.model, using=subject.using).filter(pk=subject.pk).order_by()
    try:
        found = rows.values(*columns).first() if columns else None
    except DatabaseError:  # bytes that are no text, in one of them
        if len(columns) == 1:
            return {}
        return {name: value for column in columns for name, value in own_values(subject, [column]).items()}
    return found or {}


def kind_of(field: Any) -> str:
    """``"email"``, ``"ip"``, ``"phone"``, ``"name"`` or an empty text."""
    if isinstance(field, EmailField) or (isinstance(field, CharField) and field.name in ("email", "email_address")):
        return "email"
    if isinstance(field, GenericIPAddressField):
        return "ip"
    if not isinstance(field, CharField):
        return ""
    return "phone" if PHONE.search(field.name) else "name" if field.name in NAMES else ""
