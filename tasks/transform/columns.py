"""A model's columns, compiled once per section: which are shown, and how a whole column is converted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.collector import Batch
from tasks.datamap import ModelPrivacy
from tasks.datamap.guess import looks_secret, secrets
from tasks.datamap.wording import found
from tasks.transform import bulk, display
from tasks.transform.bulk import LARGE
from tasks.transform.cells import Cell, Cells, cell
from tasks.transform.generic import Generic, pairs_of
from tasks.transform.many import Many
from tasks.transform.numerals import Amounts
from tasks.transform.records import FieldInfo
from tasks.transform.references import References, looks_personal
from tasks.transform.text import clean_json, shown

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Column:
    """One shown field: ``cells(rows)`` gives its cell for each row.

    ``personal`` is the place in a row of what may identify somebody else where the row is not the
    person's alone. ``target`` is the model that a reference leads to, and the names in its label. ``made``
    are values that the host's code makes from rows.
    """

    info: FieldInfo
    cells: Callable[[Rows], Cells]
    personal: int | None = None
    target: tuple[str, ...] = ()
    made: bool = False

    @property
    def file(self) -> bool:
        return self.info.kind == "file"


class Compiler:
    """Makes the columns of one model for one language, time zone and person."""

    def __init__(self, batch: Batch, policy: ModelPrivacy, references: References, *, zone: tzinfo) -> None:
        self.policy, self.references, self.zone = policy, references, zone
        self.place = {name: position for position, name in enumerate(batch.columns)}
        self.local = {f.name: f for f in policy.model._meta.local_concrete_fields}
        self.width = batch.key_width
        self.pairs = pairs_of(policy.model)
        self.raw = dict(batch.raw)
        self.hidden = {name: str(reason) for name, reason in secrets(policy).items() if name in self.local}

    def columns(self, names: Iterable[str]) -> list[Column]:
        """The columns of these fields, then what stands in for others' words."""
        given = (self.column(name) for name in names)
        covered = (name for name in self.policy.third_party if name in self.local)
        return [*(column for column in given if column), *(self._covered(name) for name in covered)]

    def column(self, name: str) -> Column | None:
        """The column of a field; None for what is withheld, or of another table."""
        if name in self.hidden:
            return None
        if name in self.policy.third_party:
            return self._covered(name)
        if name in self.local:
            return self._concrete(name)
        field = found(self.policy, name)
        if field is not None and field.many_to_many:
            return self._many(name, field)
        return self._generic(name, field) if hasattr(field, "ct_field") else None

    def label(self, name: str) -> str:
        """The heading of a field."""
        field = self.local.get(name) or found(self.policy, name)
        words = getattr(field, "verbose_name", "")  # relations from the other side have none
        related: Any = getattr(field, "related_model", None)
        if not words and related is not None:
            words = related._meta.verbose_name_plural
        return shown(str(self.policy.labels.get(name) or capfirst(str(words or name.replace("_", " ")))))

    def _info(self, name: str, kind: str) -> FieldInfo:
        field = self.local.get(name) or found(self.policy, name)
        help_text = str(getattr(field, "help_text", "") or "")
        return FieldInfo(name, self.label(name), shown(help_text), kind, name in self.policy.portable)

    def _covered(self, name: str) -> Column:
        place = self.place[self.local[name].attname]
        words = cell(None, shown(str(self.policy.third_party[name])))

        def cover(rows: Rows) -> Cells:
            return [None if row[place] in (None, "") else words for row in rows]

        return Column(self._info(name, "covered"), cover)

    def _concrete(self, name: str) -> Column:
        field: Any = self.local[name]
        convert: Callable[[Rows], Cells]
        target: tuple[str, ...] = ()
        kind = display.kind_of(field, money=name in self.policy.money)
        if name in self.pairs:
            of, key = self.pairs[name]
            generic, kind, target = Generic(self.place[of], self.place[key], self.references), "reference", ("*",)
            convert = generic.types if field.attname == of else generic.things
        elif field.is_relation:
            convert, target = self._reference(field), self.references.target(field.related_model)
        elif kind == "money":
            convert = self._money(field)
        else:
            place, guard = self.place[field.attname], name not in self.policy.reveal
            whole = bulk.column(field, kind, zone=self.zone, guard=guard, read=self.raw.get(place))
            convert = at(place, whole)
        personal = self.place[field.attname] if looks_personal(field) else None
        return Column(self._info(name, kind), convert, personal, target)

    def _money(self, field: Any) -> Callable[[Rows], Cells]:
        place, currency = self.place[field.attname], self.policy.currency
        of, tell = self.place.get(currency), Amounts()

        def convert(rows: Rows) -> Cells:
            codes = [currency] * len(rows) if of is None else [str(row[of] or "") for row in rows]
            return tell.cells([row[place] for row in rows], codes)

        return convert

    def _reference(self, field: Any) -> Callable[[Rows], Cells]:
        place, model, to = self.place[field.attname], field.related_model, field.target_field
        column = "" if to.primary_key else to.attname
        covered = self.references.are_people(model)
        secret, you = looks_secret(to), _("you")

        def convert(rows: Rows) -> Cells:
            keys = [row[place] for row in rows]
            names = self.references.labels(model, {*keys}, to=column)
            return list(map(references(names, you=you if covered else None, secret=secret).__getitem__, keys))

        return convert

    def _many(self, name: str, field: Any) -> Column:
        many = Many(field, self.references, alias=self.references.alias(self.policy.model))
        place, target = self.place.get(many.source, 0), self.references.target(many.model)
        convert = at(place, many.cells)
        return Column(self._info(name, "reference"), convert, target=target)

    def _generic(self, name: str, field: Any) -> Column:
        kind, key = (self.local[part].attname for part in (field.ct_field, field.fk_field))
        generic = Generic(self.place[kind], self.place[key], self.references)
        return Column(self._info(name, "reference"), generic.whole, target=("*",))


def at(place: int, whole: bulk.Whole) -> Callable[[Rows], Cells]:
    """Convert the values at one place of each row."""
    return lambda rows: whole([row[place] for row in rows])


def references(names: dict[Any, str], *, you: str | None, secret: bool) -> dict[Any, Cell]:
    """Foreign keys with what they point at, and none. The key of another person is theirs and is not given out.

    ``you`` is what the person is called where keys lead to people, else None.
    """
    found: dict[Any, Cell]
    if secret:
        found = dict.fromkeys(names, cell(None, _("withheld")))
    elif you is not None:
        found = {key: cell(plain_key(key) if name == you else None, name) for key, name in names.items()}
    elif {*map(type, names)} == {int} and min(names) >= -LARGE and max(names) < LARGE:  # most, and as ``cell`` does
        found = {key: key if name == str(key) else {"value": key, "display": name} for key, name in names.items()}
    else:
        found = {key: cell(plain_key(key), name) for key, name in names.items()}
    found[None] = None
    return found


def plain_key(key: Any) -> Any:
    """A key as JSON has it."""
    if type(key) is int and -LARGE <= key < LARGE:
        return key
    return clean_json(key if isinstance(key, (int, str)) else str(key))
