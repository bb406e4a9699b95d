"""The declaration: one class per model, as ModelAdmin is to the admin."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.text import capfirst

from tasks.datamap.computed import Computed, computed_of
from tasks.datamap.declaration import Declaration, in_context
from tasks.datamap.strategies import Fate
from tasks.datamap.vocabulary import Category, Text

Values = Callable[[Model], Iterable[Any]]


@dataclass(frozen=True, init=False)
class Match:
    """A tie by value, for rows without a key to the person.

    ``Match(email="email")`` reads: the row's ``email`` equals one of the person's e-mail
    addresses (compared without case). The left side names what is known of a person (``email``,
    ``ip``, ``phone`` or any name in ``identifiers`` of the subject model's declaration); the right
    side is the row's field, or a callable is given instead (``Match(field="ip", values=function)``
    from the subject's row to values). ``within`` limits to rows whose ``at`` field lies within so
    much time of a moment at which the person was known to use the value.
    """

    pairs: Mapping[str, str] = field(default_factory=dict)
    field: str = ""
    values: Values | None = None
    within: timedelta | None = None
    at: str = ""

    def __init__(
        self,
        *,
        field: str = "",
        values: Values | None = None,
        within: timedelta | None = None,
        at: str = "",
        **pairs: str,
    ) -> None:
        for name, value in {"field": field, "values": values, "within": within, "at": at, "pairs": pairs}.items():
            object.__setattr__(self, name, value)

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of the row that are compared."""
        return (*self.pairs.values(), *((self.field,) if self.field else ()))

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.pairs.items())), self.field, self.values, self.within, self.at))


class ModelPrivacy(Declaration):
    """What is held in one model, why, how long, whose it is, and what an erasure does to it.

    Every concrete field is in exactly one of ``fields``, ``withheld`` and ``third_party``. The
    primary key and the keys that tie a row to its person need not be listed.
    The context attributes (purposes, periods …) are those of ``Declaration``.
    """

    category: Category | str = ""
    title: Text = ""  # heading of the section; default: verbose_name_plural
    label: str = ""  # how other records refer to a row: "Order {number}"
    others: str = ""  # on a subject model: how somebody else's answer names a person; default: not at all

    fields: tuple[str, ...] = ()
    withheld: Mapping[str, Text] = {}  # field -> reason that the person reads
    third_party: Mapping[str, Text] = {}  # field -> what stands in place of it
    portable: tuple[str, ...] = ()  # fields of art. 20
    labels: Mapping[str, Text] = {}  # field -> heading; default: verbose_name
    currency: str = ""  # field of the currency, or a code such as "EUR", for `money`
    money: tuple[str, ...] = ()  # decimal fields that are sums of money
    reveal: Mapping[str, Text] = {}  # field that looks like a secret and is none -> why it is none
    order_by: str | tuple[str, ...] = ""  # fields, "-field" for newest first
    group_by: str = ""  # field, or "field__year", "field__month" of a date
    sentence: Text = ""  # a record in words: "On {placed_at} you ordered {lines} for {total}."
    summary: tuple[str, ...] = ()  # fields that are summed up, or counted by their values
    serializer: Any = None  # a Django REST framework serializer (or its dotted name), instead of `fields`
    prefetch: tuple[str, ...] = ()  # what the serializer follows and does not name itself

    subject: str = ""  # path to the person: "order__customer__user"
    follow: bool | Mapping[str, bool] | None = None  # for all keys, or per key
    match: Match | tuple[Match, ...] | None = None
    shared: str = "redact_others"  # or "mine_only", "include"
    # of a subject model: {"email": "email", "ip": ("login__ip", "login__at")}
    identifiers: Mapping[str, str | tuple[str, str] | Values] = {}
    erasure: Fate | None = None  # None: what the relation says

    described = True  # False on what was guessed, because nobody declared it

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    @property
    def heading(self) -> str:
        """The title of the section, in the language that is active now."""
        return str(self.title) or capfirst(str(self.model._meta.verbose_name_plural))

    @cached_property
    def context(self) -> Category:
        """Purposes, ground, retention …: the model's own where it says so, else its category's."""
        base = self.category
        if not isinstance(base, Category):
            key = base or self.model._meta.app_label
            base = Category(key, title=capfirst(key.replace("_", " ")))
        return in_context(self, base)

    @cached_property
    def matches(self) -> tuple[Match, ...]:
        """The ties by value."""
        if self.match is None:
            return ()
        return self.match if isinstance(self.match, tuple) else (self.match,)

    @cached_property
    def computed(self) -> dict[str, Computed]:
        """The computed fields."""
        return computed_of(type(self))

    @property
    def ordering(self) -> tuple[str, ...]:
        """The fields that records are sorted by."""
        return (self.order_by,) if isinstance(self.order_by, str) and self.order_by else tuple(self.order_by)

    def follows(self, key: str) -> bool | None:
        """Whether rows tied by the foreign key ``key`` are the person's own; None: the relation says."""
        if isinstance(self.follow, Mapping):
            return self.follow.get(key)
        return self.follow

    def validate(self) -> None:
        """Check what the class says against the model's fields.

        Raises:
            DeclarationError: an unknown field, or one that is named twice.
        """
        known = {f.name for f in self.model._meta.get_fields()} | self.computed.keys()
        seen: dict[str, str] = {}
        for attribute in ("fields", "withheld", "third_party"):
            value = getattr(self, attribute)
            if isinstance(value, str):
                raise self.wrong(attribute, "a tuple of field names", repr(value))
            for name in value:
                if name not in known:
                    raise self.wrong(attribute, f"a field of {self.model._meta.label}", repr(name))
                if name in seen:
                    raise self.wrong(attribute, "each field in one place", f"{name!r} also in '{seen[name]}'")
                seen[name] = attribute
