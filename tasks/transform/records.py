"""What leaves the transformation: sections of records that mean something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import field as field_
from typing import Any, NamedTuple, Self

from tasks.datamap import Content


class Value(NamedTuple):
    """One value: as stored (JSON-able; dates ISO 8601, decimals as text) and as people read it.

    A reference to several things has a list of keys as ``raw``, JSON its whole structure
    (:func:`tasks.transform.outline` makes nested lists of words from it).
    """

    raw: Any
    display: str


EMPTY = Value(None, "")


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
    """A file that a record holds: its model and field, its name in their storage.

    Of a store: its section and field, the name that the store has for it, and the way to its ``content``.
    """

    label: str
    field: str
    name: str
    content: Content | None = field_(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Section:
    """One model's (or store's) records: what they are, and what is not shown of them and why.

    ``category`` is the context of art. 15(1) as JSON-able data, ``context`` what this model says
    differently from its category. ``withheld`` holds ``(name, label, reason)``, ``third_party``
    ``(name, label, what stands there instead)``, ``redacted`` ``(key, field, label, reason)`` of what
    the office covered by hand (no field: the whole record).

    ``ordering`` are names of fields, with a minus for newest first; ``order_by`` is the first of them.
    ``group_by`` is a field, or ``field__year`` or ``field__month``; each record has its ``group``.
    ``moment`` is the field that says when a record came about. ``title_fields`` and ``sentence_fields``
    are those that a record's title or sentence tells already. ``worded`` are fields whose words a
    ``display_`` method chose: what they say goes before an outline of their JSON.

    ``computed`` are the fields that no column holds, with the fields that they are made from (``*``:
    nobody said). ``targets`` are ``{reference: (label of its model, fields in that model's label…)}``,
    ``key_fields`` those of the primary key.
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
    ordering: tuple[str, ...] = ()
    group_by: str = ""
    moment: str = ""
    sentence_fields: tuple[str, ...] = ()
    computed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    worded: tuple[str, ...] = ()
    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    key_fields: tuple[str, ...] = ()
    redacted: tuple[tuple[str, str, str, str], ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """A section from what ``dataclasses.asdict`` made of it, and JSON of that."""
        lists = {name: tuple(tuple(entry) for entry in data.get(name, ())) for name in LISTS}
        names = {name: tuple(data.get(name, ())) for name in NAMES}
        maps = {name: {key: tuple(value) for key, value in data.get(name, {}).items()} for name in MAPS}
        fields = tuple(FieldInfo(**info) for info in data["fields"])
        return cls(**{**data, **lists, **names, **maps, "fields": fields})


LISTS = ("withheld", "third_party", "redacted")
NAMES = ("title_fields", "ordering", "sentence_fields", "worded", "key_fields")
MAPS = ("computed", "targets")


class Record(NamedTuple):
    """One row: ``values`` run parallel to the section's ``fields``.

    ``owned`` is False where the row only names the person. ``sentence`` says the whole record in
    words, where the declaration has such a sentence; ``group`` is the part of the section that it
    belongs to: ``raw`` to sort by, ``display`` as heading.
    """

    key: str
    title: str
    values: tuple[Value, ...]
    owned: bool = True
    files: tuple[FileRef, ...] = ()
    sentence: str = ""
    group: Value = EMPTY

    def __repr__(self) -> str:
        """The key alone: a log must show no value."""
        return f"Record({self.key!r})"


class Line(NamedTuple):
    """One line of a summary: ``Total: 1,204.50 €``. ``field`` is what it sums or counts."""

    field: str
    label: str
    raw: Any
    display: str


@dataclass(frozen=True)
class Summary:
    """The end of a section: how many records, their first and last day (ISO), and what its declaration sums up.

    ``words`` says count and days in one line.
    """

    section: str
    count: int
    first: str | None = None
    last: str | None = None
    words: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something that could not be explained; the raw value stands there instead. Names no person.

    Without a ``field`` the whole section is incomplete. ``error`` is the class of what went wrong. With a
    ``key`` it is one cell of that record that nobody could read as it is stored.
    """

    section: str
    field: str
    error: str
    key: str = ""
