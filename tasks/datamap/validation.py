"""What a declaration may say: each rule a small function that yields what is wrong.

Wrong declarations stop the start, as a wrong ``ModelAdmin`` does: an answer to a person that rests on a
misspelt name would be wrong without anybody noticing.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField

from tasks.datamap.policy import Match, ModelPrivacy
from tasks.datamap.relations import path_end
from tasks.datamap.strategies import Anonymise, Delete, FieldStrategy, Keep
from tasks.datamap.vocabulary import Category, LegalBasis, Purpose, Recipient, Retention
from tasks.datamap.wording import WORDING, Rule, Wrong, column, field_names
from tasks.errors import DeclarationError

SHARED = ("redact_others", "mine_only", "include")


def validate(policy: Any) -> None:
    """Hold a declaration against its model.

    Raises:
        DeclarationError: the first thing that is wrong: app, class, attribute, wanted, found.
    """
    policy.validate()
    for rule in RULES:
        for attribute, wanted, found in rule(policy):
            raise policy.wrong(attribute, wanted, found)


def attributes_are_known(policy: Any) -> Iterator[Wrong]:
    known = {name for name in dir(ModelPrivacy) if not name.startswith("_")}
    for name, value in vars(type(policy)).items():
        if name.startswith("_") or name in known:
            continue
        if name.startswith("display_"):
            if name.removeprefix("display_") not in field_names(policy):
                yield name, f"display_<field> of {policy.model._meta.label}", repr(name)
        elif not callable(value) and not isinstance(value, (classmethod, staticmethod, property)):
            near = difflib.get_close_matches(name, known, 1)
            yield name, f"'{near[0]}'" if near else "an attribute of ModelPrivacy", repr(name)


def context_is_of_its_words(policy: Any) -> Iterator[Wrong]:
    if not isinstance(policy.category, (Category, str)):
        yield "category", "a Category or its key", repr(policy.category)
    singles: dict[str, type] = {"legal_basis": LegalBasis, "retention": Retention}
    for attribute, kind in singles.items():
        value = getattr(policy, attribute)
        if value is not None and not isinstance(value, kind):
            yield attribute, kind.__name__, repr(value)
    tuples: dict[str, type] = {"purposes": Purpose, "recipients": Recipient}
    for attribute, kind in tuples.items():
        value = getattr(policy, attribute)
        if not isinstance(value, tuple) or not all(isinstance(one, kind) for one in value):
            yield attribute, f"a tuple of {kind.__name__}", repr(value)


def named_fields_exist(policy: Any) -> Iterator[Wrong]:
    known = field_names(policy)
    given: dict[str, Iterable[str]] = {
        "portable": policy.portable,
        "money": policy.money,
        "labels": policy.labels,
        "reveal": policy.reveal,
    }
    for attribute, names in given.items():
        if isinstance(names, str):
            yield attribute, "a tuple of field names", repr(names)
        for name in names:
            if not (name in known or name in policy.computed or policy.serializer):  # it has fields of its own
                yield attribute, f"a field of {policy.model._meta.label}", repr(name)
    currency = policy.currency
    if currency and currency not in known and not (len(currency) == 3 and currency.isupper()):
        yield "currency", "a field or a code such as 'EUR'", repr(currency)


def follow_names_keys(policy: Any) -> Iterator[Wrong]:
    follow = policy.follow
    if follow is None or isinstance(follow, bool):
        return
    if not isinstance(follow, Mapping):
        yield "follow", "True, False or {key: bool}", repr(follow)
        return
    for name, value in follow.items():
        if name not in key_names(policy):
            yield "follow", f"a foreign key or matched field of {policy.model._meta.label}", repr(name)
        if not isinstance(value, bool):
            yield "follow", f"True or False for {name!r}", repr(value)


def subject_is_a_path(policy: Any) -> Iterator[Wrong]:
    if policy.subject:
        try:
            path_end(policy.model, policy.subject)
        except FieldDoesNotExist as error:
            yield "subject", "a path of relations to the person", f"{policy.subject!r} ({error})"


def matches_name_fields(policy: Any) -> Iterator[Wrong]:
    for match in policy.matches:
        if not isinstance(match, Match):
            yield "match", "Match(...) or a tuple of them", repr(match)
            continue
        if not match.columns or bool(match.field) != bool(match.values):
            yield "match", "Match(email='field') or Match(field='field', values=function)", "neither"
        for name in match.columns:
            if not column(policy, name):
                yield "match", f"a field of {policy.model._meta.label}", repr(name)
        if match.within is not None and not isinstance(column(policy, match.at), DateField):
            yield "match", "at='a date or time field' beside within=", repr(match.at)


def identifiers_can_be_read(policy: Any) -> Iterator[Wrong]:
    for name, value in policy.identifiers.items():
        paths = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        if not callable(value) and not 0 < len(paths) <= 2:
            yield "identifiers", f"a path, (path, path of its moment) or a function for {name!r}", repr(value)
        for path in paths:
            if path.split("__")[0] not in field_names(policy):
                yield "identifiers", f"a path from {policy.model._meta.label}", repr(path)


def shared_is_known(policy: Any) -> Iterator[Wrong]:
    if policy.shared not in SHARED:
        yield "shared", f"one of {SHARED}", repr(policy.shared)


def erasure_can_be_done(policy: Any) -> Iterator[Wrong]:
    fate = policy.erasure
    if fate is None or isinstance(fate, Delete):
        return
    if not isinstance(fate, (Keep, Anonymise)):
        yield "erasure", "Delete(), Keep(...) or Anonymise(...)", repr(fate)
        return
    if isinstance(fate, Keep):
        yield from keeping_has_an_end(policy, fate)
    try:
        changes = fate.changes
    except DeclarationError as error:
        yield "erasure", "fields with strategies", str(error)
        return
    for name, strategy in changes.items():
        yield from change_fits(policy, name, strategy)


def keeping_has_an_end(policy: Any, fate: Keep) -> Iterator[Wrong]:
    if not fate.because:
        yield "erasure", "Keep(because=...), which the person reads", "no reason"
    if fate.for_ is not None and not fate.after:
        yield "erasure", "Keep(after='a date or time field') beside for_=", "no field"
    if fate.after and not isinstance(column(policy, fate.after), DateField):
        yield "erasure", f"Keep(after=) to name a date or time field of {policy.model._meta.label}", repr(fate.after)


def change_fits(policy: Any, name: str, strategy: object) -> Iterator[Wrong]:
    """Whether the database will take what the strategy writes, for the second person too."""
    field = column(policy, name)
    if field is None:
        yield "erasure", f"a field of {policy.model._meta.label} to change", repr(name)
        return
    if not isinstance(strategy, FieldStrategy):
        yield "erasure", f"a field strategy for {name!r}, such as Blank()", repr(strategy)
        return
    if field.primary_key:
        yield "erasure", "fields other than the primary key", repr(name)
        return
    new = sample(strategy, field)
    if new is None and not field.null:
        yield "erasure", f"a value for {name!r}, which is NOT NULL", f"{type(strategy).__name__}() gives none"
    if new is not None and field.unique and not strategy.distinct:
        yield "erasure", f"Null() or a value of its own for {name!r}, which is unique", type(strategy).__name__ + "()"


def sample(strategy: FieldStrategy, field: Any) -> Any:
    """What a strategy makes of some value."""
    return strategy.sample(field)


def key_names(policy: Any) -> set[str]:
    """Names that ``follow`` may use."""
    meta: Any = policy.model._meta
    keys = {f.name for f in (*meta.fields, *meta.private_fields) if f.is_relation}
    return keys | {name for match in policy.matches for name in match.columns}


RULES: tuple[Rule, ...] = (
    attributes_are_known,
    context_is_of_its_words,
    named_fields_exist,
    follow_names_keys,
    subject_is_a_path,
    matches_name_fields,
    identifiers_can_be_read,
    shared_is_known,
    erasure_can_be_done,
    *WORDING,
)
