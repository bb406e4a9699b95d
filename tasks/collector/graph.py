"""The relation graph, compiled once per process, subject model and database: what the walk follows.

``tasks.datamap.ties`` says what could be reached; here that is cut to the tables that exist, put in
order, and each model gets the database that it is read from.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connections, router
from django.db.models import Model

from tasks.collector.components import ranks
from tasks.datamap import registry
from tasks.datamap.ties import Reach, Says, Tie, reach

MISSING = "its table is missing in database '{alias}'"


@dataclass(frozen=True)
class Graph:
    """Ties by the model that they start from, and the order in which models are visited.

    ``missing`` are models that could be reached if their tables existed; ``gaps`` says so, label and reason.
    ``views`` are models whose table is a database view: read, never deleted from.
    """

    subject: type[Model]
    using: str
    ties: dict[type[Model], tuple[Tie, ...]]
    by_value: tuple[Tie, ...]
    rank: dict[type[Model], int]
    aliases: dict[type[Model], str]
    views: frozenset[type[Model]]
    missing: tuple[type[Model], ...]
    made: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # what others compiled from it

    @property
    def gaps(self) -> dict[str, str]:
        return {model._meta.label: MISSING.format(alias=self.aliases[model]) for model in self.missing}

    def alias(self, model: type[Model]) -> str:
        """The database that rows of ``model`` are read from."""
        return self.aliases.get(model, self.using)

    def from_rows_of(self, model: type[Model], *says: Says) -> list[Tie]:
        """The ties that start at ``model`` and say one of ``says``."""
        return [tie for tie in self.ties.get(model, ()) if tie.says in says]


def graph(subject: type[Model], *, using: str) -> Graph:
    """The graph for subjects of one model in one database, compiled at first use.

    Tables that were missing are looked for again: a process may have started before a migration.
    """
    found = _compiled(subject, using, registry.version)
    if any(kind_of_table(model, relations_in(found.aliases[model])) for model in found.missing):
        _compiled.cache_clear()
        return _compiled(subject, using, registry.version)
    return found


@lru_cache(maxsize=64)
def _compiled(subject: type[Model], using: str, version: int) -> Graph:
    reached = reach(subject)
    aliases = {model: alias_of(model, subject=subject, using=using) for model in {subject, *reached.models}}
    tables = {alias: relations_in(alias) for alias in set(aliases.values())}
    kinds = {model: kind_of_table(model, tables[alias]) for model, alias in aliases.items()}
    missing = {model for model, kind in kinds.items() if not kind}
    ties = [tie for tie in reached.ties if tie.model not in missing and tie.target not in missing]
    by_target: dict[type[Model], tuple[Tie, ...]] = {
        target: tuple(tie for tie in ties if tie.target is target)
        for target in sorted(reached.inner, key=label)  # a set is in another order in each process
    }
    return Graph(
        subject=subject,
        using=using,
        ties=by_target,
        by_value=tuple(tie for tie in ties if tie.target is None),
        rank=visiting_order(reached, by_target),
        aliases=aliases,
        views=frozenset(model for model, kind in kinds.items() if kind == "v"),
        missing=tuple(sorted(missing, key=label)),
    )


def visiting_order(reached: Reach, ties: dict[type[Model], tuple[Tie, ...]]) -> dict[type[Model], int]:
    """Where each model stands, so that all rows that lead to a model's rows are known before it is visited."""
    nodes = sorted(reached.inner, key=label)
    return ranks(
        nodes,
        lambda node: [tie.model for tie in ties.get(node, ()) if tie.says is not Says.NAMED and tie.model in ties],
    )


def alias_of(model: type[Model], *, subject: type[Model], using: str) -> str:
    """Models that live with the subject are read where the subject is read; others where the router says."""
    home, with_subject = router.db_for_write(model), router.db_for_write(subject)
    return using if home == with_subject else home


def relations_in(alias: str) -> dict[str, str]:
    """``{table name: "t" or "v"}`` of what a database holds."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_list(cursor)
    return {connection.introspection.identifier_converter(info.name): info.type for info in found}


def kind_of_table(model: type[Model], tables: dict[str, str]) -> str:
    """``"t"``, ``"v"``, or an empty text where the model's table is missing.

    A name with quotes inside is some other schema's, which introspection does not list.
    """
    name = model._meta.db_table
    return "t" if '"' in name else tables.get(name) or tables.get(name.lower()) or ""


def label(model: type[Model]) -> str:
    return model._meta.label
