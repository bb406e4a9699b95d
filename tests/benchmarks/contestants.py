"""Who is measured. Each contestant works on the subject with the given key and says what it saw.

``READERS`` may be run again and again on one database; each of ``ERASERS`` needs a fresh one.
"""

import itertools
import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.core import serializers
from django.db import connection, transaction

from tests.benchmarks import floor
from tests.benchmarks.market.models import User

Seen = dict[str, int]
AT = datetime(2026, 3, 5, 11, tzinfo=UTC)


def nested(key: int) -> Seen:
    """Django's own: what the admin's delete page shows."""
    return Counter({model._meta.label: len(rows) for model, rows in nested_objects(key).data.items()})


def nested_serialize(key: int) -> Seen:
    """The same, and every instance as JSON."""
    found = nested_objects(key)
    with Path(os.devnull).open("w") as out:
        serializers.serialize("json", itertools.chain.from_iterable(found.data.values()), stream=out)
    return Counter({model._meta.label: len(rows) for model, rows in found.data.items()})


def nested_objects(key: int) -> Any:
    found = NestedObjects(using="default")
    found.collect([User.objects.get(pk=key)])
    return found


def lines(key: int) -> Seen:
    """Ours: keys and rows of everything, as JSON lines."""
    from tasks import collector

    return written(our_lines(collector, subject(key)))


def our_lines(collector: Any, who: Any) -> Iterator[bytes]:
    if callable(getattr(collector, "lines", None)):
        yield from collector.lines(who)
        return
    from tasks.collector.lines import encode

    for batch in collector.collect(who):
        for line in encode(batch):
            yield line.encode() + b"\n"


def collect(key: int) -> Seen:
    """Ours: batches of Python values."""
    from tasks import collector

    seen: Seen = Counter()
    for batch in collector.collect(subject(key)):
        seen[batch.label] += len(batch.rows)
    return seen


def floor_lines(key: int) -> Seen:
    """Written by hand for this schema, encoded in Python."""
    with one_moment():
        return written(floor.lines(key))


def floor_server(key: int) -> Seen:
    """Written by hand for this schema, JSON made by the database."""
    with one_moment():
        return written(floor.server_lines(key))


@contextmanager
def one_moment() -> Iterator[None]:
    """A consistent read, as ours is."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL jit = off")  # it compiles for longer than the recursive statements run
        yield


def written(pieces: Iterator[bytes]) -> Seen:
    """Write to nowhere, and count lines."""
    count = 0
    with Path(os.devnull).open("wb") as out:
        for piece in pieces:
            out.write(piece)
            count += piece.count(b"\n")
    return {"lines": count}


def export_json_csv(key: int) -> Seen:
    """Ours: the whole export with labels and display values, as JSON and CSV."""
    return export(key, "json", "csv")


def export_pdf(key: int) -> Seen:
    """Ours: the PDF alone, however many volumes."""
    return export(key, "pdf")


def export(key: int, *kinds: str) -> Seen:
    from tasks import export as exporting

    with tempfile.TemporaryDirectory() as folder:
        paths = exporting.write(
            subject(key), to=Path(folder), at=AT, only=kinds, language="en", time_zone="Europe/Berlin"
        )
        return {"files": len(paths), "bytes": sum(path.stat().st_size for path in paths)}


def whole_package(key: int) -> Seen:
    """Ours: everything that a person gets, from a sealed snapshot, sealed: JSON, CSV, viewer, PDF with volumes, ZIP."""
    from tasks import export as exporting
    from tasks.export.folder import facts

    who = subject(key)
    about = facts(who, at=AT, language="en", time_zone="Europe/Berlin")
    exporting.take_snapshot(read(who), name="snapshot", about=about, subject=who)
    built = exporting.build("snapshot", about=about, prefix="package")
    return {"files": len(built), "bytes": sum(each.size for each in built)}


def read(who: Any) -> Any:
    """The database's batches, as a case takes them."""
    from tasks import collector

    return collector.source("database", raw=True).collect(who)


def count(key: int) -> Seen:
    """Ours: how many rows per model, for the page that tells a person what is held."""
    from tasks import collector

    return collector.count(subject(key))


def explained(key: int) -> Seen:
    """Ours: collected, with labels and display values."""
    from zoneinfo import ZoneInfo

    from tasks.transform import Block, explain

    who = subject(key)
    found = explain(read(who), language="en", time_zone=ZoneInfo("Europe/Berlin"), subject=who)
    return {"records": sum(len(item) for item in found if isinstance(item, Block))}


# --- erasing


def user_delete(key: int) -> Seen:
    """Django's own."""
    _, seen = User.objects.get(pk=key).delete()
    return seen


def erase(key: int) -> Seen:
    """Ours: planned, carried out, with the ledger."""
    from tasks import erasure

    who = subject(key)
    stats = erasure.apply(who, erasure.plan(who, at=AT), run_id=uuid.UUID(int=key), at=AT)
    _, seen = stats
    return dict(seen)


def cascade(key: int) -> Seen:
    """The database's: keys that were made ON DELETE CASCADE or SET NULL, and the generic rows by hand."""
    known = floor.facts(key)
    statements = (
        f"DELETE FROM market_attachment WHERE content_type_id = {{post}} AND object_id IN ({floor.POSTS})",
        "DELETE FROM market_auditentry WHERE content_type_id = {user} AND object_id = {me_text}",
        "DELETE FROM market_auditentry WHERE content_type_id = {order} AND object_id IN ({orders_text})",
        "DELETE FROM market_auditentry WHERE content_type_id = {post} AND object_id IN ({posts_text})",
        "DELETE FROM market_user WHERE id = {me}",
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**known))
    return {}


def subject(key: int) -> Any:
    from tasks.collector import Subject

    return Subject.find(User, key)


READERS: dict[str, Callable[[int], Seen]] = {
    "nested": nested,
    "nested+serialize": nested_serialize,
    "lines": lines,
    "collect": collect,
    "floor": floor_lines,
    "floor-server": floor_server,
    "export": export_json_csv,
    "pdf": export_pdf,
    "package": whole_package,
    "count": count,
    "explained": explained,
}
ERASERS: dict[str, Callable[[int], Seen]] = {"user.delete": user_delete, "erase": erase, "cascade": cascade}
ALL = READERS | ERASERS
