"""What an erasure does: to a row (Delete, Keep, Anonymise) and to a field (Blank, Null, Constant, Mask, Call).

Nothing here can be turned back. Strategies that make up a value are in ``replacing``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from tasks.datamap.vocabulary import Period, Text
from tasks.errors import DeclarationError


class FieldStrategy:
    """What becomes of a field's value. Takes the names of the fields, or none inside a mapping.

    For one of your own override ``value``. ``distinct`` says that two rows never get the same value,
    so that it may stand in a unique column; it is asked again where a value is taken already.
    """

    distinct = False

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        """The value to store in place of ``old``."""
        raise NotImplementedError

    def sample(self, field: "Field[Any, Any]") -> Any:
        """Some value that it would give, to be held against the column before anybody's row is touched."""
        return self.value(field, {} if field.get_internal_type() == "JSONField" else "something")

    def unfit(self, field: "Field[Any, Any]", *, using: str) -> str:
        """Why it cannot be carried out for this field in this database; empty where it can."""
        return ""

    def for_run(self, salt: bytes, *, field: "Field[Any, Any]", using: str) -> "FieldStrategy":
        """The strategy for one field in one erasure, whose ``salt`` nobody keeps."""
        return self

    def as_data(self) -> dict[str, Any]:
        """What an approval binds: JSON-able and stable."""
        return {"strategy": type(self).__name__.lower()}

    def in_words(self) -> str:
        """What people read after the field's name and a colon."""
        return str(self)

    def __str__(self) -> str:
        return type(self).__name__.lower()


class Blank(FieldStrategy):
    """Empty: ``""`` for text, ``{}`` or ``[]`` for JSON, else null where the field allows it."""

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        if field.get_internal_type() == "JSONField":
            return [] if isinstance(old, list) else {}
        return "" if field.empty_strings_allowed else None

    def in_words(self) -> str:
        return _("emptied")


class Null(FieldStrategy):
    """NULL; for a foreign key this cuts the tie."""

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        return None

    def in_words(self) -> str:
        return _("emptied")


class Constant(FieldStrategy):
    """The same value for everybody."""

    def __init__(self, constant: Any, *fields: str) -> None:
        super().__init__(*fields)
        self.constant = constant

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        return self.constant

    def as_data(self) -> dict[str, Any]:
        return {"strategy": "constant", "value": str(self.constant)}

    def in_words(self) -> str:
        return _("becomes “%(value)s”") % {"value": self.constant}

    def __str__(self) -> str:
        return f"becomes “{self.constant}”"


TEXTS = {"CharField", "TextField", "EmailField", "URLField", "SlugField", "FilePathField"}


class Mask(FieldStrategy):
    """Keep the first ``keep`` characters and cover the rest; the length is not kept."""

    def __init__(self, *fields: str, keep: int = 1, sign: str = "•••") -> None:
        super().__init__(*fields)
        self.keep, self.sign = keep, sign

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        if old in (None, ""):
            return old
        room = field.max_length - len(self.sign) if field.max_length else self.keep
        return f"{str(old)[: max(0, min(self.keep, room))]}{self.sign}"

    def unfit(self, field: "Field[Any, Any]", *, using: str) -> str:
        return "" if field.get_internal_type() in TEXTS else "works on text only; declare another strategy for it"

    def as_data(self) -> dict[str, Any]:
        return {"strategy": "mask", "keep": self.keep}

    def in_words(self) -> str:
        return _("covered, but for how it begins")


class Call(FieldStrategy):
    """What a function of yours returns for the old value; an approval binds the function's dotted name.

    A bare function in place of a strategy is the same: ``Anonymise({"nick": made_up_nick})``. What it
    returns has to fit the column; where that is unique, it is called again while its value is taken.
    """

    distinct = True

    def __init__(self, function: Callable[[Any], Any], *fields: str) -> None:
        super().__init__(*fields)
        self.function, self.name = function, dotted(function)

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        return self.function(old)

    def sample(self, field: "Field[Any, Any]") -> Any:
        return ""  # the host's function is not called before somebody's row is worked on

    def as_data(self) -> dict[str, Any]:
        return {"strategy": "call", "function": self.name}

    def in_words(self) -> str:
        return _("replaced")

    def __str__(self) -> str:
        return f"call {self.name}"


def dotted(function: Callable[..., Any]) -> str:
    """Where a function is defined: the same in every process.

    Raises:
        DeclarationError: it is no function, or has no name of its own.
    """
    name = getattr(function, "__qualname__", "")
    if not callable(function) or not name or "<lambda>" in name:
        raise DeclarationError(f"wanted a function with a name, found {type(function).__name__} '{name}'.")
    return f"{function.__module__}.{name}"


Changes = FieldStrategy | Iterable[FieldStrategy] | Mapping[str, FieldStrategy | Callable[[Any], Any]]


def strategy_of(given: Any) -> Any:
    """A bare function as a strategy; anything else as it is, to be held against its type when it is declared."""
    return Call(given) if callable(given) and not isinstance(given, (FieldStrategy, type)) else given


def changes(given: Changes | None) -> dict[str, FieldStrategy]:
    """``{field name: strategy}`` from any of the forms that a declaration may use."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {name: strategy_of(one) for name, one in given.items()}
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
