"""Everything together: from a sealed snapshot to the data file, the report, the viewer, the tables and the ZIP."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _

from tasks import conf, vault
from tasks.export import archive, completeness, data, pdf, tables, viewer, volumes
from tasks.export.about import About, Built
from tasks.export.book import Book
from tasks.export.files import Missing, Opener, chunks, contents_of, opener, sums
from tasks.export.names import Taken, safe_name, slug
from tasks.export.rendering import render
from tasks.export.spool import Piece, Spool

KINDS = ("zip", "pdf", "json")
DATA, PORTABLE, REPORT, VIEWER = "data/data.json", "data/portable.json", "report.pdf", "START-HERE.html"
SCHEMA, README = "schema/export-1.json", "README.txt"


def build(
    snapshot_name: str | Sequence[str],
    *,
    about: About,
    prefix: str,
    announce: Callable[[list[str]], object] | None = None,
) -> list[Built]:
    """Make the files of a case from its sealed snapshot (one per source) and nothing else.

    They are sealed as ``PREFIX.zip``, ``.pdf`` and ``.json``; a long report has volumes, ``PREFIX-2.pdf`` and so on,
    and a large archive has parts, ``PREFIX-2.zip`` and so on,
    whose names ``announce`` is told before they are written. On the way nothing has a name in the clear.
    Run again it replaces what it made.

    Raises:
        KeyUnavailable: a snapshot is gone, damaged, or was sealed to another key.
    """
    names = [snapshot_name] if isinstance(snapshot_name, str) else list(snapshot_name)
    with ExitStack() as stack, about.speaking():
        snapshots = [stack.enter_context(vault.reading(name)) for name in names]
        contents = [stack.enter_context(vault.reading(name)) if name else None for name in map(taken_over, names)]
        book = Book(snapshots, redactions=about.redactions, contents=contents)
        about = replace(about, data_map_version=about.data_map_version or book.data_map)
        package = Package(book, about, stack.enter_context(Spool()))
        package.make()
        beside = {volume.path: f"{prefix}-{number}.pdf" for number, volume in enumerate(package.volumes, start=2)}
        parts = {number: f"{prefix}-{number}.zip" for number in range(2, len(package.parts) + 1)}
        if announce is not None:
            announce([*beside.values(), *parts.values()])
        built = [sealed(package, kind, prefix=prefix) for kind in KINDS]
        built += [sealed_part(package, number, name=name) for number, name in parts.items()]
        return built + [sealed_volume(package, volume, name=beside[volume.path]) for volume in package.volumes]


def taken_over(snapshot_name: str) -> str:
    """Where the vault has the files that stores gave to a snapshot; empty where none did."""
    name = contents_of(snapshot_name)
    return name if vault.exists(name) else ""


def sealed(package: "Package", kind: str, *, prefix: str) -> Built:
    """Put one finished file into the vault."""
    name = f"{prefix}.{kind}"
    with vault.writing(name) as out:
        for piece in package.finished(kind):
            out.write(piece)
    pages = package.pages if kind == "pdf" else 0
    which = "-part-1" if kind == "zip" and len(package.parts) > 1 else ""
    return Built(kind, name, f"{slug(package.about.reference)}-your-data{which}.{kind}", out.size, out.sha256, pages)


def sealed_part(package: "Package", number: int, *, name: str) -> Built:
    """Put one more part of the archive into the vault."""
    with vault.writing(name) as out:
        for piece in package.part(number):
            out.write(piece)
    return Built("zip", name, f"{slug(package.about.reference)}-your-data-part-{number}.zip", out.size, out.sha256)


def sealed_volume(package: "Package", volume: volumes.Volume, *, name: str) -> Built:
    """Put one volume of the report into the vault."""
    with vault.writing(name) as out:
        for piece in package.chunks(volume.path):
            out.write(piece)
    filename = f"{slug(package.about.reference)}-{volume.path}"
    return Built("pdf", name, filename, out.size, out.sha256, volume.pages)


class Package:
    """The files of one answer, made on a spool in the order in which they need each other."""

    def __init__(self, book: Book, about: About, spool: Spool) -> None:
        self.book, self.about, self.spool = book, about, spool
        self.pages = 0
        self.volumes: list[volumes.Volume] = []
        self.parts: list[list[Piece]] = []  # of the archive
        self._files: dict[str, tuple[Piece, Opener]] = {}

    def make(self, kinds: Collection[str] = ("json", "csv", "html", "pdf", "zip")) -> None:
        """Make what ``kinds`` need. The report comes last: it names the checksums of the others."""
        wanted = {"json", "csv", "html", "pdf"} if "zip" in kinds else set(kinds)
        self._gather_files()
        if wanted & {"json", "pdf"}:
            self._json(portable="zip" in kinds)
        if wanted & {"csv", "pdf"}:
            self._csv()
        if "html" in wanted:
            self._write(VIEWER, viewer.stream(self.book, self.about))
        if "pdf" in wanted:
            self._volumes()
            self._pdf()
        if "zip" in kinds:
            self._wrap()

    def _write(self, path: str, pieces: Iterable[bytes]) -> None:
        with self.spool.adding(path) as out:
            for piece in pieces:
                out.write(piece)

    def _gather_files(self) -> None:
        """Find each file of a record as the snapshot measured it; one that is gone or changed is a gap."""
        taken = Taken()
        for part in self.book.parts:
            folder = f"files/{slug(part.section.key.rpartition('.')[2])}"
            for entry in part.records() if part.has_files else ():
                for file in entry.files:
                    field, name, size, sha256 = file
                    place = part.places.get(sha256)
                    where = opener(part.section.key, file if place is None else [*file, place], part.contents)
                    if problem := changed(where, size, sha256):
                        self.book.gaps.append(gap(part.section.key, field, entry.key, problem))
                        continue
                    path = taken.unique(folder, safe_name(name.rpartition("/")[2]))
                    self._files[path] = (Piece(path, 0, size, sha256), where)

    def _json(self, *, portable: bool) -> None:
        with self.spool.adding(DATA) as out:
            data.write(self.book, self.about, out)
        if portable:
            with self.spool.adding(PORTABLE) as out:
                data.write(self.book, self.about, out, portable_only=True)
            self.spool.add(SCHEMA, data.schema())

    def _csv(self) -> None:
        for part, path in zip(self.book.parts, tables.paths(self.book).values(), strict=True):
            with self.spool.adding(path) as out:
                tables.write(part, out)
        with self.spool.adding(tables.DICTIONARY) as out:
            tables.write_dictionary(self.book, out)

    def _volumes(self) -> None:
        """What is too long for the report, complete, one volume after the other."""
        self.volumes = volumes.plan(self.book)
        for volume in self.volumes:
            with self.spool.adding(volume.path) as out:
                volumes.write(volume, self.about, out)

    def _pdf(self) -> None:
        small = self.spool.pieces[DATA].size <= pdf.ATTACHED_AT_MOST
        attached = self.spool.read(DATA) if small else b""
        ours = {SCHEMA, tables.DICTIONARY}  # hold no value of a person
        made = {path: piece.sha256 for path, piece in self.spool.pieces.items() if path not in ours}
        checked = [("data.json" if path == DATA else path, digest) for path, digest in made.items()]
        report, self.pages = pdf.write(self.book, self.about, data_file=attached, sums=checked, beside=self.volumes)
        self.spool.add(REPORT, report)

    def _wrap(self) -> None:
        """Divide what is there into archives, each with the read-me, the manifest and the checksums of its own."""
        parts = archive.split(sorted(self.pieces(), key=rank), limit=conf.part_bytes)
        told = completeness.told(self.book, self.about)
        words = {"about": self.about, "house": conf.controller, "files": bool(self._files), "volumes": self.volumes}
        lacks = completeness.lacks(self.book)
        whole = completeness.is_complete(self.book, self.about)
        readme = render("dossier/viewer/readme.txt", **words, parts=len(parts), complete=whole, lacks=lacks)
        common = [self.spool.add(README, readme.encode())]
        facts = {"complete": whole, "incomplete": told, "records": self.book.count, "gaps": self.book.gaps}
        common.append(self.spool.add(archive.MANIFEST, archive.manifest(parts, common, self.about, **facts)))
        for number, part in enumerate(parts, start=1):
            name = archive.SUMS if number == 1 else archive.SUMS_OF_PART % number
            sums = self.spool.add(name, archive.checksums([*part, *common]))
            self.parts.append([*part[:1], *common, *part[1:], sums])

    def pieces(self) -> list[Piece]:
        """Every file of the package, those of records last."""
        return [*self.spool.pieces.values(), *(piece for piece, _where in self._files.values())]

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file of the package."""
        if path not in self._files:
            yield from self.spool.chunks(path)
            return
        with self._files[path][1]() as content:
            yield from chunks(content)

    def finished(self, kind: str) -> Iterator[bytes]:
        """The bytes of the data file, the report or the ZIP."""
        if kind == "zip":
            return self.part(1)
        return self.spool.chunks({"json": DATA, "pdf": REPORT, "html": VIEWER}[kind])

    def part(self, number: int) -> Iterator[bytes]:
        """The bytes of one part of the archive; counts from one."""
        members = [(piece, partial(self.chunks, piece.path)) for piece in self.parts[number - 1]]
        return archive.stream(members, at=self.about.answered_at)


def rank(piece: Piece) -> int:
    """What is for people comes first."""
    return {VIEWER: 0, REPORT: 1}.get(piece.path, 2 if piece.path.startswith("report") else 3)


def changed(where: Opener, size: int, sha256: str) -> str:
    """Why a file cannot be handed out as the snapshot found it; empty where it can."""
    try:
        with where() as content:
            found = sums(content)
    except Missing as why:
        return str(why)
    return "" if found == (size, sha256) else _("the file has changed since the snapshot")


def gap(label: str, field: str, key: str, reason: str) -> dict[str, str]:
    """Something that could not be handed out whole."""
    return {"label": label, "field": field, "key": key, "reason": reason}
