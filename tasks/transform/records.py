"""What leaves the transformation: sections of records that mean something."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Value(NamedTuple):
    """One value: as stored (JSON-able; dates ISO 8601, decimals as text) and as people read it."""

    raw: Any
    display: str


@dataclass(frozen=True)
class FieldInfo:
    """A column of a section.

    ``kind``: text, number, money, boolean, date, datetime, duration, choice, reference, file, json,
    email, url, ip, binary, or covered (words about another person, replaced by rule).
    """

    name: str
    label: str
    help: str
    kind: str
    portable: bool


@dataclass(frozen=True)
class FileRef:
    """A file that a record holds: its model and field, its name in their storage."""

    label: str
    field: str
    name: str


@dataclass(frozen=True)
class Section:
    """One model's (or store's) records: what they are, and what is not shown of them and why.

    ``category`` is the context of art. 15(1) as JSON-able data. ``withheld`` holds
    ``(name, label, reason)``, ``third_party`` ``(name, label, what stands there instead)``.
    ``context`` holds what this model says differently from its category. ``order_by`` is a field's name,
    with a minus for newest first, or empty. ``title_fields`` are those that a record's title tells already.
    """

    key: str
    source: str
    title: str
    described: bool
    category: dict[str, Any]
    fields: tuple[FieldInfo, ...]
    withheld: tuple[tuple[str, str, str], ...] = ()
    third_party: tuple[tuple[str, str, str], ...] = ()
    order_by: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    title_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """One row: ``values`` run parallel to the section's ``fields``.

    ``owned`` is False where the row only names the person.
    """

    key: str
    title: str = field(repr=False)
    values: tuple[Value, ...] = field(repr=False)
    owned: bool = True
    files: tuple[FileRef, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Gap:
    """Something that could not be explained; the raw value stands there instead. Names no person."""

    section: str
    field: str
    error: str
