"""Texts with places for what is known of a person: ``"cart:{user.pk}"``, ``{"owner": "{email}"}``.

``{user.…}`` (or ``{subject.…}``) is an attribute of the person's row; any other name is one of their identifiers, or
what the declaration's ``known(subject)`` adds. As in Python's format strings ``{{`` is a brace.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist

from tasks.collector.subject import Subject
from tasks.datamap import registry
from tasks.errors import DeclarationError

PLACE = re.compile(r"\{\{|\}\}|\{([^{}!]*)(!s)?\}")
NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
ROW = ("user", "subject")
ALWAYS = ("email", "ip", "name", "phone")  # identifiers that are guessed where nobody declares them


def names(text: str) -> list[str]:
    """The names in the places of ``text``, each once."""
    return list(dict.fromkeys(found[1] for found in PLACE.finditer(text) if found[1] is not None))


def unfit(wanted: Iterable[str]) -> str:
    """The first of these names that can be none, as it was written; or an empty text."""
    wrong = (name for name in wanted if not NAME.match(name) or name in ROW)
    return next((f"{{{name}}}" for name in wrong), "")


def names_in(structure: Any) -> list[str]:
    """The names in all texts of a JSON structure, those of its keys among them."""
    if isinstance(structure, str):
        return names(structure)
    if isinstance(structure, Mapping):
        return [name for pair in structure.items() for each in pair for name in names_in(each)]
    return [name for each in structure for name in names_in(each)] if isinstance(structure, list | tuple) else []


def filled(structure: Any, values: Mapping[str, Any]) -> Any:
    """A JSON structure with its places filled. A text that is nothing but a place becomes the value itself.

    ``{user.pk}`` is the number 7 then, ``{user.pk!s}`` the text "7".
    """
    if isinstance(structure, str):
        alone = PLACE.fullmatch(structure)
        return as_json(values[alone[1]]) if alone and alone[1] and not alone[2] else fill(structure, values)
    if isinstance(structure, Mapping):
        return {fill(str(name), values): filled(each, values) for name, each in structure.items()}
    return [filled(each, values) for each in structure] if isinstance(structure, list | tuple) else structure


def as_json(value: Any) -> Any:
    return value if isinstance(value, str | bool | int | float) else str(value)


def fill(text: str, values: Mapping[str, Any]) -> str:
    """``text`` with its places filled."""
    return PLACE.sub(lambda found: found[0][0] if found[1] is None else str(values[found[1]]), text)


@dataclass(frozen=True)
class Person:
    """What is known of a person, read once. ``extra`` is what the declaration adds by itself."""

    subject: Subject
    extra: Mapping[str, Iterable[Any]]

    def each(self, wanted: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Every combination of the values of these names; none where one of them has no value.

        Raises:
            DeclarationError: a name that nothing is known under.
            SubjectNotFound: the person's row is gone.
        """
        wanted = list(wanted)
        for values in product(*(self.values(name) for name in wanted)):
            yield dict(zip(wanted, values, strict=True))

    def values(self, name: str) -> list[Any]:
        """The values of one name, each once, none of them empty: ``cart:`` would be somebody else's."""
        found = self._extra(name) if name in self.extra else self._own(name)
        return [value for value in dict.fromkeys(found) if value is not None and str(value) != ""]

    def _extra(self, name: str) -> list[Any]:
        given = self.extra[name]
        if isinstance(given, str | bytes) or not isinstance(given, Iterable):
            raise DeclarationError(f"known(): wanted a list of values for {name!r}, found {type(given).__name__}.")
        return list(given)

    def _own(self, name: str) -> list[Any]:
        head, _, path = name.partition(".")
        if head in ROW:
            return [self._attribute(path)]
        if name not in self._names:
            known = ", ".join(sorted(self._names))
            raise DeclarationError(f"{{{name}}}: wanted {{user.…}} or one of {known}, found no such name.")
        return list(self._identifiers.get(name, ()))

    def _attribute(self, path: str) -> Any:
        first, *rest = path.split(".")
        value: Any = self.subject.pk
        try:
            if first != "pk":
                value = getattr(self._row, first)
            for each in rest:
                value = getattr(value, each)
        except ObjectDoesNotExist:  # the other side of a one-to-one key that nobody made
            return None
        except (AttributeError, FieldDoesNotExist) as error:
            raise DeclarationError(
                f"{{user.{path}}}: wanted an attribute of {self.subject.label}, found none of this name."
            ) from error
        return value

    @cached_property
    def _row(self) -> Any:
        return self.subject.row

    @cached_property
    def _identifiers(self) -> dict[str, list[str]]:
        return self.subject.identifiers()

    @cached_property
    def _names(self) -> set[str]:
        return {*ALWAYS, *self._identifiers, *registry.get(self.subject.model).identifiers}
