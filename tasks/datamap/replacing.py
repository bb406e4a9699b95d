"""Field strategies that put something in place of a value: a salted hash, made-up data, a placeholder row."""

import hashlib
from collections.abc import Mapping
from copy import copy
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db.models import EmailField, Field, ForeignKey, GenericIPAddressField, Model, QuerySet, URLField
from django.utils.translation import gettext as _

from tasks.datamap.strategies import FieldStrategy, dotted
from tasks.errors import DeclarationError

if TYPE_CHECKING:
    AnyField = Field[Any, Any]
else:
    AnyField = Field
DIGITS = 16  # of a hash; fewer where a column is narrower
FEWEST = 10  # that keep a unique column unique


class Hash(FieldStrategy):
    """A hash with a salt of this erasure, which nobody keeps: equal values stay equal, and none can be guessed.

    For text (also e-mail addresses and URLs), integers and UUIDs. An erasure that was killed goes on
    with a new salt.
    """

    distinct = True
    salt = b""

    def for_run(self, salt: bytes, *, field: AnyField, using: str) -> "Hash":
        bound = copy(self)
        bound.salt = salt
        return bound

    def value(self, field: AnyField, old: Any) -> Any:
        if old in (None, ""):
            return old
        if not self.salt:
            raise ValueError("a hash needs the salt of its erasure")
        digest = hashlib.blake2b(f"{field.name}\0{old}".encode(), key=self.salt[:64], digest_size=16)
        return shaped(field, digest.hexdigest())

    def sample(self, field: AnyField) -> Any:
        return ""

    def unfit(self, field: AnyField, *, using: str) -> str:
        kind = field.get_internal_type()
        if field.is_relation or (kind not in TEXTS and kind != "UUIDField" and "Integer" not in kind):
            return "works on text, integers and UUIDs only"
        if kind in TEXTS and room(field) < (FEWEST if field.unique else 1):
            return f"needs a column of at least {len(frame_of(field).format('')) + FEWEST} characters"
        return ""

    def in_words(self) -> str:
        return _("scrambled for good")


TEXTS = {"CharField", "TextField", "SlugField"}


def frame_of(field: AnyField) -> str:
    """What stands around the digits. Source: RFC 2606, names of nobody."""
    if isinstance(field, EmailField):
        return "{}@example.invalid"
    return "https://example.invalid/{}" if isinstance(field, URLField) else "{}"


def room(field: AnyField) -> int:
    """How many digits of a hash fit into a text column."""
    return DIGITS if field.max_length is None else min(DIGITS, field.max_length - len(frame_of(field).format("")))


def shaped(field: AnyField, digits: str) -> Any:
    """Digits of a hash as a value of the field's type."""
    kind = field.get_internal_type()
    if kind == "UUIDField":
        return UUID(hex=digits)
    if "Integer" in kind:
        bits = 63 if "Big" in kind else 15 if "Small" in kind else 31
        return int(digits, 16) >> (128 - bits)
    return frame_of(field).format(digits[: room(field)])


BY_TYPE: dict[type[AnyField], str] = {EmailField: "safe_email", URLField: "url", GenericIPAddressField: "ipv4"}


class Fake(FieldStrategy):
    """Made-up data by the package ``faker``: ``Fake("name")``, ``Fake("city", kind="city", locale="de_DE")``.

    ``kind`` is the name of one of faker's providers; by default that of the field where there is one,
    else words. Each value is drawn anew, from the system's randomness: it says nothing about the old one.

    Raises:
        DeclarationError: ``faker`` is not installed, or has no such provider.
    """

    distinct = True

    def __init__(self, *fields: str, kind: str = "", locale: str = "en_US") -> None:
        super().__init__(*fields)
        if find_spec("faker") is None:
            raise DeclarationError("Fake(...) needs the package faker. Install it: pip install 'dossier-desk[fake]'.")
        self.kind, self.locale = kind, locale
        self.maker = import_module("faker").Faker(locale)
        self.maker.seed_instance(import_module("secrets").randbits(128))
        if kind and not hasattr(self.maker, kind):
            raise DeclarationError(f"Fake(kind=): wanted a provider of faker, found {kind!r}.")

    def value(self, field: AnyField, old: Any) -> Any:
        if old in (None, ""):
            return old
        made = getattr(self.maker, self.kind or self._guess(field))()
        return made[: field.max_length] if isinstance(made, str) and field.max_length else made

    def _guess(self, field: AnyField) -> str:
        for kind, provider in BY_TYPE.items():
            if isinstance(field, kind):
                return provider
        return field.name if hasattr(self.maker, field.name) else "sentence"

    def sample(self, field: AnyField) -> Any:
        return ""

    def as_data(self) -> dict[str, Any]:
        return {"strategy": "fake", "kind": self.kind, "locale": self.locale}

    def in_words(self) -> str:
        return _("replaced by made-up data")


Placeholder = Any  # a primary key, a Mapping of lookups, or a function without arguments


class Reassign(FieldStrategy):
    """A foreign key goes over to a placeholder row: ``Reassign("author", to={"username": "former-member"})``.

    ``to`` is its primary key, a lookup that finds exactly one row, or a function that returns the row
    or its key. The row has to be there: without it the plan is refused.
    """

    key: Any = None

    def __init__(self, *fields: str, to: Placeholder) -> None:
        super().__init__(*fields)
        self.to = to
        self.name = dotted(to) if callable(to) else ""

    def placeholder(self, field: AnyField, *, using: str) -> Model | None:
        """The row that keys lead to from now on."""
        target: Any = field.related_model
        rows: QuerySet[Any] = QuerySet(model=target, using=using).order_by()
        to: Any = self.to
        to = to() if self.name else to
        if isinstance(to, Mapping):
            found = list(rows.filter(**to)[:2])
            return found[0] if len(found) == 1 else None
        found_row: Model | None = rows.filter(pk=getattr(to, "pk", to)).first()
        return found_row

    def for_run(self, salt: bytes, *, field: AnyField, using: str) -> "Reassign":
        bound, column = copy(self), cast("ForeignKey[Any, Any]", field)
        row = self.placeholder(field, using=using)
        if row is None:
            raise DeclarationError(f"{field.model._meta.label}.{field.name}: the placeholder of Reassign is gone.")
        bound.key = getattr(row, column.target_field.attname)
        return bound

    def value(self, field: AnyField, old: Any) -> Any:
        return None if old is None else self.key

    def sample(self, field: AnyField) -> Any:
        return ""

    def unfit(self, field: AnyField, *, using: str) -> str:
        if not field.is_relation or not isinstance(field.related_model, type):
            return "works on foreign keys only"
        try:
            row = self.placeholder(field, using=using)
        except Exception as error:  # noqa: BLE001 - a host's function raises what it likes
            return f"found no placeholder in {field.related_model._meta.label} ({type(error).__name__})"
        if row is None:
            return f"wants exactly one placeholder row of {field.related_model._meta.label} and finds none; create it"
        return ""

    def as_data(self) -> dict[str, Any]:
        to = {name: str(value) for name, value in sorted(self.to.items())} if isinstance(self.to, Mapping) else None
        return {"strategy": "reassign", "to": to or self.name or str(getattr(self.to, "pk", self.to))}

    def in_words(self) -> str:
        return _("handed over to a placeholder")
