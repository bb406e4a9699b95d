"""START-HERE.html: the answer in one file that a browser opens without any network.

The records stand in it as JSON, of which a script shows a page at a time: so it opens fifty thousand as quickly
as fifty. Where there is no JavaScript the same records stand as HTML, of long answers the first of each section.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks import conf
from tasks.export import tables
from tasks.export.about import About
from tasks.export.book import Book, Chapter, Entry, Part
from tasks.export.completeness import Lack, is_complete, lacks
from tasks.export.nested import Cells, as_html
from tasks.export.rendering import asset, render

PIECE = 1 << 16
ALL = 3_000  # records of an answer that stands whole in the page without JavaScript
SOME = 100  # records of each section of a longer one
BLOCK = 1_000  # records in one piece of JSON
LONGEST = 20_000  # characters of one value without JavaScript
SAMPLES = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "few": 3,
    "many": 11,
    "other": 100,
}  # a number of each kind that languages tell


def stream(book: Book, about: About) -> Iterator[bytes]:
    """The page in pieces: readable without JavaScript, searchable with it."""
    style, script = asset("dossier/viewer/viewer.css"), asset("dossier/viewer/viewer.js")
    chapters, lacking = [chapter for chapter in book.chapters if chapter.count], lacks(book)
    yield render(
        "dossier/viewer/head.html",
        about=about,
        book=book,
        house=conf.controller,
        complete=is_complete(book, about),
        lacks=lacking,
        chapters=chapters,
        style=style,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
        rtl=translation.get_language_bidi(),
    ).encode()
    yield from plain(book, chapters, lacking)
    gaps = [{**gap, "title": gap.get("title") or gap["label"]} for gap in book.gaps if gap["field"]]
    nothing = list(dict.fromkeys(entry["title"] for entry in book.nothing))
    yield render("dossier/viewer/foot.html", gaps=gaps, nothing=nothing).encode()
    yield from embedded(chapters, lacking, about)
    yield f"<script>{script}</script>\n</body>\n</html>\n".encode()


# --- without JavaScript


def plain(book: Book, chapters: Sequence[Chapter], lacking: Sequence[Lack]) -> Iterator[bytes]:
    """The records as HTML, for browsers that run no script: the others do not even look at it."""
    most, files = (ALL if book.count <= ALL else SOME), tables.paths(book)
    yield b"<noscript>\n"
    for number, chapter in enumerate(chapters, start=1):
        yield f'<section class="chapter" id="c{number}">{heading(chapter, lacking)}'.encode()
        for part in chapter.parts:
            if part.count:
                yield from block(part, most=most, elsewhere=files[part.section.key])
        yield b"</section>\n"
    yield b"</noscript>\n"


def heading(chapter: Chapter, lacking: Sequence[Lack]) -> str:
    """The head of a category."""
    own = [lack for lack in lacking if lack.category == chapter.key]
    return render("dossier/viewer/chapter.html", chapter=chapter, lacks=own)


def block(part: Part, *, most: int, elsewhere: str) -> Iterator[bytes]:
    """One section's first records."""
    labels, cells = [escape(info.label) for info in part.section.fields], Cells(part.section)
    text = render("dossier/viewer/block.html", part=part) + '<ul class="records">\n'
    for entry in islice(part.in_order(), most):
        text += record(entry, labels, cells)
        if len(text) > PIECE:
            yield text.encode()
            text = ""
    yield f"{text}</ul>\n".encode()
    if part.count > most:
        words = _("These are the first %(n)s. All of them are in %(file)s.") % {"n": most, "file": elsewhere}
        yield f'<p class="small">{escape(words)}</p>\n'.encode()


def record(entry: Entry, labels: Sequence[str], cells: Cells) -> str:
    """One record. By hand, since a template per record would cost most of the time of an export."""
    pairs = (
        f"<dt>{label}</dt><dd>{as_html(cell, short=short)}</dd>"
        for label, cell in zip(labels, cells.of(entry), strict=True)
        if cell
    )
    sentence = f"<p>{escape(entry.sentence)}</p>" if entry.sentence else ""
    return f'<li><h4 dir="auto">{escape(entry.title)}</h4>{sentence}<dl>{"".join(pairs)}</dl></li>\n'


def short(text: str) -> str:
    """A text that would fill screens, cut."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} […]"


# --- with JavaScript


def embedded(chapters: Sequence[Chapter], lacking: Sequence[Lack], about: About) -> Iterator[bytes]:
    """Everything that the script shows: heads as templates, records as JSON in blocks."""
    sections: list[dict[str, Any]] = []
    for number, chapter in enumerate(chapters, start=1):
        yield f'<template id="chapter-c{number}">{heading(chapter, lacking)}</template>\n'.encode()
        for part in chapter.parts:
            if part.count:
                place = len(sections)
                labels = [info.label for info in part.section.fields]
                sections.append({"chapter": f"c{number}", "title": part.section.title, "labels": labels})
                block = render("dossier/viewer/block.html", part=part)
                yield f'<template id="section-{place}">{block}</template>\n'.encode()
                yield from rows(part, place)
    yield data_block('id="map"', {"sections": sections, "words": words(), "language": about.language})


def rows(part: Part, place: int) -> Iterator[bytes]:
    """The records of a section, each as ``[title, day, [cell…], sentence, group]``, the last two only if there."""
    cells = Cells(part.section)
    names = [info.name for info in part.section.fields]
    moment = names.index(part.section.moment) if part.section.moment in names else None
    batch: list[list[Any]] = []
    for entry in part.in_order():
        raw = entry.values[moment][0] if moment is not None else None
        row = [entry.title, raw[:10] if isinstance(raw, str) else "", cells.of(entry)]
        more = [entry.sentence, entry.group[1]] if entry.sentence or entry.group[1] else []
        batch.append(row + more)
        if len(batch) == BLOCK:
            yield data_block(f'class="rows" data-section="{place}"', batch)
            batch = []
    if batch:
        yield data_block(f'class="rows" data-section="{place}"', batch)


def data_block(attributes: str, data: Any) -> bytes:
    """JSON inside a page. No ``<`` is left in it, so that nothing in it ends the block or begins another."""
    text = orjson.dumps(data).replace(b"<", b"\\u003c")
    return b'<script type="application/json" %s>%s</script>\n' % (attributes.encode(), text)


def words() -> dict[str, Any]:
    """What the script says: ``records`` by the kinds of number that the language tells apart."""
    return {
        "records": {
            kind: ngettext("%d record", "%d records", number).replace("%d", "%n") for kind, number in SAMPLES.items()
        },
        "place": _("%(first)s to %(last)s of %(all)s"),
        "all": _("Show the whole text"),
        "none": _("No record matches."),
    }


def source_hash(text: str) -> str:
    """The hash by which the page's policy knows its own style and script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
