"""Whom and what a sweep leaves alone, whatever its queryset says."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from tasks.cases.actors import GROUPS
from tasks.cases.models import Case
from tasks.cases.states import OPEN
from tasks.cases.subjects import key_text, user_field
from tasks.collector.anyof import any_of
from tasks.collector.subject import Subject
from tasks.erasure import ledger
from tasks.erasure.keys import as_json, from_data, pieces, plain
from tasks.erasure.models import Action, ErasureBatch, ErasureRun, KeptRow
from tasks.erasure.prints import spot

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
    link = user_field(model, user)
    return f"{link.name}__" if link else None


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
    return _standing(keys, cases.exclude(subject_key="").order_by(), "subject_key", lambda key: text(model, key))


def erased_people(model: type[Model], keys: set[Any], *, using: str) -> set[Any]:
    """People who were erased already and whose row stays by its declaration: there is nothing more to do."""
    runs = plain(ErasureRun, ledger.alias()).filter(subject_label=model._meta.label, using=using)
    over = runs.exclude(finished_at=None).filter(identifiers="")
    return _standing(keys, over, "subject_key", lambda key: ledger.key_of(Subject(model, key, using)))


def settled_rows(sweep: str, model: type[Model], keys: set[Any]) -> set[Any]:
    """Rows that this sweep has worked on and that stay, changed or kept, as their model declares."""
    label = model._meta.label
    runs = plain(ErasureRun, ledger.alias()).filter(
        subject_label=label, subject_key__startswith=f'"{NAME.format(sweep=sweep)}'
    )
    own = Exists(runs.filter(pk=OuterRef("run")))  # run__in would have SQLite read all that the sweep has kept
    kept = plain(KeptRow, ledger.alias()).filter(own, label=label)
    found = _standing(keys, kept, "spot", lambda key: spot(label, as_json(key)))
    changed = plain(ErasureBatch, ledger.alias()).filter(run__in=runs, label=label, action=Action.UPDATE, done=True)
    for some in changed.values_list("keys", flat=True).iterator(chunk_size=100):
        found |= keys & {from_data(model, key) for key in some}
    return found


def _standing(keys: set[Any], rows: "QuerySet[Any]", column: str, text_of: Callable[[Any], str]) -> set[Any]:
    """Those of ``keys`` whose text stands in a column of ``rows``: asked by key, however large the table is."""
    found: set[Any] = set()
    for piece in pieces(keys):
        texts = {key: text_of(key) for key in piece}
        there = set(rows.filter(any_of(column, list(texts.values()))).values_list(column, flat=True))
        found.update(key for key, name in texts.items() if name in there)
    return found
