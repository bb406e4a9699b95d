"""Whose data it is: one row of the subject model, in one database."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, DataError, connections
from django.db.models import IntegerField, Model, QuerySet

from tasks import conf
from tasks.collector.identifiers import guessed, read
from tasks.datamap import registry
from tasks.errors import DeclarationError, SourceUnavailable, SubjectNotFound

INTEGER = re.compile(r"-?[0-9]+\Z")


@dataclass(frozen=True)
class Subject:
    """A person: model, primary key and the database alias that their rows are in."""

    model: type[Model]
    pk: Any
    using: str

    @property
    def label(self) -> str:
        """``"auth.User"``: the model, as a case remembers it."""
        return self.model._meta.label

    @property
    def keys(self) -> tuple[Any, ...]:
        """The keys of the rows that everything is looked for from: the person's own."""
        return (self.pk,)

    @classmethod
    def find(cls, label_or_model: type[Model] | str | None, pk_text: object, *, using: str = "") -> "Subject":
        """The subject with this primary key, as typed by a person or remembered by a case.

        ``None`` as the model means the configured one. A composite key is a JSON array.

        Raises:
            SubjectNotFound: no such row, or a text that is no key of this model.
            SourceUnavailable: no such database alias.
        """
        model, using = subject_model(label_or_model), checked_alias(using or None)
        pk = parse_key(model, str(pk_text))
        try:
            found = QuerySet(model=model, using=using).filter(pk=pk).order_by().exists()
        except (ValueError, OverflowError, DataError) as error:
            raise SubjectNotFound(not_a_key(model)) from error
        if not found:
            raise SubjectNotFound(
                f"{model._meta.label} has no row with the key {pk_text} in database '{using}'. Look the key up again."
            )
        return cls(model, pk, using)

    @property
    def row(self) -> Model:
        """The person's own row, read anew, by no manager.

        Raises:
            SubjectNotFound: it is gone.
        """
        found: Model | None = QuerySet(model=self.model, using=self.using).filter(pk=self.pk).first()
        if found is None:
            raise SubjectNotFound(f"{self.label} {self.pk} is gone from database '{self.using}'.")
        return found

    def known(self, name: str) -> list[tuple[Any, datetime | None]]:
        """The values known of this person under ``name``, each with the moment of its use where that is known."""
        declared = registry.get(self.model).identifiers
        return (
            read(self, declared[name]) if name in declared else [(value, None) for value in guessed(self).get(name, [])]
        )

    def identifiers(self) -> dict[str, list[str]]:
        """What is known to point at this person: ``{"email": [...], "ip": [...], "name": [...]}``.

        From ``identifiers`` of the subject model's declaration; what that leaves out is guessed from
        the fields. Values are texts, each once, in the order found. Never log them.
        """
        names: Iterable[str] = {**guessed(self), **registry.get(self.model).identifiers}
        found = {
            name: list(dict.fromkeys(str(value) for value, _ in self.known(name) if value not in (None, "")))
            for name in names
        }
        return {name: values for name, values in found.items() if values}


def subject_model(given: type[Model] | str | None = None) -> type[Model]:
    """The concrete subject model: the given one, else ``DOSSIER["subject_model"]``, else the user model.

    Raises:
        DeclarationError: no such model.
    """
    label = given or conf.subject_model or settings.AUTH_USER_MODEL
    try:
        model = apps.get_model(label) if isinstance(label, str) else label
    except (LookupError, ValueError) as error:
        raise DeclarationError(f"subject model: wanted an installed 'app.Model', found {label!r}.") from error
    return model._meta.concrete_model or model


def default_alias() -> str:
    """Where subjects live if nobody says: alias ``subjects`` where it exists, else ``default``."""
    return "subjects" if "subjects" in connections else DEFAULT_DB_ALIAS


def checked_alias(using: str | None) -> str:
    """``using``, or the default alias.

    Raises:
        SourceUnavailable: DATABASES has no such alias.
    """
    alias = using or default_alias()
    if alias not in connections:
        raise SourceUnavailable(f"There is no database alias '{alias}'. Choose one of: {', '.join(connections)}.")
    return alias


def parse_key(model: type[Model], text: str) -> Any:
    """The primary key that ``text`` stands for.

    Raises:
        SubjectNotFound: it is none of this model.
    """
    fields = getattr(model._meta, "pk_fields", [model._meta.pk])
    try:
        parts = [text] if len(fields) == 1 else [str(part) for part in json.loads(text)]
        if len(parts) != len(fields):
            raise ValueError(text)
        values = tuple(parse_part(field, part) for field, part in zip(fields, parts, strict=True))
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise SubjectNotFound(not_a_key(model)) from error
    return values[0] if len(values) == 1 else values


def parse_part(field: Any, text: str) -> Any:
    """One column of a key; stricter than ``int()``, so that ``1_0`` is not somebody else's key."""
    while field.is_relation:
        field = field.target_field
    if "\x00" in text or (isinstance(field, IntegerField) and not INTEGER.match(text)):
        raise ValueError(text)
    return field.to_python(text)


def not_a_key(model: type[Model]) -> str:
    pk = model._meta.pk
    kind = pk.get_internal_type() if pk else "?"
    return f"This is not a key of {model._meta.label}, whose keys are of the type {kind}."
