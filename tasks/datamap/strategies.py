"""What an erasure does: to a row (Delete, Keep, Anonymise) and to a field (Blank, Null, Constant, Mask).

Nothing here can be turned back: there is no hash without a salt that is thrown away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field

from tasks.datamap.vocabulary import Period, Text
from tasks.errors import DeclarationError


class FieldStrategy:
    """What becomes of a field's value. Takes the names of the fields, or none inside a mapping."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        """The value to store in place of ``old``."""
        raise NotImplementedError

    def as_data(self) -> dict[str, Any]:
        """What an approval binds: JSON-able and stable."""
        return {"strategy": type(self).__name__.lower()}

    def __str__(self) -> str:
        return type(self).__name__.lower()


class Blank(FieldStrategy):
    """Empty: ``""`` for text, ``{}`` or ``[]`` for JSON, else null where the field allows it."""

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        if field.get_internal_type() == "JSONField":
            return [] if isinstance(old, list) else {}
        return "" if field.empty_strings_allowed else None


class Null(FieldStrategy):
    """NULL; for a foreign key this cuts the tie."""

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        return None


class Constant(FieldStrategy):
    """The same value for everybody."""

    def __init__(self, constant: Any, *fields: str) -> None:
        super().__init__(*fields)
        self.constant = constant

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        return self.constant

    def as_data(self) -> dict[str, Any]:
        return {"strategy": "constant", "value": str(self.constant)}

    def __str__(self) -> str:
        return f"becomes “{self.constant}”"


class Mask(FieldStrategy):
    """Keep the first ``keep`` characters and cover the rest; the length is not kept."""

    def __init__(self, *fields: str, keep: int = 1, sign: str = "•••") -> None:
        super().__init__(*fields)
        self.keep, self.sign = keep, sign

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        return old if old in (None, "") else f"{str(old)[: self.keep]}{self.sign}"

    def as_data(self) -> dict[str, Any]:
        return {"strategy": "mask", "keep": self.keep}


Changes = FieldStrategy | Iterable[FieldStrategy] | Mapping[str, FieldStrategy]


def changes(given: Changes | None) -> dict[str, FieldStrategy]:
    """``{field name: strategy}`` from any of the forms that a declaration may use."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    strategies = [given] if isinstance(given, FieldStrategy) else list(given)
    for strategy in strategies:
        if not isinstance(strategy, FieldStrategy) or not strategy.fields:
            raise DeclarationError(
                f"wanted a field strategy with field names, such as Blank('email'), found {strategy!r}."
            )
    return {name: strategy for strategy in strategies for name in strategy.fields}


@dataclass(frozen=True)
class Delete:
    """The row goes."""

    because: Text = ""


@dataclass(frozen=True)
class Keep:
    """The row stays for ``for_`` from the date in the field ``after``, because a law says so.

    ``meanwhile`` is what happens to its fields at once. Without a period the row stays, and
    ``because`` has to say why. Source: GDPR art. 17(3).
    """

    for_: Period | None = None
    after: str = ""
    because: Text = ""
    meanwhile: Changes | None = None

    @property
    def changes(self) -> dict[str, FieldStrategy]:
        return changes(self.meanwhile)


@dataclass(frozen=True)
class Anonymise:
    """The row stays, and nobody can tell whose it was.

    Not a default: ``because`` says why it is not deleted. Source: GDPR recital 26.
    """

    fields: Changes = field(default_factory=dict)
    because: Text = ""

    @property
    def changes(self) -> dict[str, FieldStrategy]:
        return changes(self.fields)


Fate = Delete | Keep | Anonymise
