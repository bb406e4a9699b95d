"""START-HERE.html: the answer in one file that a browser opens without any network."""

import base64
import hashlib
from collections.abc import Iterator

from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import mark_safe

from tasks import conf
from tasks.export.content import Content
from tasks.export.pages import asset, engine, rendered
from tasks.transform import Record, Section


def stream(content: Content) -> Iterator[bytes]:
    """The page in pieces: readable without JavaScript, searchable with it."""
    style, script = asset("viewer/viewer.css"), asset("viewer/viewer.js")
    chapters = [chapter for chapter in content.chapters.values() if chapter.count]
    numbers = {chapter.category["key"]: number for number, chapter in enumerate(chapters, 1)}
    yield rendered(
        "viewer/head.html",
        about=content.about,
        house=conf.controller,
        content=content,
        chapters=chapters,
        style=style,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
        rtl=translation.get_language_bidi(),
    ).encode()
    category = ""
    for section, records in content.grouped():
        key = section.category["key"]
        if not content.chapters[key].counts[section.key]:
            continue
        if key != category:
            yield b"</section>\n" if category else b""
            yield rendered("viewer/chapter.html", category=section.category, number=numbers[key]).encode()
            category = key
        yield from block(section, records)
    yield b"</section>\n" if category else b""
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n".encode()


def block(section: Section, records: Iterator[Record]) -> Iterator[bytes]:
    """One section's records."""
    yield f'<div class="block"><h3>{escape(section.title)}</h3>\n<ul class="records">\n'.encode()
    template = engine().get_template("viewer/record.html")
    labels = [info.label for info in section.fields]
    for record in records:
        fields = [(label, value.display) for label, value in zip(labels, record.values, strict=True) if value.display]
        yield template.render(context(record.title, fields)).encode()
    yield b"</ul></div>\n"


def context(title: str, fields: list[tuple[str, str]]) -> "object":
    from django.template import Context

    return Context({"title": title, "fields": fields})


def source_hash(text: str) -> str:
    """The hash by which the page's policy knows its own style and script."""
    return mark_safe("sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())  # noqa: S308 -- base64 only
