"""What keeps a plan from being carried out, and the sentence that says what to declare."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import Model

from tasks.collector import Subject
from tasks.datamap import FieldStrategy, Null, Reassign
from tasks.datamap.relations import CLEARS, Kind, Relation
from tasks.erasure.fits import is_same_for_all, misfit
from tasks.erasure.links import Link
from tasks.erasure.models import Action
from tasks.erasure.rules import ByRelation, Cleared, Rule, Verdict, refused

ANY_FATE = "erasure = Delete(), Keep(...) or Anonymise(...)"


def settled(model: type[Model], going: Iterable[Link], *, stays: Verdict | None = None) -> Verdict:
    """The verdict on a row that stays although it names rows that go: its keys are cleared, or it is refused."""
    cleared: dict[str, FieldStrategy] = {}
    relations = sorted({link.relation for link in going}, key=lambda relation: relation.name)
    for relation in relations:
        found = outcome(relation, stays.rule if stays else None)
        if isinstance(found, str):
            return refused(found)
        cleared.update(found)
    if stays is not None:
        return Verdict(stays.action, stays.rule, tuple(cleared.items()), stays.until)
    return Verdict(Action.UPDATE, by_relation(model), tuple(cleared.items()))


@cache
def by_relation(model: type[Model]) -> Rule:
    """The rule for rows of ``model`` that nobody declared and whose keys say enough."""
    return Rule("relation", via=model._meta.label)


@cache
def outcome(relation: Relation, rule: Rule | None) -> Cleared | str:
    """What becomes of a key that names a row that goes; a text is the reason why that cannot be said.

    ``rule`` is what lets the row stay; None where only the key itself says what happens.
    """
    if rule is not None and (relation_fields(relation) | {relation.column}) & set(dict(rule.changes)):
        return ()
    if relation.on_delete in CLEARS:
        nothing = relation.on_delete in ("SET_NULL", "DB_SET_NULL")
        return ((relation.name, Null() if nothing else ByRelation(relation)),)
    if rule is None:
        return (
            f"{relation.model._meta.label}: declare {ANY_FATE}, for its key '{relation.name}' is {relation.on_delete}"
        )
    return loosened(relation, by_declaration=rule.strategy != "follows")


def loosened(relation: Relation, *, by_declaration: bool) -> Cleared | str:
    """How a row that is kept or anonymised lets go of a row that is deleted, whatever its ``on_delete`` says."""
    label, target = relation.model._meta.label, relation.target._meta.label
    names = sorted(relation_fields(relation))
    if relation.kind == Kind.CHILD:
        return f"{label}: declare the same erasure for {target}, of which it is a part"
    fields: list[Any] = [relation.model._meta.get_field(name) for name in names]
    if fields and all(field.null for field in fields):
        return tuple((name, Null()) for name in names)
    if by_declaration and not any(getattr(field, "db_constraint", False) for field in fields):
        return ()  # the declaration says so, and no constraint of the database is broken by it
    return (
        f"{label}: its key '{relation.name}' may not be NULL and leads to rows of {target} that are deleted. "
        f"Make it nullable and declare Null('{relation.name}'), or declare Keep(...) for {target}"
    )


def relation_fields(relation: Relation) -> set[str]:
    """The names of the fields that hold the key."""
    meta = relation.model._meta
    if relation.kind == Kind.GENERIC:
        return {
            field.name for field in meta.concrete_fields if field.attname in (relation.content_type, relation.column)
        }
    return set() if relation.kind in (Kind.JOIN, Kind.PARENT) else {relation.name}


def missing_match(model: type[Model]) -> str:
    """For rows that are tied by value only: no relation says what becomes of them."""
    return f"{model._meta.label}: declare {ANY_FATE}, for its rows are tied to the person by value"


def missing_follow(relation: Relation) -> str:
    """For rows that hang on a named row which is declared to be deleted."""
    label = relation.target._meta.label
    return (
        f"{relation.model._meta.label}: its key '{relation.name}' leads to rows of {label} that are deleted. "
        f"Declare follow = True for {label}, so that what hangs on it is the person's, too"
    )


def unfit(model: type[Model], rule: Rule, subject: Subject, *, alias: str) -> str:
    """Why a declared field strategy cannot be carried out, beyond what is checked when it is declared; else empty."""
    for name, strategy in rule.changes:
        field: Any = model._meta.get_field(name)
        called = f"{model._meta.label}: {type(strategy).__name__}('{name}')"
        if why := strategy.unfit(field, using=alias):
            return f"{called} {why}"
        if isinstance(strategy, Reassign) and field.related_model._meta.concrete_model is subject.model:
            row = strategy.placeholder(field, using=alias)
            if row is not None and row.pk in subject.keys:
                return f"{called} leads to the very row that is erased; name another placeholder"
        same = is_same_for_all(field, strategy) and not isinstance(strategy, ByRelation)
        if same and (why := misfit(field, strategy.value(field, None), using=alias)):
            return f"{called}: {why}"
    return ""
