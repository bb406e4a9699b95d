"""What the ledger remembers, for whoever plays erasures again after a restore: what was erased must stay erased.

Source: GDPR art. 5(1)(e), 17(1).
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Model, Q

from tasks.collector.anyof import any_of
from tasks.erasure import ledger
from tasks.erasure.keys import from_data, model_of, pieces, plain
from tasks.erasure.models import Action, ErasureBatch, ErasureRun
from tasks.erasure.prints import Prints


@dataclass(frozen=True)
class Erased:
    """One row that an erasure deleted (``action`` delete) or changed (update). No value of it is known any more.

    ``print`` is the keyed fingerprint of what never changed in a deleted row; empty where its model has nothing
    such, and for changed rows. ``at`` is when its erasure ended, or began if it has not ended.
    """

    run_id: uuid.UUID
    label: str
    key: Any
    action: str
    print: str
    at: datetime

    @property
    def model(self) -> type[Model]:
        return model_of(self.label)


def erased(*, since: datetime | None = None, run: ErasureRun | None = None) -> Iterator[Erased]:
    """Yield every row of every erasure that was not over before ``since``, in the order of work; or of one ``run``.

    ``since`` is the moment of the backup that was restored: what ended before is in it already. Streamed.
    """
    runs = plain(ErasureRun, ledger.alias())
    if run is not None:
        runs = runs.filter(pk=run.pk)
    if since is not None:
        runs = runs.filter(Q(finished_at=None) | Q(finished_at__gte=since))
    for run in runs.order_by("started_at", "pk"):
        batches = plain(ErasureBatch, ledger.alias()).filter(run=run, done=True).order_by("pk")
        for batch in batches.iterator(chunk_size=10):
            yield from of_batch(run, label=batch.label, action=batch.action, keys=batch.keys, notes=batch.notes)


def of_batch(run: ErasureRun, *, label: str, action: str, keys: list[Any], notes: list[str]) -> Iterator[Erased]:
    """Yield the rows of a batch, as the ledger and its journal have it: JSON-able keys, each with its fingerprint."""
    model, at = model_of(label), run.finished_at or run.started_at
    for key, print_ in zip(keys, notes or [""] * len(keys), strict=True):
        yield Erased(run.pk, label, from_data(model, key), action, print_, at)


def returned(rows: Iterable[Erased], *, using: str) -> Iterator[tuple[Erased, bool | None]]:
    """Yield those of ``rows`` whose key is there (again), and whether it is the row that was erased.

    True: the fingerprints agree. False: a stranger has the key now, and must not be touched. None: the
    model has nothing that never changes, or the row was only changed; somebody has to decide.
    """
    for (run_id, label), some in groupby(rows, key=lambda row: (row.run_id, row.label)):
        prints = Prints(ErasureRun(pk=run_id))
        for piece in pieces(some):
            yield from _compared(model_of(label), piece, prints, using=using)


def _compared(
    model: type[Model], rows: list[Erased], prints: Prints, *, using: str
) -> Iterator[tuple[Erased, bool | None]]:
    keys = [row.key for row in rows]
    found = prints.of(model, keys, using=using)
    there = found.keys() or set(plain(model, using).filter(any_of("pk", keys)).values_list("pk", flat=True))
    for row in rows:
        if row.key in there:
            known = row.action == Action.DELETE and row.print and row.key in found
            yield row, found[row.key] == row.print if known else None
