"""A model's columns, compiled once per section: which are shown, and how a whole column is converted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.collector import Batch
from tasks.datamap import ModelPrivacy
from tasks.datamap.guess import SECRET_REASON, looks_secret
from tasks.transform import display
from tasks.transform.records import EMPTY, FieldInfo, Value
from tasks.transform.references import References, looks_personal
from tasks.transform.text import clean_json, shown

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Column:
    """One shown field: ``values(rows)`` gives its value for each row."""

    info: FieldInfo
    values: Callable[[Rows], list[Value]]
    personal: bool = False
    file: bool = False


class Compiler:
    """Makes the columns of one model for one language, time zone and person."""

    def __init__(self, batch: Batch, policy: ModelPrivacy, references: References, *, zone: tzinfo) -> None:
        self.policy, self.references, self.zone = policy, references, zone
        self.place = {name: position for position, name in enumerate(batch.columns)}
        self.local = {f.name: f for f in policy.model._meta.local_concrete_fields}
        self.pairs = generic_pairs(policy.model)

    def columns(self) -> tuple[Column, ...]:
        """The declared fields in the order of the declaration, then what stands in for others' words."""
        names = [n for n in self.policy.fields if n in self.local and n not in self.hidden()]
        return tuple(self._column(name) for name in names) + tuple(
            self._covered(name, str(instead)) for name, instead in self.policy.third_party.items() if name in self.local
        )

    def hidden(self) -> dict[str, str]:
        """``{field: reason}`` of what is withheld: declared, and secrets that nobody declared anything about."""
        declared = {name: str(reason) for name, reason in self.policy.withheld.items() if name in self.local}
        said = {*self.policy.fields, *self.policy.third_party}
        guessed = {n: str(SECRET_REASON) for n, f in self.local.items() if n not in said and looks_secret(f)}
        return {**guessed, **declared}

    def label(self, name: str) -> str:
        """The heading of a field."""
        field = self.local.get(name)
        return str(self.policy.labels.get(name) or capfirst(str(getattr(field, "verbose_name", name))))

    def _info(self, name: str, kind: str) -> FieldInfo:
        help_text = str(getattr(self.local[name], "help_text", "") or "")
        return FieldInfo(name, shown(self.label(name)), shown(help_text), kind, name in self.policy.portable)

    def _covered(self, name: str, instead: str) -> Column:
        place, value = self.place[self.local[name].attname], Value(None, instead)

        def cover(rows: Rows) -> list[Value]:
            return [EMPTY if row[place] in (None, "") else value for row in rows]

        return Column(self._info(name, "covered"), cover)

    def _column(self, name: str) -> Column:
        field = self.local[name]
        kind = display.kind_of(field, money=name in self.policy.money)
        if name in self.pairs:
            convert, kind = self._generic(name), "reference"
        elif field.is_relation:
            convert = self._reference(field)
        elif kind == "money":
            convert = self._money(field)
        else:
            convert = self._plain(field, kind)
        return Column(self._info(name, kind), convert, personal=looks_personal(field), file=kind == "file")

    def _plain(self, field: Any, kind: str) -> Callable[[Rows], list[Value]]:
        place = self.place[field.attname]
        one = display.converter(kind, zone=self.zone)
        if kind == "choice":
            one = display.by_choice(field, one)
        if kind == "json" and not self.policy.described:
            one = display.guarded
        return lambda rows: [EMPTY if row[place] is None else one(row[place]) for row in rows]

    def _money(self, field: Any) -> Callable[[Rows], list[Value]]:
        place, currency = self.place[field.attname], self.policy.currency
        of = self.place.get(currency)

        def convert(rows: Rows) -> list[Value]:
            codes = [currency if of is None else str(row[of]) for row in rows]
            amounts = zip((row[place] for row in rows), codes, strict=True)
            return [EMPTY if value is None else display.amount(value, code) for value, code in amounts]

        return convert

    def _reference(self, field: Any) -> Callable[[Rows], list[Value]]:
        place, model, to = self.place[field.attname], field.related_model, field.target_field
        column = "" if to.primary_key else to.attname
        people = self.references.are_people(model)

        def convert(rows: Rows) -> list[Value]:
            names = self.references.labels(model, (row[place] for row in rows), to=column)
            return [reference(row[place], names, covered=people) for row in rows]

        return convert

    def _generic(self, name: str) -> Callable[[Rows], list[Value]]:
        """A generic key: the kind of thing in its first column, the thing by name in its second."""
        kind_name, key_name = self.pairs[name]
        kind, key = self.place[kind_name], self.place[key_name]
        if name == kind_name.removesuffix("_id") or self.local[name].attname == kind_name:
            return lambda rows: [type_of(row[kind]) for row in rows]

        def convert(rows: Rows) -> list[Value]:
            types = {row[kind] for row in rows}
            names = {t: self._named(t, {row[key] for row in rows if row[kind] == t}) for t in types}
            covered = {t for t in types if (model := model_of(t)) is not None and self.references.are_people(model)}
            return [reference(row[key], names[row[kind]], covered=row[kind] in covered) for row in rows]

        return convert

    def _named(self, content_type: Any, keys: set[Any]) -> dict[Any, str]:
        model = model_of(content_type)
        if model is None or model._meta.pk is None:
            return {}
        try:
            typed = {key: model._meta.pk.to_python(key) for key in keys if key is not None}
        except Exception:  # noqa: BLE001 - what a text that is no key raises is the field's own business
            return {}
        names = self.references.labels(model, typed.values())
        return {key: names.get(value, str(key)) for key, value in typed.items()}


def generic_pairs(model: Any) -> dict[str, tuple[str, str]]:
    """``{field name: (attname of the content type, attname of the key)}`` for both halves of each generic key."""
    pairs: dict[str, tuple[str, str]] = {}
    for private in model._meta.private_fields:
        try:
            kind, key = (model._meta.get_field(name) for name in (private.ct_field, private.fk_field))
        except (AttributeError, FieldDoesNotExist):
            continue
        pairs |= {f.name: (kind.attname, key.attname) for f in (kind, key)}
    return pairs


def reference(key: Any, names: dict[Any, str], *, covered: bool) -> Value:
    """A foreign key and what it points at. The key of another person is theirs and is not given out."""
    if key is None:
        return EMPTY
    name = names.get(key, str(key))
    return Value(None if covered and name != _("you") else plain_key(key), name)


def plain_key(key: Any) -> Any:
    """A key as JSON has it."""
    return clean_json(key if isinstance(key, (int, str)) else str(key))


def model_of(content_type: Any) -> Any:
    """The model of a content type's key, or None where it is gone."""
    try:
        return ContentType.objects.get_for_id(content_type).model_class()
    except (ContentType.DoesNotExist, ValueError, TypeError):
        return None


def type_of(content_type: Any) -> Value:
    if content_type is None:
        return EMPTY
    model = model_of(content_type)
    return Value(content_type, capfirst(str(model._meta.verbose_name)) if model else str(content_type))


def identifying(columns: Iterable[Column]) -> list[int]:
    """Which columns are covered where a row may be about somebody else and nobody described it."""
    return [place for place, column in enumerate(columns) if column.personal]
