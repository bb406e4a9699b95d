"""What keeps a plan from being carried out, and the sentence that says what to declare."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from tasks.collector.anyof import any_of
from tasks.datamap import Blank, Constant, FieldStrategy, Mask, Null
from tasks.datamap.relations import CLEARS, Kind, Relation
from tasks.erasure.keys import plain
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
    if rule is not None and relation_fields(relation) & set(dict(rule.changes)):
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
    label, names = relation.model._meta.label, sorted(relation_fields(relation))
    if relation.kind == Kind.CHILD:
        return f"{label}: declare the same erasure for {relation.target._meta.label}, of which it is a part"
    fields: list[Any] = [relation.model._meta.get_field(name) for name in names]
    if fields and all(field.null for field in fields):
        return tuple((name, Null()) for name in names)
    if by_declaration and not any(getattr(field, "db_constraint", False) for field in fields):
        return ()  # the declaration says so, and no constraint of the database is broken by it
    return (
        f"{label}: its key '{relation.name}' may not be NULL and leads to rows of {relation.target._meta.label} that are "
        f"deleted. Make it nullable and declare Null('{relation.name}'), or declare Keep(...) for {relation.target._meta.label}"
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


def check_changes(model: type[Model], rule: Rule, keys: Iterable[Any], *, using: str) -> str:
    """Whether the declared field strategies can be carried out on ``keys``; the reason if not."""
    for name, strategy in rule.changes:
        try:
            field: Any = model._meta.get_field(name)
        except FieldDoesNotExist:
            return f"{model._meta.label}: its erasure names '{name}', which is none of its fields"
        if found := check_change(field, strategy, list(keys), using=using):
            return f"{model._meta.label}: {found}"
    return ""


def check_change(field: Any, strategy: FieldStrategy, keys: list[Any], *, using: str) -> str:
    """Whether one field takes what its strategy gives."""
    if isinstance(strategy, Mask):
        return "" if field.get_internal_type() in TEXTS else f"Mask('{field.name}') works on text only"
    if not isinstance(strategy, (Null, Blank, Constant)):
        return ""
    value = strategy.value(field, None)
    if value is None:
        return "" if field.null else f"{strategy}: '{field.name}' may not be NULL; declare another strategy for it"
    if field.unique and (len(keys) > 1 or taken(field, value, keys, using=using)):
        return (
            f"{strategy}: '{field.name}' is unique, and two rows cannot both hold that; declare another strategy for it"
        )
    return ""


def taken(field: Any, value: Any, keys: list[Any], *, using: str) -> bool:
    """Whether a row that is not among ``keys`` holds ``value`` already."""
    rows = plain(field.model, using).filter(**{field.name: value})
    return bool(rows.exclude(any_of("pk", keys)).exists()) if keys else False


TEXTS = {"CharField", "TextField", "EmailField", "URLField", "SlugField", "FilePathField"}
