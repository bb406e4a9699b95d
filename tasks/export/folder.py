"""A package without a case, into a folder and in the clear: for engineers at a shell."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from tasks import collector
from tasks.collector import Batch, Subject
from tasks.collector.waiting import Wait
from tasks.datamap import Ask, registry
from tasks.datamap.vocabulary import Text
from tasks.errors import DossierError, SourceRefused, SourceUnavailable, SourceWaiting
from tasks.export.about import About, SourceReport
from tasks.export.book import Book
from tasks.export.files import Contents
from tasks.export.package import DATA, REPORT, VIEWER, Package
from tasks.export.searched import Search
from tasks.export.snapshot import record
from tasks.export.spool import Spool

FORMATS = ("json", "csv", "html", "pdf", "zip")
SUMMED = {"pdf", "zip"}  # these tell the checksums of the files beside them

WAITING = _("it has begun to prepare its answer, and needs more time than this export has")
SILENT = _("it did not answer")


class IncompleteExport(SourceUnavailable):
    """A store or service failed. Everything else is written, to ``paths``, and says what is missing."""

    def __init__(self, message: str, *, paths: list[Path]) -> None:
        super().__init__(message)
        self.paths = paths


def write(
    subject: Subject,
    *,
    to: Path,
    at: datetime,
    only: Collection[str] = (),
    language: str = "en",
    time_zone: str = "UTC",
    wait: Wait | None = None,
) -> list[Path]:
    """Collect ``subject`` and write the formats of ``only`` (default: all) into the folder ``to``; the paths.

    The vault is not used. Files appear whole or not at all; what was there under these names is replaced.
    ``wait`` is called with seconds while a service prepares its answer; without it, that is no answer.

    Raises:
        IncompleteExport: a store or service failed; the rest is written.
        SourceUnavailable: the database did not answer.
        OSError: the folder cannot be written.
    """
    to.mkdir(parents=True, exist_ok=True)
    search, errors, kinds = Search(), list[DossierError](), set(only) or set(FORMATS)
    with ExitStack() as stack:
        held = stack.enter_context(tempfile.TemporaryFile(dir=to))  # there: an unwritable folder is told at once
        files = stack.enter_context(tempfile.TemporaryFile(dir=to))
        spool = stack.enter_context(Spool(summed=bool(kinds & SUMMED)))
        about = facts(subject, at=at, language=language, time_zone=time_zone)
        batches = collected(subject, search, errors, ask=Ask("", at, language=language), wait=wait)
        contents = Contents(lambda: files)
        recorder = record(batches, held, about=about, subject=subject, search=search, contents=contents)
        with about.speaking():
            book = Book([held], contents=[files if contents.begun else None])
            about = replace(about, data_map_version=book.data_map, sources=tuple(reports(recorder.counts, search)))
            package = Package(book, about, spool)
            package.make(kinds)
            paths = [place(to / path, pieces) for path, pieces in wanted(package, kinds)]
    if errors:
        raise IncompleteExport(f"Not everything is in it: {' '.join(map(str, errors))}", paths=paths)
    return paths


def collected(
    subject: Subject, search: Search, errors: list[DossierError], *, ask: Ask, wait: Wait | None
) -> Iterator[Batch]:
    """The batches of every source. A store or service that fails does not end the others; the database does."""
    yield from collector.source("database", raw=True).collect(subject)
    for store in collector.stores():
        try:
            yield from collector.patiently(store, subject, ask=replace(ask, id=uuid4().hex), wait=wait)
        except (SourceUnavailable, SourceRefused) as error:
            search.failed[store.key] = why(error)
            errors.append(error)


def why(error: DossierError) -> Text:
    """What the person reads of a source that failed: no error of a program."""
    if isinstance(error, SourceRefused) and error.reason:
        return error.reason
    return WAITING if isinstance(error, SourceWaiting) else SILENT


def reports(counts: dict[str, int], search: Search) -> Iterator[SourceReport]:
    """How the search of each source ended."""
    for source in collector.sources():
        labels = [
            label for label in counts if (registry.source(label) or collector.source("database")).key == source.key
        ]
        count = sum(counts[label] for label in labels)
        failed = source.key in search.failed
        state = "failed" if failed else "searched" if count else "nothing"
        error = str(search.failed.get(source.key, ""))
        yield SourceReport(source.key, str(source.title), state, count, error, told=failed)


def facts(subject: Subject, *, at: datetime, language: str, time_zone: str) -> About:
    """What the files say about themselves: there is no request, so the person is named as far as known."""
    known = subject.identifiers()
    return About(
        reference="",
        kind="access",
        person_name=next(iter(known.get("name", [])), ""),
        person_contact=next(iter(known.get("email", [])), ""),
        language=language,
        time_zone=time_zone,
        requested_at=at,
        snapshot_at=at,
        answered_at=at,
    )


def wanted(package: Package, formats: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """``(path in the folder, bytes)`` of what was asked for."""
    single = {"json": (DATA, "data.json"), "html": (VIEWER, VIEWER), "pdf": (REPORT, REPORT)}
    for kind in (kind for kind in single if kind in formats):
        source, path = single[kind]
        yield path, package.chunks(source)
    for volume in package.volumes if "pdf" in formats else ():
        yield volume.path, package.chunks(volume.path)
    if "csv" in formats:
        for piece in package.pieces():
            if piece.path.startswith("csv/"):
                yield piece.path, package.chunks(piece.path)
    if "zip" in formats:
        for number in range(1, len(package.parts) + 1):
            yield "export.zip" if len(package.parts) == 1 else f"export-part-{number}.zip", package.part(number)


def place(path: Path, pieces: Iterator[bytes]) -> Path:
    """Write a file beside its place and move it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("wb") as out:
            out.writelines(pieces)
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
