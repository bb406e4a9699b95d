"""Why a row falls where it falls: the decisions that a plan shows, hashes and lets be approved."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Field, Model
from django.utils import translation
from django.utils.translation import gettext as _

from tasks.datamap import Anonymise, Delete, Fate, FieldStrategy, Keep
from tasks.datamap.copies import is_serialized
from tasks.datamap.relations import Relation
from tasks.datamap.vocabulary import Text
from tasks.erasure.models import Action


class ByRelation(FieldStrategy):
    """The value that a key's ``SET_DEFAULT`` or ``SET(...)`` gives; asked for when it is needed, not before."""

    def __init__(self, relation: Relation) -> None:
        super().__init__(relation.name)
        self.relation = relation

    def value(self, field: "Field[Any, Any]", old: Any) -> Any:
        """The default, or what the function inside ``SET`` returns. It may make a placeholder row."""
        if self.relation.on_delete == "DB_SET_DEFAULT":
            return field.db_default  # a value or an expression; Django's own default may be another one
        if self.relation.on_delete != "SET":
            return field.get_default()
        asked = _Asked()
        remote: Any = field.remote_field
        remote.on_delete(asked, field, [], None)
        return getattr(asked.value, "pk", asked.value)

    def as_data(self) -> dict[str, Any]:
        return {"strategy": self.relation.on_delete.removeprefix("DB_").lower()}

    def in_words(self) -> str:
        return _("becomes its default") if self.relation.on_delete != "SET" else _("handed over to a placeholder")

    def __str__(self) -> str:
        return "becomes its default" if self.relation.on_delete != "SET" else "leads to a placeholder"


class _Asked:
    """Stands in for Django's collector, to learn which value an ``on_delete`` sets."""

    value: Any = None

    def add_field_update(self, field: object, value: Any, objs: object) -> None:
        self.value = value


Cleared = tuple[tuple[str, FieldStrategy], ...]


@dataclass(frozen=True)
class Rule:
    """What says so: a declaration, a relation, or the row that another one hangs on.

    ``strategy`` is one of delete, keep, anonymise (declared, or delete by default), relation (a
    named row gets what its keys say), held (a legal hold), follows (stays with the row that it hangs on), view (shows
    rows of other tables), theirs (somebody else's alone), refused. ``via`` names the model or key that decides.
    """

    strategy: str
    ground: Text = ""
    law: str = ""
    period: str = ""
    after: str = ""
    via: str = ""
    missing: str = ""  # of a refusal: what to declare
    held: str = ""  # the category whose legal hold lets a row stay
    changes: Cleared = ()
    declared: Fate | None = field(default=None, compare=False)

    def as_data(self) -> dict[str, Any]:
        """JSON-able, in no language and without any row: what an approval binds."""
        with translation.override(None):
            said = {
                "strategy": self.strategy,
                "ground": str(self.ground),
                "period": self.period,
                "after": self.after,
                "via": self.via,
            }
        data: dict[str, Any] = {name: value for name, value in said.items() if value}
        if self.changes:
            data["changes"] = {name: strategy.as_data() for name, strategy in sorted(self.changes)}
        return data


@dataclass(frozen=True)
class Verdict:
    """What happens to one row: under which rule, with which changes beyond the rule's own, until when."""

    action: Action
    rule: Rule
    cleared: Cleared = ()
    until: date | None = None


OWNED = Rule("delete")
VIEW = Rule("view")
THEIRS = Rule("theirs")


def refused(missing: str) -> Verdict:
    """The verdict on a row that nothing says what to do with; ``missing`` is the declaration to make."""
    return Verdict(Action.REFUSED, Rule("refused", missing=missing))


@cache
def following(rule: Rule) -> Rule:
    """The rule for what stays because it belongs to a row that stays by ``rule``."""
    return rule if rule.strategy == "follows" else replace(rule, strategy="follows", changes=(), declared=None)


@cache
def copying(rule: Rule, model: type[Model]) -> Rule | None:
    """The rule for copies (of history) of a row that stays by ``rule``: the same changes where they have the fields.

    None where it changes fields that the copies hold as text: those cannot stay.
    """
    if rule.changes and is_serialized(model):
        return None
    names = {field.name for field in model._meta.concrete_fields}
    changes = tuple((name, strategy) for name, strategy in rule.changes if name in names)
    return replace(following(rule), changes=changes, via=rule.via)


def declared_rule(model: type[Model], fate: Fate, *, law: str) -> Rule:
    """The rule that a model's ``erasure`` states."""
    label = model._meta.label
    match fate:
        case Keep():
            period = "" if fate.for_ is None else str(fate.for_)
            changes = tuple(fate.changes.items())
            return Rule("keep", fate.because, law, period, fate.after, label, changes=changes, declared=fate)
        case Anonymise():
            return Rule("anonymise", fate.because, law, via=label, changes=tuple(fate.changes.items()), declared=fate)
        case Delete():
            return Rule("delete", fate.because, law, via=label, declared=fate)


def hash_of(decisions: dict[str, list[dict[str, Any]]]) -> str:
    """The SHA-256 of decisions in canonical JSON."""
    text = json.dumps(decisions, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
