"""What a whole model's declaration could say: whose its rows are, what an erasure does to them, how they are called."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import Model

from tasks.datamap.checks import NAMING, stands_in_the_way
from tasks.datamap.draft.fields import Guess, guess, identifier
from tasks.datamap.relations import CASCADES, CLEARS
from tasks.datamap.ties import Reach, Says, Tie

OWNING = re.compile(
    r"(?:^|_)(?:user|customer|buyer|owner|author|member|recipient|person|account|profile|speaker|attendee|participant|"
    r"applicant|candidate|student|patient|client|subscriber|holder|payer|donor|employee|passenger|player|reviewer)$"
)
BOOKKEEPING = re.compile(
    r"invoice|payment|^order(?:line|item|position)?$|refund|receipt|^tax(?!onom)|payout|transaction|creditnote|^bill"
)
MONEY = re.compile(r"total|price|amount|(?:^|_)(?:net|vat|tax|cost|fee|discount|balance|spent|shipping)(?:_|$)")
CALLED = ("number", "reference", "title", "subject", "name", "code", "query")
WRITTEN = ("placed_at", "date_placed", "issued_on", "paid_at", "created_at", "created", "date_created", "timestamp")
LIKELY_DATE = re.compile(r"placed|issued|paid|created|sent|timestamp|joined|uploaded|submitted|(?:^|_)(?:date|at|on)$")


@dataclass(frozen=True)
class Key:
    """A key to a person: whether the row is theirs by it, and how sure the name makes us."""

    name: str
    on_delete: str
    owned: bool
    follow: bool | None
    why: str
    sure: bool


class ModelDraft:
    """The guesses for one model."""

    def __init__(self, model: type[Model], reached: Reach) -> None:
        self.model, self.reached = model, reached
        self.label = model._meta.label

    @cached_property
    def keys(self) -> list[Key]:
        """The foreign keys of this model that lead straight to a person."""
        ties = [tie for tie in self.reached.to_people() if tie.model is self.model]
        return [key_of(tie) for tie in ties]

    @cached_property
    def fields(self) -> list[Guess]:
        """Every field of the model's own table but its primary key and what ties the row to its person."""
        return [self.field(f) for f in self.model._meta.local_concrete_fields if f.name in self.open]

    @cached_property
    def open(self) -> set[str]:
        meta = self.model._meta
        halves = {n for f in meta.private_fields if isinstance(f, GenericForeignKey) for n in (f.ct_field, f.fk_field)}
        links = {link.name for link in meta.parents.values() if link is not None}
        shut = {*halves, *links, *(key.name for key in self.keys if not self.is_others(key))}
        return {f.name for f in meta.local_concrete_fields if not f.primary_key} - shut

    def field(self, field: Any) -> Guess:
        key = next((key for key in self.keys if key.name == field.name), None)
        if key is None:
            found = guess(field)
            return replace(found, place="fields", text="") if field.name in self.match.values() else found
        if NAMING.search(field.name):
            return Guess(field.name, "third_party", "a member of our staff", "the name says who dealt with it")
        return Guess(field.name, "third_party", "another person", "a second key to a person", sure=False)

    def is_others(self, key: Key) -> bool:
        """Whether the key is there to name somebody beside the person whose row it is."""
        mine = [other for other in self.keys if other.owned or other.follow]
        return bool(mine) and key is not mine[0]

    @property
    def follow(self) -> dict[str, Key]:
        """The keys about which a declaration has to speak, because the relation alone does not say."""
        return {key.name: key for key in self.keys if key.follow is not None}

    @cached_property
    def naming(self) -> list[Any]:
        """Keys of rows of a person's own that lead to this model, when nothing leads here otherwise.

        An order's delivery address has no key to the customer: the order names it, and nothing else does.
        """
        if self.reached.to(self.model) or self.model is self.reached.subject or not holds_a_person(self.model):
            return []
        owners = {tie.model for tie in self.reached.to_people() if tie.says is not Says.NAMED}
        keys = [incoming.field for incoming in self.model._meta.related_objects]
        return keys if all(key.model in owners and not key.many_to_many for key in keys) else []

    @property
    def told_by(self) -> list[str]:
        return [f"{key.model._meta.label}.{key.name}" for key in self.naming]

    @property
    def path(self) -> str:
        """The path back to the person through the first row that names it."""
        if not self.naming:
            return ""
        first = self.naming[0]
        tie = next(t for t in self.reached.to_people() if t.model is first.model and t.says is not Says.NAMED)
        return f"{first.related_query_name()}__{tie.name}"

    @property
    def match(self) -> dict[str, str]:
        """``{known value: field}`` where nothing but a value ties a row to a person."""
        if self.reached.to(self.model) or self.model is self.reached.subject or self.path:
            return {}
        if self.model._meta.related_objects:
            return {}  # an organisation or an event, say, whose address is not a person's
        found = {identifier(f): f.name for f in self.model._meta.local_concrete_fields}
        return {"email": found["e-mail address"]} if "e-mail address" in found else {}

    @property
    def bookkeeping(self) -> bool:
        """Whether a tax law may want the rows to stay."""
        return bool(BOOKKEEPING.search(self.model._meta.model_name or ""))

    @property
    def in_the_way(self) -> list[Tie]:
        """The keys that let no row go and cannot be cleared."""
        return [tie for tie in self.reached.to(self.model) if stands_in_the_way(tie)]

    @property
    def stays(self) -> list[Tie]:
        """The keys that are cleared when the person goes, so that the row outlives them."""
        return [tie for tie in self.reached.to(self.model) if tie.on_delete in CLEARS]

    @property
    def copies(self) -> list[str]:
        """Fields that tell who it was after the key is gone."""
        fields = [f for f in self.model._meta.local_concrete_fields if f.name in self.open and identifier(f)]
        return [f.name for f in fields if not f.unique and (f.null or f.empty_strings_allowed)]

    @property
    def called(self) -> str:
        """How other records refer to a row."""
        names = {guess.name for guess in self.fields if guess.place == "fields"}
        found = next((name for name in CALLED if name in names), "")
        noun = str(self.model._meta.verbose_name)
        if not found or "{" in noun:
            return ""
        return (
            f"{noun[:1].upper()}{noun[1:]} {{{found}}}" if found in ("number", "reference", "code") else f"{{{found}}}"
        )

    @property
    def money(self) -> list[str]:
        fields = self.model._meta.local_concrete_fields
        return [f.name for f in fields if f.get_internal_type() == "DecimalField" and MONEY.search(f.name)]

    @property
    def currency(self) -> str:
        return next((f.name for f in self.model._meta.local_concrete_fields if "currency" in f.name), "")

    @cached_property
    def written(self) -> str:
        """The field that says when the row came to be, or an empty text."""
        dates = [f.name for f in self.dates()]
        by_name = [name for name in WRITTEN if name in dates] or [n for n in dates if LIKELY_DATE.search(n)]
        made = [f.name for f in self.dates() if getattr(f, "auto_now_add", False)]
        return next(iter((*by_name, *made)), "")

    def dates(self) -> Iterator[Any]:
        fields = self.model._meta.local_concrete_fields
        return (f for f in fields if f.get_internal_type() in ("DateField", "DateTimeField"))


def holds_a_person(model: type[Model]) -> bool:
    """Whether two fields or more would tell people apart: a name and an address, say."""
    return len({found for field in model._meta.concrete_fields if (found := identifier(field))}) > 1


def key_of(tie: Tie) -> Key:
    """What a key says and what its name adds to it."""
    if tie.on_delete in CASCADES:
        return Key(tie.name, tie.on_delete, owned=True, follow=None, why="", sure=True)
    if OWNING.search(tie.name):
        why = f"{tie.on_delete}, yet the name says whose the row is"
        return Key(tie.name, tie.on_delete, owned=False, follow=True, why=why, sure=True)
    staff = bool(NAMING.search(tie.name))
    why = (
        f"{tie.on_delete}: the name says who dealt with it"
        if staff
        else f"{tie.on_delete}: is the row the person's own?"
    )
    return Key(tie.name, tie.on_delete, owned=False, follow=False, why=why, sure=staff)
