"""What a foreign key points at, by name: looked up in bulk, once per row, and other people never by name."""

import re
from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any

from django.db import DatabaseError, router
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.collector import Subject
from tasks.collector.reading import holding, reading_alias
from tasks.datamap import ModelPrivacy, registry
from tasks.datamap.guess import secrets
from tasks.transform.display import plain
from tasks.transform.templates import Template
from tasks.transform.text import shown

NAMING = ("number", "reference", "title", "name", "subject", "label", "code", "slug", "sku")
PERSONAL = re.compile(
    r"(?:^|_)(?:email|e_mail|first_name|last_name|full_name|given_name|family_name|surname|nickname|username|phone|"
    r"mobile|telephone|fax|address|street|postcode|postal_code|zip_code|zip|ip|birth\w*|iban|bic|recipient|holder|"
    r"contact|passport|ssn|tax_id|vat_number|latitude|longitude|lat|lon|lng|"
    r"(?:author|customer|buyer|seller|sender|receiver|user|owner|member|billing|shipping|guest|person|display)_name)"
    r"(?:$|_)",
    re.IGNORECASE,
)
REMEMBERED = 50_000
DEEPEST = 3  # labels in labels in labels


def looks_personal(field: Any) -> bool:
    """Whether a field's type or name says that it identifies a person."""
    kinds = {field.get_internal_type(), type(field).__name__}
    return bool(kinds & {"GenericIPAddressField", "EmailField"} or PERSONAL.search(field.name))


def template_of(policy: ModelPrivacy) -> Template:
    """How rows of a model are named: as declared, else by a field whose name says that it is one."""
    if policy.label:
        return Template(str(policy.label))
    names = {f.name for f in policy.model._meta.concrete_fields if not (f.is_relation or f.choices)}
    hidden = secrets(policy)
    found = next((name for name in NAMING if name in names and name in policy.fields and name not in hidden), "")
    return Template(f"{{{found}}}" if found else "")


def fallback(model: type[Model], key: Any) -> str:
    """``Order 12``, where nothing better is known."""
    return f"{capfirst(str(model._meta.verbose_name))} {key}"


class References:
    """Labels of referenced rows, remembered for the length of one export."""

    def __init__(self, subject: Subject | None, *, using: str = "", zone: tzinfo = UTC) -> None:
        self.zone = zone
        self.subject, self.using = subject, using or (subject.using if subject else "default")
        self._known: dict[type[Model], dict[Any, str]] = {}

    @cached_property
    def _own(self) -> frozenset[str]:
        known = self.subject.identifiers().values() if self.subject is not None else ()
        return frozenset(str(value).casefold() for values in known for value in values)

    def is_own(self, value: Any) -> bool:
        """Whether ``value`` is known to be the person's own: one of their addresses, names or numbers."""
        return str(value).casefold() in self._own

    def labels(self, model: type[Model], values: Iterable[Any], *, to: str = "", depth: int = 0) -> dict[Any, str]:
        """``{key: label}`` for rows of ``model`` whose column ``to`` (default: the primary key) has these values.

        One statement for all that are not known yet. People other than the subject have no name here.
        """
        model = model._meta.concrete_model or model
        wanted = {value for value in values if value is not None}
        if self.subject is not None and self.are_people(model):
            return self._people(self.subject, model, wanted, to or "pk")
        known = self._known.setdefault(model, {}) if not to else {}
        if len(known) > REMEMBERED:
            known.clear()
        if missing := wanted - known.keys():
            known.update(self._look_up(model, missing, to=to or "pk", depth=depth))
        unnamed = fallback(model, "")
        return {value: known.get(value) or f"{unnamed}{value}" for value in wanted}

    def learn(self, model: type[Model], labels: dict[Any, str]) -> None:
        """Remember labels of rows, by primary key, that were told anyway: nobody has to look them up again."""
        known = self._known.setdefault(model._meta.concrete_model or model, {})
        if len(known) + len(labels) <= REMEMBERED:
            known.update(labels)

    def are_people(self, model: type[Model]) -> bool:
        """Whether rows of ``model`` are people: subjects, or the undescribed one-to-one profiles of subjects."""
        model = model._meta.concrete_model or model
        return self.subject is not None and (model is self.subject.model or bool(self._profile(model)))

    def _profile(self, model: type[Model]) -> str:
        """The one-to-one key by which an undescribed model is somebody's profile: a person by another name."""
        if self.subject is None or registry.is_declared(model):
            return ""
        keys = (field for field in model._meta.concrete_fields if field.one_to_one)
        return next((key.attname for key in keys if key.related_model is self.subject.model), "")

    def _people(self, subject: Subject, model: type[Model], values: set[Any], to: str) -> dict[Any, str]:
        mine = {subject.pk} if model is subject.model and to == "pk" else set()
        if values and not mine:
            key = "pk" if model is subject.model else self._profile(model)
            rows: QuerySet[Any] = QuerySet(model=model, using=reading_alias(self.using))
            mine = set(rows.filter(**{key: subject.pk}).values_list(to, flat=True))
        named, you, other = self._others(model, values - mine, to), _("you"), _("another person")
        return {value: you if value in mine else named.get(value) or other for value in values}

    def _others(self, model: type[Model], values: set[Any], to: str) -> dict[Any, str]:
        """Other people by the name that the declaration gives out; nothing where it gives none."""
        policy = registry.get(model)
        return self._formatted(policy, Template(str(policy.others)), values, to, 1) if policy.others and values else {}

    def target(self, model: type[Model], *, depth: int = 0) -> tuple[str, ...]:
        """The label of what a key leads to, the fields in its label, and ``label.field`` of labels within that."""
        if self.are_people(model) or depth > DEEPEST:
            return (model._meta.label,)
        policy = registry.get(model)
        names = template_of(policy).names
        fields = [field for name in names if (field := self._field(policy, name)) is not None and field.is_relation]
        inner = [self.target(field.related_model, depth=depth + 1) for field in fields]
        deeper = [name if "." in name else f"{label}.{name}" for label, *rest in inner for name in rest]
        return (model._meta.label, *names, *deeper)

    def alias(self, model: type[Model]) -> str:
        """The database that names in ``model`` are read from."""
        return reading_alias(self.using or router.db_for_read(model))

    def _look_up(self, model: type[Model], values: set[Any], *, to: str, depth: int) -> dict[Any, str]:
        policy = registry.get(model)
        template = template_of(policy)
        if not template.slots or depth > DEEPEST:
            return {}
        return self._formatted(policy, template, values, to, depth)

    def _formatted(
        self, policy: ModelPrivacy, template: Template, values: set[Any], to: str, depth: int
    ) -> dict[Any, str]:
        fields = [field for field in (self._field(policy, name) for name in template.names) if field is not None]
        everything: QuerySet[Any] = QuerySet(model=policy.model, using=self.alias(policy.model))
        asked = everything.values_list(to, *(field.attname for field in fields))
        try:
            rows = [row for some in holding(asked, to, values) for row in some]
        except (DatabaseError, ValueError, TypeError):
            return {}
        words = [self._words(policy, f, [row[place] for row in rows], depth) for place, f in enumerate(fields, start=1)]
        of = {name: column for field, column in zip(fields, words, strict=True) for name in (field.name, field.attname)}
        columns = [of.get(slot.name, [""] * len(rows)) for slot in template.slots]
        told = template.rows(columns)
        return {row[0]: each for row, each in zip(rows, told, strict=True) if each}

    def _field(self, policy: ModelPrivacy, name: str) -> Any:
        fields = policy.model._meta.concrete_fields
        return next((field for field in fields if name in (field.name, field.attname)), None)

    def _words(self, policy: ModelPrivacy, field: Any, values: list[Any], depth: int) -> list[str]:
        if field.name in policy.third_party:
            return [shown(str(policy.third_party[field.name]))] * len(values)
        if field.name in secrets(policy):
            return [_("withheld")] * len(values)
        if field.is_relation:
            found = self.labels(field.related_model, values, depth=depth + 1)
            return [found.get(value, "") for value in values]
        if field.choices:
            words = dict(field.flatchoices)
            return [shown(str(words.get(value, value))) for value in values]
        one = plain(self.zone)  # days and moments as everywhere; a number as it is
        return ["" if value is None else one(value).display for value in values]
