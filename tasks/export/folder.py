"""A package without a case, into a folder and in the clear: for engineers at a shell."""

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tasks import collector
from tasks.collector import Subject
from tasks.export.about import About, SourceReport
from tasks.export.book import Book
from tasks.export.package import DATA, REPORT, VIEWER, Package
from tasks.export.snapshot import record
from tasks.export.spool import Spool

FORMATS = ("json", "csv", "html", "pdf", "zip")


def write(
    subject: Subject,
    *,
    to: Path,
    at: datetime,
    only: Collection[str] = (),
    language: str = "en",
    time_zone: str = "UTC",
) -> list[Path]:
    """Collect ``subject`` and write the formats of ``only`` (default: all) into the folder ``to``; the paths.

    The vault is not used. Files appear whole or not at all; what was there under these names is replaced.

    Raises:
        SourceUnavailable: a source did not answer.
        OSError: the folder cannot be written.
    """
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=to) as held, Spool() as spool:  # in ``to``: an unwritable folder is told at once
        about = facts(subject, at=at, language=language, time_zone=time_zone)
        recorder = record(collector.collect(subject), held, about=about, subject=subject)
        about = facts(subject, at=at, language=language, time_zone=time_zone, counts=recorder.counts)
        with about.speaking():
            book = Book([held])
            package = Package(book, replace(about, data_map_version=book.data_map), spool)
            package.make(set(only) or set(FORMATS))
            return [place(to / path, pieces) for path, pieces in wanted(package, set(only) or set(FORMATS))]


def facts(
    subject: Subject, *, at: datetime, language: str, time_zone: str, counts: dict[str, int] | None = None
) -> About:
    """What the files say about themselves: there is no request, so the person is named as far as known."""
    known, total = subject.identifiers(), sum((counts or {}).values())
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
        sources=tuple(
            SourceReport(source.key, str(source.title), "searched" if total else "nothing", total)
            for source in collector.sources()
        ),
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
