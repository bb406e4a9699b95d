"""Look again: what is left of a person after an erasure, by every tie, by broken keys, and by what is known of them."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from tasks.collector import Subject
from tasks.collector.graph import Graph, graph
from tasks.collector.lookup import Lookups
from tasks.collector.reading import Reader
from tasks.datamap import Keep, registry
from tasks.datamap.relations import Kind, Relation, incoming
from tasks.erasure import ledger
from tasks.erasure.keys import from_data, model_of, pieces, plain
from tasks.erasure.links import Tables
from tasks.erasure.models import Action, ErasureBatch, ErasureRun
from tasks.erasure.plan import plan as make_plan
from tasks.errors import SourceUnavailable

Counts = dict[str, int]
SHORTEST = 4  # a shorter name is found everywhere


@dataclass(frozen=True)
class Verification:
    """What a second look found. Counts only: no key and no value of a row.

    ``left`` are rows per label that an erasure would still delete or change, ``broken`` keys per
    ``label.field`` that name a row which is gone, ``mentions`` rows per ``label.field`` of what stays
    in which the person's e-mail address, name, phone or other known value still stands.
    ``searched`` says whether the values were known, so that mentions could be looked for.
    """

    at: datetime
    left: Counts = field(default_factory=dict)
    broken: Counts = field(default_factory=dict)
    mentions: Counts = field(default_factory=dict)
    searched: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing is left and no key is broken. Mentions are for people to judge."""
        return not self.left and not self.broken

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(), "clean": self.clean, "left": self.left, "broken": self.broken,
            "mentions": self.mentions, "searched": self.searched,
        }  # fmt: skip


def verify(
    subject: Subject, *, run_id: uuid.UUID | str, at: datetime, identifiers: Mapping[str, list[str]] | None = None
) -> Verification:
    """Collect again, from the key of the row that is gone, and report what is left of the run.

    ``identifiers`` are what was known of the person before; by default what the run sealed, which is
    forgotten once nothing is left.

    Raises:
        SourceUnavailable: there is no such run, or the database did not answer.

    Source: GDPR art. 5(2), 17(1).
    """
    run = ledger.get(run_id)
    if run is None:
        raise SourceUnavailable(f"There is no erasure {run_id} to verify. Carry it out first.")
    known = dict(identifiers) if identifiers is not None else ledger.unseal(run)
    settled = ledger.settled_keys(run)
    left = make_plan(subject, at=at).without(settled)
    compiled = graph(subject.model, using=subject.using)
    counts: Counts = {}
    for step in left.steps:
        counts[step.label] = counts.get(step.label, 0) + step.count
    found = Verification(
        at=at,
        left={label: n for label, n in sorted(counts.items()) if n},
        broken=broken(run, subject, compiled),
        mentions=mentions(settled, known, compiled),
        searched=bool(known),
    )
    ledger.verified(run, found.as_json(), forget=found.clean)
    return found


def broken(run: ErasureRun, subject: Subject, compiled: Graph) -> Counts:
    """Keys that name a row which this run deleted, per ``label.field``."""
    found: Counts = {}
    tables = Tables(compiled)
    with Reader() as reader:
        lookups = Lookups(subject, compiled, reader)
        for model, keys in erased(run):
            for relation in incoming(model):
                if tables.kind(relation.model) != "t" or not _can_be_broken(relation):
                    continue
                if n := sum(1 for _ in lookups.along(relation, keys)):
                    name = f"{relation.model._meta.label}.{relation.name}"
                    found[name] = found.get(name, 0) + n
    return dict(sorted(found.items()))


def erased(run: ErasureRun) -> Iterator[tuple[type[Model], list[Any]]]:
    """The keys that the run deleted, model by model in batches."""
    rows = plain(ErasureBatch, ledger.alias()).filter(run=run, action=Action.DELETE, done=True).order_by("pk")
    for label, keys in rows.values_list("label", "keys").iterator():
        model = model_of(label)
        for piece in pieces(keys):
            yield model, [from_data(model, key) for key in piece]


def _can_be_broken(relation: Relation) -> bool:
    """Whether a key of this relation that names no row is a fault.

    It is none where a declaration lets rows stay whose key no constraint of the database holds. Keys
    that name another column than the primary one are left to the database's constraint.
    """
    if relation.kind == Kind.GENERIC:
        return registry.get(relation.model).erasure is None
    if relation.kind in (Kind.PARENT, Kind.JOIN) or not relation.to_key:
        return False
    column: Any = relation.model._meta.get_field(relation.name)
    return registry.get(relation.model).erasure is None or bool(getattr(column, "db_constraint", False))


def mentions(settled: Mapping[str, set[Any]], known: Mapping[str, list[str]], compiled: Graph) -> Counts:
    """Rows that stay and in whose text one of the ``known`` values stands, per ``label.field``."""
    pattern = pattern_of(known)
    found: Counts = {}
    if pattern is None:
        return found
    for label, keys in settled.items():
        model = model_of(label)
        columns = [field.attname for field in searched_fields(model)]
        for piece in pieces(keys) if columns else ():
            rows = plain(model, compiled.alias(model)).filter(pk__in=piece).values_list(*columns)
            for row in rows.iterator():
                for column, value in zip(columns, row, strict=True):
                    if value and pattern.search(str(value)):
                        found[f"{label}.{column}"] = found.get(f"{label}.{column}", 0) + 1
    return dict(sorted(found.items()))


def searched_fields(model: type[Model]) -> list[Any]:
    """Text fields of a row that stays; of a kept one only those that were to be changed: the others stay on purpose."""
    fate = registry.get(model).erasure
    texts = [field for field in model._meta.local_concrete_fields if is_text(field)]
    if isinstance(fate, Keep):
        return [field for field in texts if field.name in fate.changes]
    return texts


def is_text(field: Any) -> bool:
    """Whether a field may hold a name or an address."""
    kinds = {
        "CharField",
        "TextField",
        "EmailField",
        "SlugField",
        "URLField",
        "JSONField",
        "GenericIPAddressField",
        "FileField",
    }
    return not field.is_relation and field.get_internal_type() in kinds


def pattern_of(known: Mapping[str, list[str]]) -> re.Pattern[str] | None:
    """One pattern for all values that are long enough to mean somebody, as whole words, in any case."""
    values = {value.strip() for values in known.values() for value in values}
    long = sorted((value for value in values if len(value) >= SHORTEST), key=len, reverse=True)
    if not long:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(value) for value in long)})(?!\w)", re.IGNORECASE)
