"""A copy of the ledger outside of the database: one sealed file in the vault for each erasure.

A database that is restored from a backup has forgotten the erasures since. The journal has not: it lies with the
vault's files, and holds what the ledger holds, keys and keyed fingerprints. A file is written when an erasure begins
and again when it is over, so that also one that was broken off is known.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string

from tasks.erasure import ledger
from tasks.erasure.erased import Erased, of_batch
from tasks.erasure.keys import pieces, plain
from tasks.erasure.models import ErasureBatch, ErasureRun, ErasureStep, KeptRow

FOLDER = "erasures"
FACTS = (
    "id", "subject_label", "subject_key", "subject_print", "using", "cause", "origin", "decisions", "decisions_hash",
    "verification", "started_at", "finished_at",
)  # fmt: skip
STEP = ("position", "label", "action", "planned", "done")
BATCH = ("label", "action", "keys", "notes")
KEPT = ("label", "key", "until", "held", "print", "spot")
Line = dict[str, Any]


def name_of(run_id: uuid.UUID | str) -> str:
    """Where an erasure's file lies in the vault."""
    return f"{FOLDER}/{run_id}.jsonl"


def write(run: ErasureRun, *, finished_at: datetime | None = None) -> None:
    """Put an erasure down as the ledger has it now, over what was written before. Streamed.

    Raises:
        OSError: the vault could not write.
    """
    facts = {name: getattr(run, name) for name in FACTS} | {"finished_at": finished_at or run.finished_at}
    with import_string("tasks.vault.writing")(name_of(run.pk)) as out:
        for line in _lines(run, facts):
            out.write(json.dumps(line, cls=DjangoJSONEncoder).encode() + b"\n")


def _lines(run: ErasureRun, facts: dict[str, Any]) -> Iterator[Line]:
    yield {"run": facts}
    using = ledger.alias()
    yield {"steps": list(plain(ErasureStep, using).filter(run=run).values(*STEP))}
    batches = plain(ErasureBatch, using).filter(run=run, done=True).order_by("pk").values(*BATCH)
    for batch in batches.iterator(chunk_size=10):
        yield {"batch": batch}
    kept = plain(KeptRow, using).filter(run=run, swept_at=None).order_by("pk").values(*KEPT)
    for piece in pieces(kept.iterator(chunk_size=1_000), 1_000):
        yield {"kept": piece}


def missing() -> Iterator[uuid.UUID]:
    """The erasures that the journal knows and this database does not, or knows only as begun."""
    known = _known()
    for run_id in _ids():
        if run_id not in known or (known[run_id] is None and read_run(run_id).finished_at is not None):
            yield run_id


def _ids() -> Iterator[uuid.UUID]:
    """The erasures that have a file."""
    for name in import_string("tasks.vault.names")(FOLDER):
        yield uuid.UUID(name.removeprefix(f"{FOLDER}/").removesuffix(".jsonl"))


def _known() -> dict[uuid.UUID, datetime | None]:
    """The erasures that the ledger has, and when each was over."""
    return dict(plain(ErasureRun, ledger.alias()).values_list("pk", "finished_at"))


def read_run(run_id: uuid.UUID) -> ErasureRun:
    """The run of a file, as it was; not saved.

    Raises:
        KeyUnavailable: the file is not there, or another key sealed it.
    """
    return _run(next(_read(run_id))["run"])


def erased(run: ErasureRun) -> Iterator[Erased]:
    """The rows that a journalled erasure deleted or changed."""
    for line in _read(run.pk):
        if "batch" in line:
            yield from of_batch(run, **line["batch"])


def kept(run: ErasureRun) -> list[KeptRow]:
    """The rows that a journalled erasure kept; not saved."""
    return [_kept(run, row) for line in _read(run.pk) for row in line.get("kept", ())]


def take_over(run_id: uuid.UUID) -> ErasureRun:
    """Put a journalled erasure back into the ledger, in one transaction; in place of one that was only begun.

    Raises:
        KeyUnavailable: the file is not there, or another key sealed it.
    """
    using = ledger.alias()
    with transaction.atomic(using=using):
        plain(ErasureRun, using).filter(pk=run_id, finished_at=None).delete()
        lines = _read(run_id)
        run = _run(next(lines)["run"])
        plain(ErasureRun, using).bulk_create([run], ignore_conflicts=True)  # somebody else may be as far
        if plain(ErasureStep, using).filter(run=run).exists() or plain(ErasureBatch, using).filter(run=run).exists():
            return run
        for line in lines:
            _store(run, line, using=using)
    return run


def _store(run: ErasureRun, line: Line, *, using: str) -> None:
    plain(ErasureStep, using).bulk_create(ErasureStep(run=run, **step) for step in line.get("steps", ()))
    if "batch" in line:
        plain(ErasureBatch, using).bulk_create([ErasureBatch(run=run, **line["batch"])])
    plain(KeptRow, using).bulk_create([_kept(run, row) for row in line.get("kept", ())], batch_size=1_000)


def remove_before(moment: datetime) -> int:
    """Remove the files of erasures that were over before ``moment``: no backup holds their rows any more."""
    known, count = _known(), 0
    for run_id in list(_ids()):
        over = known.get(run_id) or read_run(run_id).finished_at  # most files need not be opened
        if over is not None and over < moment:
            import_string("tasks.vault.delete")(name_of(run_id))
            count += 1
    return count


def _read(run_id: uuid.UUID) -> Iterator[Line]:
    with import_string("tasks.vault.reading")(name_of(run_id)) as clear:
        for line in clear:
            yield json.loads(line)


def _run(facts: Line) -> ErasureRun:
    moments = {name: parse_datetime(facts[name]) if facts[name] else None for name in ("started_at", "finished_at")}
    ids = {name: uuid.UUID(facts[name]) if facts[name] else None for name in ("id", "origin")}
    return ErasureRun(**{**facts, **moments, **ids})


def _kept(run: ErasureRun, row: Line) -> KeptRow:
    return KeptRow(run=run, **{**row, "until": date.fromisoformat(row["until"]) if row["until"] else None})
