"""What is known of a serializer's fields: their kinds, what they follow, and which of them lead to people."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_date, parse_datetime, parse_duration
from django.utils.translation import gettext as _

from tasks.transform.references import References

Parse = Callable[[str], Any]
KINDS: dict[str, tuple[str, Parse | None]] = {  # by the name of the class: the library need not be installed
    "BooleanField": ("boolean", None),
    "DateTimeField": ("datetime", parse_datetime),
    "DateField": ("date", parse_date),
    "DurationField": ("duration", parse_duration),
    "EmailField": ("email", None),
    "URLField": ("url", None),
    "IPAddressField": ("ip", None),
    "IntegerField": ("number", None),
    "FloatField": ("number", None),
    "DecimalField": ("number", None),
    "RelatedField": ("reference", None),
    "ManyRelatedField": ("json", None),
    "BaseSerializer": ("json", None),
    "ListField": ("json", None),
    "DictField": ("json", None),
    "JSONField": ("json", None),
}
STANDARD = {"PrimaryKeyRelatedField", "ManyRelatedField"}  # of relations: those that give out keys


def kind_of(field: Any) -> str:
    """The kind of a serializer's field."""
    return next((KINDS[cls.__name__][0] for cls in type(field).__mro__ if cls.__name__ in KINDS), "text")


def is_standard(field: Any) -> bool:
    """Whether a field passes on what the model's column holds, so that the column itself can be told."""
    cls = type(field)
    if not cls.__module__.startswith("rest_framework") or cls.__name__ in ("SerializerMethodField", "ReadOnlyField"):
        return False
    if kind_of(field) == "reference":
        return cls.__name__ in STANDARD
    if cls.__name__ == "ManyRelatedField":
        return type(field.child_relation).__name__ in STANDARD
    return not is_nested(field)


def is_nested(field: Any) -> bool:
    """Whether a field is a serializer itself, of one row or of many."""
    return any(cls.__name__ == "BaseSerializer" for cls in type(field).__mro__)


def inner(field: Any) -> Any:
    """The serializer of one row, behind a serializer of many."""
    return getattr(field, "child", field)


def model_of(serializer: Any) -> Any:
    """The model of a serializer, or None."""
    return getattr(getattr(serializer, "Meta", None), "model", None)


def steps(model: Any, source: str) -> Iterator[tuple[str, Any]]:
    """``(name, model)`` of each relation that a source follows from ``model`` on."""
    for name in source.split("."):
        related = related_model(model, name)
        if related is None:
            return
        yield name, related
        model = related


def related_model(model: Any, name: str) -> Any:
    """The model that ``name`` leads to, by field or by the name of the other side; None if it leads nowhere."""
    try:
        return model._meta.get_field(name).related_model
    except (FieldDoesNotExist, AttributeError):
        others = getattr(getattr(model, "_meta", None), "related_objects", ())
        return next((each.related_model for each in others if each.get_accessor_name() == name), None)


class Follows:
    """The relations that a serializer follows, as names for ``prefetch_related``."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def paths(self, serializer: Any) -> Iterator[str]:
        """Every path that the serializer and those nested in it follow."""
        for field in getattr(serializer, "fields", {}).values():
            source = str(field.source)
            if field.write_only or source == "*" or type(field).__name__ == "PrimaryKeyRelatedField":
                continue
            path = [name for name, _model in steps(self.model, source)]
            if path:
                yield "__".join(path)
            if is_nested(field) and path:
                *_rest, (_name, model) = steps(self.model, source)
                yield from (f"{'__'.join(path)}__{each}" for each in Follows(model).paths(inner(field)))


class People:
    """Covers other people in what a serializer says."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.me = references.subject.pk if references.subject else None

    def through(self, model: Any, source: str, field: Any) -> str:
        """The column (by attname) of the first key on a source's way that leads to a person, or ``?`` further on.

        Empty where the source leads to nobody, or to a serializer that is looked into itself.
        """
        if self.references.subject is None or is_nested(field):
            return ""
        for number, (name, related) in enumerate(steps(model, source)):
            if self.references.are_people(related):
                found = getattr(model._meta.get_field(name), "attname", "") if number == 0 else ""
                return found or "?"
        return ""

    def mine(self, key: Any, value: Any) -> bool:
        """Whether something that leads through a person is the subject's own."""
        return (key is not None and key == self.me) or (value is not None and self.references.is_own(value))

    def without_others(self, field: Any, value: Any) -> Any:
        """What a nested serializer gave, without other people's rows and keys."""
        if self.references.subject is None or not is_nested(field):
            return value
        if isinstance(value, list):
            return [self.without_others(inner(field), each) for each in value]
        serializer = inner(field)
        model = model_of(serializer)
        if model is not None and self.references.are_people(model) and not self._is_me(model, value):
            return _("another person")
        if not isinstance(value, dict):
            return value
        fields = getattr(serializer, "fields", {})
        return {name: self._part(model, fields.get(name), part) for name, part in value.items()}

    def _part(self, model: Any, field: Any, part: Any) -> Any:
        if field is None or part is None:
            return part
        if is_nested(field):
            return self.without_others(field, part)
        leads = model is not None and self.through(model, str(field.source), field)
        if not leads:
            return part
        if isinstance(part, list):
            return [each if self.mine(each, each) else _("another person") for each in part]
        return part if self.mine(part, part) else _("another person")

    def _is_me(self, model: Any, value: Any) -> bool:
        names = (model._meta.pk.name, model._meta.pk.attname, "id", "pk")
        return isinstance(value, dict) and any(name in value and value[name] == self.me for name in names)
