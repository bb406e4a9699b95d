"""A Django REST framework serializer in place of declared fields: run over whole batches, and held to its word.

Instances are built from the rows that were collected, and what the serializer follows is fetched in bulk:
nested serializers, related fields, dotted sources, and what the declaration's ``prefetch`` names. A method of
the serializer's own that asks the database does so once per row; name it in ``prefetch``.

Other people are covered as everywhere: in related fields, in nested serializers of the subject model, and in
sources that lead through a person. What a method of the serializer says is the host's own word.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.datamap.guess import SECRET_REASON, names_secret
from tasks.transform.cells import Cells, cell, told
from tasks.transform.columns import Column, Compiler, Rows
from tasks.transform.display import plain
from tasks.transform.gaps import Gaps
from tasks.transform.outline import guarded, nested
from tasks.transform.records import FieldInfo, Value
from tasks.transform.serialized import KINDS, Follows, People, is_standard, kind_of
from tasks.transform.text import shown

Representation = Mapping[str, Any]


class Serializer:
    """The serializer of one section."""

    def __init__(self, compiler: Compiler, rows: Rows, gaps: Gaps) -> None:
        policy = compiler.policy
        self.compiler, self.policy, self.gaps = compiler, policy, gaps
        given = policy.serializer
        self.cls: Any = import_string(given) if isinstance(given, str) else given
        self.child = self.cls(context={})
        self.model: Any = policy.model
        self.alias = compiler.references.alias(self.model)
        self.fields: dict[str, Any] = {
            name: field for name, field in getattr(self.child, "fields", {}).items() if not field.write_only
        }
        self.prefetch = tuple(dict.fromkeys((*policy.prefetch, *Follows(self.model).paths(self.child))))
        self.people = People(compiler.references)
        self._last: tuple[Rows, list[Representation | None]] = ([], [])
        extra = {name: None for each in self.of(rows) if each for name in each}
        self.names = list(dict.fromkeys((*self.fields, *extra)))

    def of(self, rows: Rows) -> list[Representation | None]:
        """What the serializer makes of each row; None where it failed."""
        if self._last[0] is not rows:
            self._last = (rows, self._represent(rows))
        return self._last[1]

    def _represent(self, rows: Rows) -> list[Representation | None]:
        try:
            instances = self._instances(rows)
            prefetch_related_objects(instances, *self.prefetch)
        except Exception as error:  # noqa: BLE001 - the host's fields and relations
            self.gaps.add("", error)
            return [None] * len(rows)
        try:
            return checked(self.cls(instances, many=True, context={}).data, len(rows))
        except Exception:  # noqa: BLE001 - one of them: which, is found one by one
            return [self._one(instance) for instance in instances]

    def _one(self, instance: Any) -> Representation | None:
        try:
            return checked([self.cls(instance, context={}).data], 1)[0]
        except Exception as error:  # noqa: BLE001 - the host's code: its failure is told, and stops nothing
            self.gaps.add("", error)
            return None

    def _instances(self, rows: Rows) -> list[Any]:
        """Instances made of the rows; a multi-table child is read whole, in one question."""
        place, fields = self.compiler.place, self.model._meta.concrete_fields
        key = place[self.model._meta.pk.attname]
        if not self.model._meta.parents:
            names = [field.attname for field in fields if field.attname in place]
            places = [place[name] for name in names]
            return [self.model.from_db(self.alias, names, [row[at] for at in places]) for row in rows]
        everything: QuerySet[Any] = QuerySet(model=self.model, using=self.alias)
        found = everything.in_bulk([row[key] for row in rows])
        return [found[row[key]] for row in rows]

    def columns(self) -> list[Column]:
        """The columns of the serializer's fields, then what stands in for others' words."""
        hidden = self.compiler.hidden
        shown_names = []
        for name in self.names:
            source = self._source(name)
            if source in self.policy.third_party:
                continue
            if source in hidden or name in hidden:
                hidden.setdefault(name, hidden.get(source, ""))
            elif names_secret(name) and name not in self.policy.reveal:
                hidden[name] = str(SECRET_REASON)
            else:
                shown_names.append(name)
        return [*(self._column(name) for name in shown_names), *self.compiler.columns(())]

    def _source(self, name: str) -> str:
        return str(getattr(self.fields.get(name), "source", name))

    def _column(self, name: str) -> Column:
        """The model's own column where the serializer passes it on as it is, else what the serializer makes."""
        field, source = self.fields.get(name), self._source(name)
        base = self.compiler.column(source) if "." not in source else None
        own = getattr(self.cls.to_representation, "__module__", "").startswith("rest_framework")
        if base is not None and field is not None and own and is_standard(field):
            info = base.info if base.info.kind != "file" or name == source else None
            kind = info.kind if info else "text"
            return Column(self._info(name, kind), base.cells, base.personal, base.target)
        person = self.people.through(self.model, source, field)
        cells = self._cells(name, self._converter(field), base, person)
        return Column(self._info(name, kind_of(field)), cells, base.personal if base else None)

    def _info(self, name: str, kind: str) -> FieldInfo:
        field = self.fields.get(name)
        label = self.policy.labels.get(name) or getattr(field, "label", "") or name.replace("_", " ")
        help_text = shown(str(getattr(field, "help_text", "") or ""))
        return FieldInfo(name, shown(capfirst(str(label))), help_text, kind, name in self.policy.portable)

    def _cells(
        self, name: str, one: Callable[[Any], Value], base: Column | None, person: str
    ) -> Callable[[Rows], Cells]:
        people, at = self.people, self.compiler.place.get(person)

        def convert(rows: Rows) -> Cells:
            found = []
            for row, each in zip(rows, self.of(rows), strict=True):
                if each is None:
                    found.append(base.cells([row])[0] if base else None)
                elif person and not people.mine(None if at is None else row[at], each.get(name)):
                    found.append(None if each.get(name) is None else cell(None, _("another person")))
                else:
                    found.append(None if each.get(name) is None else told(one(each[name])))
            return found

        return convert

    def _converter(self, field: Any) -> Callable[[Any], Value]:
        """From what the serializer gives to a value: dates are dates again, and other people are covered."""
        anything, guard = plain(self.compiler.zone), getattr(field, "field_name", "") not in self.policy.reveal
        parse = next((KINDS[cls.__name__][1] for cls in type(field).__mro__ if cls.__name__ in KINDS), None)

        def convert(given: Any) -> Value:
            value = self.people.without_others(field, given)
            if isinstance(value, (dict, list)):
                return guarded(value) if guard else nested(value)
            parsed = parse(value) if parse and isinstance(value, str) else None
            return anything(value if parsed is None else parsed)

        return convert


def checked(data: Any, count: int) -> list[Representation | None]:
    """What a serializer returned, if it is what serializers return.

    Raises:
        TypeError: it is not one mapping with names per row.
    """
    found = list(data) if isinstance(data, (list, tuple)) else []
    if len(found) != count or not all(isinstance(each, Mapping) and all(map(is_name, each)) for each in found):
        raise TypeError(f"wanted {count} mappings, found {type(data).__name__}")
    return [plain_data(each) for each in found]


def is_name(key: object) -> bool:
    return isinstance(key, str)


def plain_data(value: Any) -> Any:
    """Mappings and lists of whatever class as plain ones."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_data(part) for part in value]
    return value
