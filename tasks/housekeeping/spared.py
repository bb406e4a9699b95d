"""Whom and what a sweep leaves alone, whatever its queryset says."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q

from tasks.cases.actors import GROUPS
from tasks.cases.models import Case
from tasks.cases.states import OPEN
from tasks.cases.subjects import key_text
from tasks.collector.subject import Subject
from tasks.erasure import ledger
from tasks.erasure.keys import as_json, from_data, pieces, plain
from tasks.erasure.models import Action, ErasureBatch, ErasureRun, KeptRow

NAME = "sweep:{sweep}/"  # how the ledger's runs of a sweep of rows begin


def text(model: type[Model], key: Any) -> str:
    """A person's key as cases and notices remember it."""
    return key_text(Subject(model, key, ""))


def staff(model: type[Model], keys: set[Any], *, using: str, swept: bool) -> set[Any]:
    """People of the office and the back office; where these are swept on purpose, the last superuser all the same."""
    path = path_to_user(model)
    if path is None:
        return set()
    found: set[Any] = set()
    if not swept:
        found = _with(model, keys, working(path), using=using)
    return found | _last_superuser(model, keys, path, using=using)


def path_to_user(model: type[Model]) -> str | None:
    """The lookup from a person's row to the account that signs in: empty, ``"user__"``, or None where there is none."""
    user = get_user_model()._meta.concrete_model
    if user is None or issubclass(model, user):
        return ""
    links = (f.name for f in model._meta.concrete_fields if f.is_relation and f.related_model is user)
    name = next(links, None)
    return f"{name}__" if name else None


def working(path: str) -> Q:
    """Whoever works here, as far as the user model tells."""
    names = {field.name for field in get_user_model()._meta.get_fields()}
    found = Q(pk__in=[])
    for name in ("is_staff", "is_superuser"):
        if name in names:
            found |= Q(**{f"{path}{name}": True})
    return found | Q(**{f"{path}groups__name__in": sorted(GROUPS)}) if "groups" in names else found


def _last_superuser(model: type[Model], keys: set[Any], path: str, *, using: str) -> set[Any]:
    """Those of ``keys`` who may administrate, if no other active superuser would be left."""
    names = {field.name for field in get_user_model()._meta.get_fields()}
    if "is_superuser" not in names:
        return set()
    chosen = {f"{path}is_superuser": True, **({f"{path}is_active": True} if "is_active" in names else {})}
    every = set(plain(model, using).filter(**chosen).values_list("pk", flat=True))
    return every if every and every <= keys else set()


def _with(model: type[Model], keys: set[Any], condition: Q, *, using: str) -> set[Any]:
    found: set[Any] = set()
    for piece in pieces(keys):
        found.update(plain(model, using).filter(condition, pk__in=piece).values_list("pk", flat=True))
    return found


def with_open_case(model: type[Model], keys: set[Any], *, using: str) -> set[Any]:
    """People who have asked for something that is not answered yet: they are waiting for it."""
    cases = Case.objects.filter(subject_label=model._meta.label, subject_alias=using, state__in=sorted(OPEN))
    waiting = set(cases.exclude(subject_key="").values_list("subject_key", flat=True))
    return {key for key in keys if text(model, key) in waiting} if waiting else set()


def erased_people(model: type[Model], keys: set[Any], *, using: str) -> set[Any]:
    """People who were erased already and whose row stays by its declaration: there is nothing more to do."""
    runs = plain(ErasureRun, ledger.alias()).filter(subject_label=model._meta.label, using=using)
    over = runs.exclude(finished_at=None).filter(identifiers="").values_list("subject_key", flat=True)
    done = set(over.iterator(chunk_size=2_000))
    return {key for key in keys if json.dumps(as_json(key)) in done} if done else set()


def settled_rows(sweep: str, model: type[Model], keys: set[Any]) -> set[Any]:
    """Rows that this sweep has worked on and that stay, changed or kept, as their model declares."""
    runs = plain(ErasureRun, ledger.alias()).filter(
        subject_label=model._meta.label, subject_key__startswith=f'"{NAME.format(sweep=sweep)}'
    )
    kept = plain(KeptRow, ledger.alias()).filter(run__in=runs, label=model._meta.label).values_list("key", flat=True)
    changed = plain(ErasureBatch, ledger.alias()).filter(
        run__in=runs, label=model._meta.label, action=Action.UPDATE, done=True
    )
    found = set(_typed(model, kept.iterator(chunk_size=2_000)))
    for some in changed.values_list("keys", flat=True).iterator(chunk_size=100):
        found.update(_typed(model, some))
    return keys & found


def _typed(model: type[Model], keys: Iterable[Any]) -> Iterable[Any]:
    return (from_data(model, key) for key in keys)
