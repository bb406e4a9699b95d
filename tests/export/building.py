"""Files of a package from a few batches, without a database, a vault or a case."""

import tempfile
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from typing import Any

from tasks import collector, export, vault
from tasks.collector import Batch, Subject
from tasks.export.book import Book
from tasks.export.package import Package, taken_over
from tasks.export.snapshot import record
from tasks.export.spool import Spool
from tests.export.conftest import about_of

QUICK = ("json", "csv", "html")  # all but the report


def store(rows: Iterable[tuple[Any, ...]], *, columns: tuple[str, ...] = ("key", "text"), label: str = "cart") -> Batch:
    """Rows of a store that is no model."""
    return Batch("redis", label, None, columns, list(rows), True)


def made(batches: Iterable[Batch], *, kinds: Collection[str] = QUICK, **given: Any) -> dict[str, bytes]:
    """``{path: bytes}`` of the files that are made of these batches."""
    about = about_of(**given)
    with tempfile.TemporaryFile() as held, Spool() as spool:
        record(batches, held, about=about, subject=None)
        with about.speaking():
            package = Package(Book([held], redactions=about.redactions), about, spool)
            package.make(kinds)
            return {piece.path: b"".join(package.chunks(piece.path)) for piece in package.pieces()}


def of_vault(*names: str, kinds: Collection[str] = QUICK, **given: Any) -> dict[str, bytes]:
    """``{path: bytes}`` of the files that are made of these sealed snapshots, those that stores gave among them."""
    about = about_of(**given)
    with ExitStack() as stack:
        held = [stack.enter_context(vault.reading(name)) for name in names]
        beside = [taken_over(name) for name in names]
        contents = [stack.enter_context(vault.reading(name)) if name else None for name in beside]
        spool = stack.enter_context(Spool())
        stack.enter_context(about.speaking())
        package = Package(Book(held, redactions=about.redactions, contents=contents), about, spool)
        package.make(kinds)
        return {piece.path: b"".join(package.chunks(piece.path)) for piece in package.pieces()}


def snapshots(subject: Subject, **given: Any) -> list[export.Snapshot]:
    """One per source, as a case takes them."""
    return [
        export.take_snapshot(
            source.collect(subject),
            name=f"case/{source.key}",
            about=about_of(**given),
            subject=subject,
            source=source.key,
        )
        for source in collector.sources()
    ]


def section(answer: dict[str, Any], key: str) -> dict[str, Any]:
    found = [each for category in answer["categories"] for each in category["sections"] if each["key"] == key]
    assert len(found) == 1
    return dict(found[0])
