"""Reports of made-up books, and what stands in a PDF: for tests that need no database and no collector."""

import io
import re
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

from tasks.datamap import Category
from tasks.export import pdf
from tasks.export.about import About
from tasks.export.book import Book
from tasks.export.snapshot import FORMAT, Recorder
from tasks.transform import Block, FieldInfo, Record, Redaction, Section, Summary, Value
from tasks.transform.sections import as_data
from tasks.transform.text import clean, shown
from tests.export.conftest import about_of

ORDERS = Category("orders", title="Orders", order=1)
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # of direction, which pdftotext adds
KINDS = {
    "number": "text",
    "placed_at": "datetime",
    "status": "choice",
    "total": "money",
    "note": "text",
    "extra": "json",
}


def section(**given: Any) -> Section:
    """The orders of a shop."""
    fields = tuple(FieldInfo(name, name.replace("_", " ").capitalize(), "", kind, True) for name, kind in KINDS.items())
    facts: dict[str, Any] = {
        "key": "orders.Order", "source": "database", "title": "Orders", "described": True, "fields": fields,
        "category": as_data(ORDERS), "order_by": "-placed_at", "ordering": ("-placed_at",), "moment": "placed_at",
        "title_fields": ("number",),
    }  # fmt: skip
    return Section(**{**facts, **given})


def order(number: int, **given: Any) -> Record:
    """One of them: the higher its number, the newer it is. ``note``, ``extra``, ``title`` and more can be given."""
    year, month = 2020 + number // 12, number % 12 + 1
    note, extra = given.pop("note", ""), given.pop("extra", None)
    values = (
        Value(f"KM-{number}", f"KM-{number}"),
        Value(f"{year}-{month:02}-05T12:00:00+01:00", f"5.{month}.{year}, 12:00"),
        Value("D", "Delivered") if number % 3 else Value("C", "Cancelled"),
        Value("9.50", "9.50 €"),
        Value(clean(note), shown(note)),
        Value(extra, str(extra) if extra else ""),
    )
    return Record(str(number), shown(given.pop("title", f"Order KM-{number}")), values, **given)


def snapshot(records: Iterable[Record], *, of: Section | None = None) -> io.BytesIO:
    """The snapshot of one section."""
    held, head, some = io.BytesIO(), of or section(), list(records)
    recorder = Recorder(held)
    recorder.note("head", {"format": FORMAT, "language": "en", "time_zone": "Europe/Berlin"})
    if some:
        recorder.take(head)
        for record in some:
            recorder.take(Block.of([record], owned=record.owned))
        recorder.take(Summary(head.key, len(some), "2020-01-05", "2026-03-05"))
    recorder.note("nothing", {"label": "x.Y", "title": "Wish lists", "category": "x"})
    recorder.note("end", {"counts": {}})
    return held


def book(records: Iterable[Record], *, redactions: Iterable[Redaction] = (), of: Section | None = None) -> Book:
    """A book of one section."""
    return Book([snapshot(records, of=of)], redactions=redactions)


def report(of: Book, about: About | None = None, *, data: bytes = b"{}", beside: Any = ()) -> bytes:
    """The report."""
    about = about or about_of()
    with about.speaking():
        return pdf.write(of, about, data_file=data, sums=[("data.json", "0" * 64)], beside=beside)[0]


def text_of(document: bytes) -> str:
    """What ``pdftotext`` reads, with spaces evened out."""
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return " ".join(MARKS.sub("", done.stdout.decode()).split())


def bookmarks(document: bytes) -> list[str]:
    """The titles of all bookmarks."""

    def walk(items: Any) -> Iterator[str]:
        for item in items:
            yield str(item.title)
            yield from walk(item.children)

    with pikepdf.open(io.BytesIO(document)) as opened, opened.open_outline() as outline:
        return list(walk(outline.root))


def everything(document: bytes) -> bytes:
    """Every byte of a PDF in the clear: objects, and streams and attachments unpacked."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        found = []
        for each in opened.objects:
            found.append(each.unparse(resolved=False) if isinstance(each, pikepdf.Object) else b"")
            if isinstance(each, pikepdf.Stream):
                found.append(each.read_bytes())
        return b"\n".join(found)


def tags(document: bytes) -> dict[str, int]:
    """How often each tag stands in the tree of tags."""
    found: dict[str, int] = {}
    with pikepdf.open(io.BytesIO(document)) as opened:
        stack: list[Any] = [opened.Root.StructTreeRoot.K]
        while stack:
            node = stack.pop()
            if isinstance(node, pikepdf.Array):
                stack += list(node)
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    found[str(node.S)] = found.get(str(node.S), 0) + 1
                stack += [node.K] if "/K" in node else []
    return found


def facts(document: bytes) -> dict[str, Any]:
    """Language, archival format, marks and title, as a reader's program sees them."""
    with pikepdf.open(io.BytesIO(document)) as opened, opened.open_metadata() as metadata:
        return {
            "lang": str(opened.Root.Lang),
            "archival": f"{metadata.get('pdfaid:part')}{metadata.get('pdfaid:conformance')}",
            "marked": bool(opened.Root.MarkInfo.Marked),
            "title": str(opened.docinfo["/Title"]),
            "pages": len(opened.pages),
        }


def fonts(document: bytes) -> list[str]:
    """The lines of ``pdffonts``."""
    done = subprocess.run(["pdffonts", "-"], input=document, capture_output=True, check=True)
    return done.stdout.decode().splitlines()[2:]
