"""What a declaration may say about how its records read: fields, labels, sentences, groups, sums, serializers."""

import string
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, DateField, DecimalField, DurationField, Field, FloatField, IntegerField
from django.utils.module_loading import import_string
from django.utils.translation import override

from tasks.datamap.computed import KINDS

Wrong = tuple[str, str, str]  # attribute, wanted, found
Rule = Callable[[Any], Iterable[Wrong]]  # a declaration is held against its types here: they may not hold

PARTS = ("year", "month")  # of a date, to group by
SERIALIZERS = "rest_framework.serializers.BaseSerializer"


def fields_can_be_shown(policy: Any) -> Iterator[Wrong]:
    for name in policy.fields:
        if name not in policy.computed and not is_shown(policy, name):
            wanted = "a column, a many-to-many field, a generic key or a computed field"
            yield "fields", wanted, f"{name!r}, whose rows have a declaration of their own"


def order_names_fields(policy: Any) -> Iterator[Wrong]:
    if not isinstance(policy.order_by, (str, tuple)):
        yield "order_by", "a field or a tuple of fields", repr(policy.order_by)
        return
    for name in policy.ordering:
        if name.removeprefix("-") not in field_names(policy) | policy.computed.keys():
            yield "order_by", f"a field of {policy.model._meta.label}", repr(name.removeprefix("-"))


def label_names_columns(policy: Any) -> Iterator[Wrong]:
    for attribute in ("label", "others"):
        names, wrong = parsed(getattr(policy, attribute))
        if wrong:
            yield attribute, "a text such as 'Order {number}'", wrong
        for name, _spec in names:
            if not column(policy, root(name)):
                yield attribute, f"a field of {policy.model._meta.label}", repr(root(name))


def sentence_can_be_said(policy: Any) -> Iterator[Wrong]:
    names, wrong = parsed(policy.sentence)
    if wrong:
        yield "sentence", "a text such as 'On {placed_at} you paid {total}.'", wrong
    for name, spec in names:
        if name in policy.withheld:
            yield "sentence", "fields that are shown", f"{name!r}, which is withheld"
        elif is_children(policy, name):
            if spec not in ("", "count"):
                yield "sentence", f"'{{{name}}}' or '{{{name}:count}}'", f"{{{name}:{spec}}}"
        elif spec or not (name in policy.computed or is_shown(policy, name)):
            wanted = f"a field, computed field or kind of children of {policy.model._meta.label}"
            yield "sentence", wanted, f"{{{name}:{spec}}}" if spec else repr(name)


def group_is_a_field(policy: Any) -> Iterator[Wrong]:
    name, _, part = policy.group_by.partition("__")
    if not name:
        return
    field = column(policy, name)
    if field is None and name not in policy.computed:
        yield "group_by", f"a field of {policy.model._meta.label}", repr(name)
    elif part and (part not in PARTS or not isinstance(field, DateField)):
        yield "group_by", "a field, or 'field__year' or 'field__month' of a date", repr(policy.group_by)


def summary_can_be_counted(policy: Any) -> Iterator[Wrong]:
    if isinstance(policy.summary, str):
        yield "summary", "a tuple of field names", repr(policy.summary)
        return
    for name in policy.summary:
        field = column(policy, name)
        if name in policy.computed:
            if policy.computed[name].kind not in ("number", "money", "duration", "boolean"):
                yield "summary", "numbers, money, lengths of time or codes", f"{name!r}, computed as text"
        elif name not in policy.fields or not can_be_counted(field):
            yield "summary", "numbers, money, lengths of time or codes that are shown", repr(name)


def computed_fields_are_of_their_own(policy: Any) -> Iterator[Wrong]:
    for name, computed in policy.computed.items():
        if name in field_names(policy):
            yield name, "a name that no field has", repr(name)
        if computed.kind not in KINDS:
            yield name, f"kind= to be one of {KINDS}", repr(computed.kind)
        for path in computed.needs:
            if not can_be_read(policy.model, path):
                yield name, f"needs= to name columns of {policy.model._meta.label}, or of what they lead to", repr(path)


def serializer_can_be_used(policy: Any) -> Iterator[Wrong]:
    given = policy.serializer
    if policy.prefetch and not given:
        yield "prefetch", "a serializer beside it", "none"
    if given is None or (isinstance(given, str) and given.count(".")):
        return  # a dotted name is looked up when it is used, so that modules need not import each other
    try:
        base = import_string(SERIALIZERS)
    except ImportError:
        yield "serializer", "Django REST framework (the package djangorestframework) to be installed", "it is not"
        return
    if not (isinstance(given, type) and issubclass(given, base)):
        yield "serializer", "a serializer class of Django REST framework, or its dotted name", repr(given)
    if policy.fields:
        yield "serializer", "either a serializer or 'fields'", "both"


def serialized(policy: Any) -> tuple[set[str], str]:
    """The fields of the model that the declaration's serializer shows, and why it cannot be used if it cannot."""
    if not policy.serializer:
        return set(), ""
    try:
        cls = import_string(policy.serializer) if isinstance(policy.serializer, str) else policy.serializer
        shown = getattr(cls(context={}), "fields", {}).values()
        return {str(field.source).split(".")[0] for field in shown if not field.write_only}, ""
    except Exception as error:  # noqa: BLE001 - the host's code, and a check tells what is wrong with it
        return set(), f"{type(error).__name__}: {error}"


def parsed(template: Any) -> tuple[list[tuple[str, str]], str]:
    """``[(name, specification)]`` of a text with names in braces as its author wrote it, and what is wrong with it."""
    with override(None):  # not in a translation
        text = str(template)
    try:
        parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        return [], f"{text!r} ({error})"
    if any(not name or conversion for _, name, _, conversion in parts):
        return [], repr(text)
    return [(name or "", spec or "") for _, name, spec, _ in parts], ""


def root(name: str) -> str:
    """The field that a name in a label begins with."""
    return name.split(".")[0].split("[")[0].split("__")[0]


def field_names(policy: Any) -> set[str]:
    """Names and attnames of everything on the model, forward and reverse."""
    fields = policy.model._meta.get_fields(include_hidden=True)
    return {"pk", *(f.name for f in fields), *(f.attname for f in fields if hasattr(f, "attname"))}


def column(policy: Any, name: str) -> Any:
    """The concrete field of this name, or None."""
    return next((f for f in policy.model._meta.concrete_fields if name in (f.name, f.attname)), None)


def found(policy: Any, name: str) -> Any:
    """The field or relation of this name, by whichever of its names, or None."""
    try:
        return policy.model._meta.get_field(name)
    except FieldDoesNotExist:
        related = policy.model._meta.related_objects
        return next((each for each in related if each.get_accessor_name() == name), None)


def is_shown(policy: Any, name: str) -> bool:
    """Whether values of this name can be shown: a column's, the names of many-to-many rows, a generic key's."""
    field = found(policy, name)
    generic = hasattr(field, "ct_field") and hasattr(field, "fk_field")
    return field is not None and bool(getattr(field, "column", None) or field.many_to_many or generic)


def is_children(policy: Any, name: str) -> bool:
    """Whether rows of another model hold a key to this one under that name, and can be counted."""
    field = found(policy, name)
    return field is not None and bool(field.auto_created) and bool(field.one_to_many) and not field.concrete


def can_be_counted(field: Any) -> bool:
    """Whether values of a column can be summed up, or are few enough to count each."""
    kinds = (IntegerField, DecimalField, FloatField, DurationField, BooleanField)
    return isinstance(field, Field) and (isinstance(field, kinds) or bool(field.choices))


def can_be_read(model: Any, path: str) -> bool:
    """Whether a path of foreign keys ends at a column."""
    *keys, last = path.split("__")
    try:
        for key in keys:
            field = model._meta.get_field(key)
            if not (field.many_to_one or field.one_to_one) or not field.concrete:
                return False
            model = field.related_model
        names = {name for f in model._meta.concrete_fields for name in (f.name, f.attname)}
    except FieldDoesNotExist:
        return False
    return last in names


WORDING: tuple[Rule, ...] = (
    fields_can_be_shown,
    order_names_fields,
    label_names_columns,
    sentence_can_be_said,
    group_is_a_field,
    summary_can_be_counted,
    computed_fields_are_of_their_own,
    serializer_can_be_used,
)
