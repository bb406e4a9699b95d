"""The closure as plainly as it can be said: look at every row of every table again and again.

Shares no code with the collector. Slow, and easy to believe.
"""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CASCADE, Model, QuerySet

Row = tuple[str, Any]  # label, primary key


@dataclass
class Slow:
    """Every row of the installed models whose table exists."""

    rows: dict[Row, tuple[type[Model], dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = set(connection.introspection.table_names(include_views=True))
        for model in apps.get_models(include_auto_created=True):
            if model._meta.proxy or model._meta.db_table not in tables or model._meta.app_label not in SEARCHED:
                continue
            columns = [f.attname for f in model._meta.local_concrete_fields]
            for values in QuerySet(model=model).values(*columns):
                parts = tuple(values[f.attname] for f in model._meta.pk_fields)
                self.rows[model._meta.label, parts[0] if len(parts) == 1 else parts] = (model, values)
        self.content_types = {ct.pk: ct.model_class() for ct in ContentType.objects.all()}

    def owned(self, start: Row) -> set[Row]:
        """Rows that go with ``start``."""
        found = {start}
        while True:
            more = {row for row in self.rows if row not in found and any(self.names(row, found, owning=True))}
            more |= {parent for row in found for parent in self.parents(row)} - found
            if not more:
                return found
            found |= more

    def named(self, start: Row) -> set[Row]:
        """Other rows with a key to an owned one."""
        owned = self.owned(start)
        return {row for row in self.rows if row not in owned and any(self.names(row, owned, owning=False))}

    def names(self, row: Row, found: set[Row], *, owning: bool) -> Any:
        """For each key of ``row``, whether it leads to a row in ``found``."""
        model, values = self.rows[row]
        for key in model._meta.local_fields:
            if not (key.many_to_one or key.one_to_one) or (owning and key.remote_field.on_delete is not CASCADE):
                continue
            target = key.remote_field.model._meta.concrete_model
            pairs = [(theirs.attname, values[mine.attname]) for mine, theirs in key.related_fields]
            yield any(
                label == target._meta.label and all(self.rows[label, pk][1][name] == value for name, value in pairs)
                for label, pk in found
            )
        for key in model._meta.private_fields:
            if isinstance(key, GenericForeignKey):
                yield self.generic(model, key, values, owning=owning) in found

    def generic(self, model: type[Model], key: Any, values: dict[str, Any], *, owning: bool) -> Row | None:
        target = self.content_types.get(values[model._meta.get_field(key.ct_field).attname])
        if target is None or (owning and not has_relation(target, model)):
            return None
        try:  # as Django itself does when it follows the key, which takes the number 1 for a UUID and back
            return target._meta.concrete_model._meta.label, target._meta.pk.get_prep_value(values[key.fk_field])
        except (TypeError, ValueError, ValidationError):
            return None

    def parents(self, row: Row) -> list[Row]:
        model, values = self.rows[row]
        return [
            (parent._meta.label, values[link.attname])
            for parent, link in model._meta.parents.items()
            if link is not None and link.attname in values
        ]


SEARCHED = {"zoo", "auth", "contenttypes"}


def has_relation(target: type[Model], model: type[Model]) -> bool:
    fields = target._meta.private_fields
    return any(isinstance(field, GenericRelation) and field.related_model is model for field in fields)
