"""What the ledger holds of rows: batches that went or were changed, and rows that stay, written with the rows.

A restored journal is written by journal.py, and the end of kept rows by kept.py.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connections

from tasks.erasure import ledger
from tasks.erasure.keys import as_json, plain
from tasks.erasure.models import Action, ErasureBatch, ErasureRun, ErasureStep, KeptRow
from tasks.erasure.prints import KeptNote, spot


def count_done(run: ErasureRun, label: str, action: str, n: int) -> None:
    """Count ``n`` rows as done: the first statement of a transaction, so that it takes the lock before it reads."""
    sql, run_id = counting(ledger.alias()), ErasureStep._meta.get_field("run")
    with connections[ledger.alias()].cursor() as cursor:
        cursor.execute(sql, [n, run_id.get_db_prep_value(run.pk, connections[ledger.alias()]), label, str(action)])


@cache
def counting(using: str) -> str:
    """The statement of ``count_done``, which runs in every transaction: composed once."""
    quoted = connections[using].ops.quote_name
    table = quoted(ErasureStep._meta.db_table)
    names = {field.name: quoted(str(field.column)) for field in ErasureStep._meta.concrete_fields}
    return (
        f"UPDATE {table} SET {names['done']} = {names['done']} + %s "  # noqa: S608 - quoted names only
        f"WHERE {names['run']} = %s AND {names['label']} = %s AND {names['action']} = %s"
    )


def batch_of(
    run: ErasureRun, label: str, action: Action, keys: list[Any], *, notes: list[str], done: bool
) -> ErasureBatch:
    """Whose turn it is or was, and beside each key what tells a reused one from the row that went. Not saved."""
    integers = not keys or type(keys[0]) is int
    data = keys if integers else [as_json(key) for key in keys]
    return ErasureBatch(run=run, label=label, action=action, keys=data, notes=notes, done=done)


def write_batches(rows: list[ErasureBatch]) -> None:
    """Save ledger rows, in one statement where the database can."""
    if len(rows) == 1:
        rows[0].save(using=ledger.alias(), force_insert=True)
    elif rows:
        plain(ErasureBatch, ledger.alias()).bulk_create(rows)


def drop_undone(intent: ErasureBatch, undone: Iterable[Any]) -> None:
    """Take the keys out of an intent that was not carried out for them."""
    waiting = {json.dumps(key) for key in undone}
    notes = intent.notes or [""] * len(intent.keys)
    pairs = [(key, note) for key, note in zip(intent.keys, notes, strict=True) if json.dumps(key) not in waiting]
    intent.keys, intent.notes = [key for key, _ in pairs], [note for _, note in pairs]
    intent.save(using=ledger.alias(), update_fields=["keys", "notes"])


def settle(run: ErasureRun, intent: ErasureBatch) -> None:
    """Turn an intent into what was done, and count it; nothing if that happened already."""
    if not plain(ErasureBatch, ledger.alias()).filter(pk=intent.pk, done=False).update(done=True):
        return
    count_done(run, intent.label, intent.action, len(intent.keys))
    if intent.action == Action.KEEP:
        notes = intent.notes or [None] * len(intent.keys)
        write_kept(run, intent.label, zip(intent.keys, map(KeptNote.of, notes), strict=True))
        intent.delete(using=ledger.alias())


def write_kept(run: ErasureRun, label: str, kept: Iterable[tuple[Any, KeptNote]]) -> None:
    """Write down rows that stay: JSON-able keys (a list where they are composite), each with what tells its end."""
    rows = [
        KeptRow(
            run=run, label=label, key=key, spot=spot(label, key), until=note.until, print=note.print, held=note.held
        )
        for key, note in kept
    ]
    plain(KeptRow, ledger.alias()).bulk_create(rows, batch_size=1_000)
