"""What a sweep would do at a moment: asked of its queryset, type-checked, without those whom nobody may sweep."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from tasks.collector.graph import alias_of, graph
from tasks.collector.subject import default_alias, subject_model
from tasks.datamap import registry
from tasks.datamap.sweeps import SMALL, Sweep
from tasks.erasure import holds
from tasks.erasure.keys import as_json, pieces, plain, sort_keys
from tasks.erasure.models import Action
from tasks.erasure.plan import Plan
from tasks.housekeeping import spared
from tasks.housekeeping.models import Leaver

HALF = 0.5


@dataclass
class Look:
    """One look at what a sweep matches. ``fresh`` are people to tell, ``ripe`` rows whose time has come.

    ``spared`` says how many matched and are left alone, by reason. Nothing was changed by looking.
    """

    sweep: Sweep
    model: type[Model]
    using: str
    rows: int  # of the whole table
    matched: int = 0
    fresh: list[Any] = field(default_factory=list, repr=False)
    ripe: list[Any] = field(default_factory=list, repr=False)
    waiting: int = 0  # told, and their time is not over
    untold: int = 0  # the letter did not go out yet, or never will
    stayed: list[int] = field(default_factory=list, repr=False)  # Leavers who match no more
    spared: dict[str, int] = field(default_factory=dict)
    along: dict[str, int] = field(
        default_factory=dict
    )  # of other tables, what would go with these: see ``taken_along``

    @property
    def is_about_people(self) -> bool:
        return self.model is subject_model()

    @property
    def touches(self) -> int:
        """How many rows a run would tell or take, whichever is more."""
        return max(len(self.fresh), len(self.ripe))

    @property
    def allowed(self) -> int:
        return self.sweep.allowed(self.rows)

    @property
    def is_too_much(self) -> bool:
        return self.touches > self.allowed or bool(self.along)

    @property
    def set_hash(self) -> str:
        """The very rows that it would tell and take, in 64 hex digits: what a person confirms."""
        names = [self.sweep.key, self.model._meta.label, plainly(self.fresh), plainly(self.ripe)]
        return hashlib.sha256(json.dumps(names).encode()).hexdigest()

    @property
    def counts(self) -> dict[str, Any]:
        """For the record: numbers only."""
        return {
            "rows": self.rows,
            "matched": self.matched,
            "allowed": self.allowed,
            "tell": len(self.fresh),
            "waiting": self.waiting,
            "untold": self.untold,
            "stayed": len(self.stayed),
            "go": len(self.ripe),
            "spared": self.spared,
            "along": self.along,
        }


def plainly(keys: Iterable[Any]) -> list[Any]:
    """Keys as JSON holds them, in one order."""
    return [as_json(key) for key in sort_keys(keys)]


def look(sweep: Sweep, *, at: datetime) -> Look:
    """Ask a sweep what it matches at this moment. Changes nothing; some queries, none of them per row.

    Raises:
        DeclarationError: what its function gave is no queryset of rows that may be swept.
        SourceUnavailable: Dossier's tables are missing.
    """
    found = matches(sweep, at=at)
    model, using = home_of(found)
    keys = keys_of(found, model)
    table = plain(model, using)
    result = Look(sweep, model, using, rows=table.count(), matched=len(keys))
    left = _without_spared(result, keys)
    if result.is_about_people:
        _by_notice(result, left, spared_keys=keys - left, at=at)
    else:
        result.ripe = sort_keys(left)
    return result


def matches(sweep: Sweep, *, at: datetime) -> "QuerySet[Any]":
    """What the sweep's function gives, checked before anybody builds on it.

    Raises:
        DeclarationError: sweep, wanted, found.
    """
    found = sweep.find(at)
    if not isinstance(found, QuerySet):
        raise sweep.wrong("queryset", "a QuerySet", type(found).__name__)
    model = found.model._meta.concrete_model or found.model
    if found.query.is_sliced or found.query.combinator:
        raise sweep.wrong("queryset", "one that can be filtered", "a slice or a union")
    if getattr(found, "_fields", None) is not None:
        raise sweep.wrong("queryset", "rows", "values() or values_list()")
    if not registry.is_declared(model) and not issubclass(model, subject_model()):
        raise sweep.wrong("queryset", "a model that a privacy.py declares", model._meta.label)
    if sweep.notice and not issubclass(model, subject_model()):
        people = subject_model()._meta.label
        raise sweep.wrong("notice", f"none, for only people ({people}) can be told", model._meta.label)
    return found.using(home_of(found)[1])


def home_of(found: "QuerySet[Any]") -> tuple[type[Model], str]:
    """The model whose rows go, and the database that they go from: the one that is written, never a replica.

    Rows of a kind of the subject model (a proxy, a multi-table child) are people.
    """
    people = subject_model()
    model = found.model._meta.concrete_model or found.model
    if issubclass(model, people):
        return people, default_alias()
    return model, alias_of(model, subject=people, using=default_alias())


def keys_of(found: "QuerySet[Any]", model: type[Model]) -> set[Any]:
    """The primary keys of the matched rows, in the type that the model's rows have."""
    return set(found.order_by().values_list(_pk_name(found, model), flat=True).iterator(chunk_size=2_000))


def _pk_name(found: "QuerySet[Any]", model: type[Model]) -> str:
    """What the key of ``model`` is called in a queryset of its rows, or of a kind of them."""
    return "pk" if found.model._meta.concrete_model is model or model._meta.pk is None else model._meta.pk.name


def still(sweep: Sweep, model: type[Model], keys: list[Any], *, at: datetime) -> set[Any]:
    """Those of ``keys`` that the sweep matches at this moment, and that nobody spares."""
    found, some = matches(sweep, at=at), set[Any]()
    for piece in pieces(keys):
        some |= keys_of(found.filter(**{f"{_pk_name(found, model)}__in": piece}), model)
    return _without_spared(Look(sweep, model, home_of(found)[1], rows=0), some)


def taken_along(look: Look, plan: Plan) -> dict[str, int]:
    """The other models of whose rows more than half would go along with swept ones: ``{label: rows}``.

    More than the sweep's own limit, where that is wider. Small tables do not count. A sweep of a few rows may take a
    whole shop with it by one wrong ``on_delete``.
    """
    going: dict[type[Model], int] = {}
    for step in plan.steps:
        if step.action == Action.DELETE and step.model is not look.model:
            going[step.model] = going.get(step.model, 0) + step.count
    alias, most = graph(look.model, using=look.using).alias, max(HALF, look.sweep.share)
    much = {model: n for model, n in going.items() if n > SMALL and n > most * plain(model, alias(model)).count()}
    return {model._meta.label: n for model, n in much.items()}


def _without_spared(look: Look, keys: set[Any]) -> set[Any]:
    """Leave out, with the reason counted, whom nobody may sweep."""
    for reason, ask in reasons(look):
        if some := ask(keys) if keys else set():
            look.spared[reason] = len(some)
            keys = keys - some
    return keys


def reasons(look: Look) -> list[tuple[str, Any]]:
    """Why rows are left alone, each with the question that finds them."""
    model, using = look.model, look.using
    held = ("held", lambda keys: holds.held_keys(model, keys, using=using))
    if not look.is_about_people:
        return [("settled", lambda keys: spared.settled_rows(look.sweep.key, model, keys)), held]
    return [
        ("staff", lambda keys: spared.staff(model, keys, using=using, swept=look.sweep.staff)),
        ("erased", lambda keys: spared.erased_people(model, keys, using=using)),
        ("case", lambda keys: spared.with_open_case(model, keys, using=using)),
        held,
    ]


def _by_notice(look: Look, keys: set[Any], *, spared_keys: set[Any], at: datetime) -> None:
    """Tell apart who is to be told, who waits, whose time has come, and who stayed. Who is spared keeps their place."""
    later = {spared.text(look.model, key) for key in spared_keys}
    names = {spared.text(look.model, key): key for key in keys}
    known = Leaver.objects.filter(sweep=look.sweep.key, subject_label=look.model._meta.label, subject_alias=look.using)
    seen = set()
    for leaver in known.iterator(chunk_size=2_000):
        key = names.get(leaver.subject_key)
        seen.add(leaver.subject_key)
        if key is None:
            look.stayed += [] if leaver.subject_key in later else [leaver.pk]
        elif leaver.is_ripe(look.sweep.notice, at=at):
            look.ripe.append(key)
        elif leaver.told_at is None:
            look.untold += 1
        else:
            look.waiting += 1
    new = [key for name, key in names.items() if name not in seen]
    look.fresh = sort_keys(new) if look.sweep.notice else []
    look.ripe = sort_keys(look.ripe if look.sweep.notice else [*look.ripe, *new])
