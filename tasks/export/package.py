"""Everything together: the data file, the report, the viewer, tables and files in one streamed ZIP."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from stat import S_IFREG
from typing import IO, Any, Protocol

import orjson
from django.utils import translation
from isal import isal_zlib
from stream_zip import ZIP_64, stream_zip

from tasks import conf, vault
from tasks.export import csv, json, pdf, viewer
from tasks.export.about import About, Built
from tasks.export.content import Content
from tasks.export.pages import asset, rendered

KINDS = ("zip", "pdf", "json")
CHUNK = 64 * 1024


class Place(Protocol):
    """Where finished files go and can be read again: the vault, or a folder."""

    def writing(self, kind: str) -> AbstractContextManager[Any]: ...

    def reading(self, kind: str) -> AbstractContextManager[IO[bytes]]: ...


class Hashed:
    """Passes pieces on and knows their size and SHA-256 afterwards."""

    def __init__(self) -> None:
        self.members: dict[str, tuple[int, str]] = {}

    def through(self, path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece
        self.members[path] = (size, digest.hexdigest())


def build(parts: str | Sequence[str], *, about: About, prefix: str) -> list[Built]:
    """Make the files of a case from its sealed snapshot and seal them as ``PREFIX.zip``, ``.pdf`` and ``.json``.

    Nothing is written in the clear. Run again it replaces what it made.
    """
    names = [parts] if isinstance(parts, str) else list(parts)
    place = Sealed(prefix)
    with translation.override(about.language):
        content = Content([partial(vault.reading, name) for name in names], about)
        pages = make(content, place)
    stem = f"{about.reference or 'export'}-data"
    return [
        Built(kind, place.name(kind), f"{stem}.{kind}", *place.written[kind], pages if kind == "pdf" else None) for kind in KINDS
    ]


class Sealed:
    """The vault as a place."""

    def __init__(self, prefix: str) -> None:
        self.prefix, self.written = prefix, dict[str, tuple[int, str]]()

    def name(self, kind: str) -> str:
        return f"{self.prefix}.{kind}"

    def writing(self, kind: str) -> AbstractContextManager[Any]:
        return vault.writing(self.name(kind))

    def reading(self, kind: str) -> AbstractContextManager[IO[bytes]]:
        return vault.reading(self.name(kind))


def make(content: Content, place: Any, *, kinds: Sequence[str] = KINDS) -> int | None:
    """Write the data file, the report with it inside, and the ZIP with both; the report's pages."""
    pages = None
    with place.writing("json") as out:
        for piece in json.stream(content):
            out.write(piece)
    place.written["json"] = (out.size, out.sha256)
    if {"pdf", "zip"} & set(kinds):
        with place.writing("pdf") as out:
            pages = pdf.write(content, out, data=small(place), sums=sums(content, place))
        place.written["pdf"] = (out.size, out.sha256)
    if "zip" in kinds:
        with place.writing("zip") as out:
            for piece in zipped(content, place):
                out.write(piece)
        place.written["zip"] = (out.size, out.sha256)
    return pages


def small(place: Place) -> bytes:
    """The data file as bytes, or nothing where it is too large to be put into the report."""
    with place.reading("json") as data:
        found = data.read(pdf.ATTACHED_AT_MOST + 1)
    return found if len(found) <= pdf.ATTACHED_AT_MOST else b""


def sums(content: Content, place: Any) -> list[tuple[str, str]]:
    """Names and SHA-256 of the data file and the tables, for the report's last page."""
    found = [("data.json", place.written["json"][1])]
    for section, records in content.grouped():
        digest = hashlib.sha256()
        for piece in csv.stream(section, records):
            digest.update(piece)
        found.append((csv.filename(section), digest.hexdigest()))
    return found


def zipped(content: Content, place: Place) -> Iterator[bytes]:
    """The ZIP as a stream, with ZIP64 and names that Windows can hold."""
    hashed, at = Hashed(), (content.about.answered_at or content.about.snapshot_at or datetime(2000, 1, 1, tzinfo=UTC))

    def members() -> Iterator[tuple[str, datetime, int, Any, Iterable[bytes]]]:
        for path, pieces in plain_members(content, place):
            yield path, at, S_IFREG | 0o600, ZIP_64, hashed.through(path, pieces)
        for path, make_pieces in closing_members(content, hashed):
            yield path, at, S_IFREG | 0o600, ZIP_64, hashed.through(path, make_pieces())

    compressor: Callable[[], Any] = lambda: isal_zlib.compressobj(level=1, wbits=-isal_zlib.MAX_WBITS)  # noqa: E731
    yield from stream_zip(members(), get_compressobj=compressor)


def plain_members(content: Content, place: Place) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What is in the ZIP, before what is said about it."""
    yield "START-HERE.html", viewer.stream(content)
    yield "README.txt", [rendered("viewer/readme.txt", about=content.about, house=conf.controller).encode()]
    yield "report.pdf", stored(place, "pdf")
    yield "data/data.json", stored(place, "json")
    yield "data/portable.json", json.stream(content, portable_only=True)
    yield "schema/export-1.json", [asset("viewer/export.schema.json").encode()]
    yield "csv/columns.csv", csv.dictionary(content)
    for section, records in content.grouped():
        yield csv.filename(section), csv.stream(section, records)
    for held in content.files:
        if not held.error:
            yield held.path, pieces_of(held.open)


def closing_members(content: Content, hashed: Hashed) -> Iterator[tuple[str, Callable[[], Iterable[bytes]]]]:
    """What says what is in the ZIP: made when the rest has gone through."""

    def manifest() -> Iterator[bytes]:
        files = [{"path": path, "size": size, "sha256": digest} for path, (size, digest) in hashed.members.items()]
        missing = [{"path": held.path, "error": held.error} for held in content.files if held.error]
        about = {"reference": content.about.reference, "complete": content.about.complete, "records": content.count}
        yield orjson.dumps({**about, "files": files, "missing_files": missing}, option=orjson.OPT_INDENT_2)

    def checksums() -> Iterator[bytes]:
        for path, (_size, digest) in hashed.members.items():
            yield f"{digest}  {path}\n".encode()

    yield "manifest.json", manifest
    yield "SHA256SUMS", checksums


def stored(place: Place, kind: str) -> Iterator[bytes]:
    with place.reading(kind) as reader:
        while piece := reader.read(CHUNK):
            yield piece


def pieces_of(opening: Callable[[], IO[bytes]]) -> Iterator[bytes]:
    with opening() as reader:
        while piece := reader.read(CHUNK):
            yield piece


