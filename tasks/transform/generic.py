"""Generic keys: the kind of thing in one column, the thing in another."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.datamap.guess import looks_secret
from tasks.transform.cells import Cells, told
from tasks.transform.records import EMPTY, Value
from tasks.transform.references import References
from tasks.transform.text import clean_json, shown

Rows = list[tuple[Any, ...]]


class Generic:
    """Tells what the generic keys of many rows point at, with one question per kind of thing."""

    def __init__(self, kind: int, key: int, references: References) -> None:
        self.kind, self.key, self.references = kind, key, references

    def types(self, rows: Rows) -> Cells:
        """What kind of thing each row names."""
        known = {kind: told(type_of(kind)) for kind in {row[self.kind] for row in rows}}
        return [known[row[self.kind]] for row in rows]

    def things(self, rows: Rows) -> Cells:
        """The thing that each row names, by its label."""
        made = {key: told(value) for key, (_model, value) in self._made(rows).items()}
        return [made[row[self.kind], row[self.key]] for row in rows]

    def whole(self, rows: Rows) -> Cells:
        """Both at once: ``Post: Kettles``, stored as ``community.Post 7``."""
        made = {key: told(joined(*both)) for key, both in self._made(rows).items()}
        return [made[row[self.kind], row[self.key]] for row in rows]

    def _made(self, rows: Rows) -> dict[tuple[Any, Any], tuple[Any, Value]]:
        wanted: dict[Any, set[Any]] = {}
        for row in rows:
            wanted.setdefault(row[self.kind], set()).add(row[self.key])
        return {
            (kind, key): (model, value)
            for kind, keys in wanted.items()
            for model in [model_of(kind)]
            for key, value in self._named(model, keys).items()
        }

    def _named(self, model: Any, keys: set[Any]) -> dict[Any, Value]:
        values = {key: EMPTY if key is None else Value(clean_json(key), shown(str(key))) for key in keys}
        typed = typed_keys(model, keys)
        if not typed or looks_secret(model._meta.pk):
            return values
        names, people = self.references.labels(model, typed.values()), self.references.are_people(model)
        for key, pk in typed.items():
            name = names.get(pk, str(key))
            values[key] = Value(None if people and name != _("you") else clean_json(key), name)
        return values


def typed_keys(model: Any, keys: set[Any]) -> dict[Any, Any]:
    """``{stored: primary key}``; empty where the model is gone or has no keys of this type."""
    if model is None or model._meta.pk is None:
        return {}
    try:
        return {key: model._meta.pk.to_python(key) for key in keys if key is not None}
    except Exception:  # noqa: BLE001 - what a text that is no key raises is the field's own business
        return {}


def joined(model: Any, value: Value) -> Value:
    """A thing with its kind before it, unless its label begins with that."""
    if value == EMPTY or model is None:
        return value
    kind = capfirst(str(model._meta.verbose_name))
    raw = None if value.raw is None else f"{model._meta.label} {value.raw}"
    words = value.display if value.display.startswith(kind) or value.raw is None else f"{kind}: {value.display}"
    return Value(raw, shown(words))


def pairs_of(model: Any) -> dict[str, tuple[str, str]]:
    """``{field name: (attname of the content type, attname of the key)}`` for both halves of each generic key."""
    pairs: dict[str, tuple[str, str]] = {}
    local = {field.attname for field in model._meta.local_concrete_fields}
    for private in model._meta.private_fields:
        try:
            kind, key = (model._meta.get_field(name) for name in (private.ct_field, private.fk_field))
        except (AttributeError, FieldDoesNotExist):
            continue
        if {kind.attname, key.attname} <= local:
            pairs |= {f.name: (kind.attname, key.attname) for f in (kind, key)}
    return pairs


def model_of(content_type: Any) -> Any:
    """The model of a content type's key, or None where it is gone."""
    try:
        return ContentType.objects.get_for_id(content_type).model_class()
    except (ContentType.DoesNotExist, ValueError, TypeError):
        return None


def type_of(content_type: Any) -> Value:
    """A content type's key, and the name of its model."""
    if content_type is None:
        return EMPTY
    model = model_of(content_type)
    return Value(content_type, capfirst(str(model._meta.verbose_name)) if model else str(content_type))
