"""A package without a case, into a folder: for engineers."""

import hashlib
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils import translation

from tasks import collector
from tasks.collector import Subject
from tasks.export import csv, lines, viewer
from tasks.export.about import About, SourceReport
from tasks.export.content import Content
from tasks.export.package import make
from tasks.transform import explain

FORMATS = ("json", "csv", "html", "pdf", "zip")


class Counting:
    """A file that knows the size and SHA-256 of what was written to it."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.size, self._digest = out, 0, hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += len(data)
        return self.out.write(data)


class Folder:
    """A folder as a place."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.written = folder, dict[str, tuple[int, str]]()

    def path(self, kind: str) -> Path:
        return self.folder / {"json": "data.json", "pdf": "report.pdf", "zip": "export.zip"}[kind]

    @contextmanager
    def writing(self, kind: str) -> Iterator[Counting]:
        with self.path(kind).open("wb") as out:
            yield Counting(out)

    @contextmanager
    def reading(self, kind: str) -> Iterator[IO[bytes]]:
        with self.path(kind).open("rb") as data:
            yield data


def write(
    subject: Subject, *, to: Path, at: datetime, only: Collection[str] = (), language: str = "en", time_zone: str = "UTC"
) -> list[Path]:
    """Collect ``subject`` and write the formats of ``only`` (default: all) to the folder ``to``; the paths.

    Files are in the clear: this is for a shell, not for answering a request.

    Raises:
        SourceUnavailable: a source did not answer.
        OSError: the folder cannot be written.
    """
    formats = set(only) or set(FORMATS)
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as held, tempfile.TemporaryDirectory(dir=to, prefix=".making-") as workshop:
        with translation.override(language):
            content = collected(subject, held, at=at, language=language, time_zone=time_zone)
            return written(content, to, formats, Folder(Path(workshop)))


def collected(subject: Subject, held: IO[bytes], *, at: datetime, language: str, time_zone: str) -> Content:
    """Collect into an unnamed temporary file, which the writers read."""
    about = About(language=language, time_zone=time_zone, snapshot_at=at, answered_at=at)
    for line in lines.dump(explain(collector.collect(subject), language=language, time_zone=about.zone, subject=subject)):
        held.write(line)

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        held.seek(0)
        yield held

    name = " ".join(subject.identifiers().get("name", [])[:1])
    first = Content([opened], about)
    total = first.count
    sources = tuple(
        SourceReport(s.key, str(s.title), "searched" if total else "nothing", total) for s in collector.sources()
    )
    first.about = About(
        person_name=name, language=language, time_zone=time_zone, snapshot_at=at, answered_at=at, sources=sources
    )
    return first


def written(content: Content, to: Path, formats: set[str], folder: Folder) -> list[Path]:
    """Each format that was asked for, moved into place when all are whole."""
    kinds = [kind for kind in ("json", "pdf", "zip") if kind in formats]
    make(content, folder, kinds=kinds)
    made: dict[Path, Path] = {folder.path(kind): to / folder.path(kind).name for kind in kinds}
    if "html" in formats:
        made[spill(folder.folder / "START-HERE.html", viewer.stream(content))] = to / "START-HERE.html"
    if "csv" in formats:
        (to / "csv").mkdir(exist_ok=True)
        (folder.folder / "csv").mkdir()
        for section, records in content.grouped():
            name = csv.filename(section)
            made[spill(folder.folder / name, csv.stream(section, records))] = to / name
    for draft, place in made.items():
        draft.replace(place)
    return list(made.values())


def spill(path: Path, pieces: Any) -> Path:
    with path.open("wb") as out:
        for piece in pieces:
            out.write(piece)
    return path


