"""START-HERE.html: the answer in one file that a browser opens without any network."""

import base64
import hashlib
from collections.abc import Iterator, Sequence

from django.utils import translation
from django.utils.html import escape

from tasks import conf
from tasks.export import data
from tasks.export.about import About
from tasks.export.book import Book, Entry, Part
from tasks.export.rendering import asset, render

PIECE = 1 << 16


def stream(book: Book, about: About) -> Iterator[bytes]:
    """The page in pieces: readable without JavaScript, searchable with it."""
    style, script = asset("viewer/viewer.css"), asset("viewer/viewer.js")
    chapters = [chapter for chapter in book.chapters if chapter.count]
    shared = {"about": about, "book": book, "house": conf.controller, "complete": data.is_complete(book, about)}
    yield render(
        "viewer/head.html",
        **shared,
        chapters=chapters,
        style=style,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
        rtl=translation.get_language_bidi(),
    ).encode()
    for number, chapter in enumerate(chapters, start=1):
        yield render("viewer/chapter.html", chapter=chapter, number=number).encode()
        for part in chapter.parts:
            if part.count:
                yield from block(part)
        yield b"</section>\n"
    yield render("viewer/foot.html", **shared, script=script).encode()


def block(part: Part) -> Iterator[bytes]:
    """One section's records."""
    labels = [escape(info.label) for info in part.section.fields]
    text = render("viewer/block.html", part=part)
    for entry in part.records():
        text += record(entry, labels)
        if len(text) > PIECE:
            yield text.encode()
            text = ""
    yield f"{text}</ul></div>\n".encode()


def record(entry: Entry, labels: Sequence[str]) -> str:
    """One record. By hand, since a template per record would cost most of the time of an export."""
    pairs = (
        f"<dt>{label}</dt><dd>{escape(display)}</dd>"
        for label, (_raw, display) in zip(labels, entry.values, strict=True)
        if display
    )
    return f'<li><h4 dir="auto">{escape(entry.title)}</h4><dl>{"".join(pairs)}</dl></li>\n'


def source_hash(text: str) -> str:
    """The hash by which the page's policy knows its own style and script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
