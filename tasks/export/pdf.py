"""The answer for people: a tagged PDF/A-3 with the data file inside, made without any network.

Source: GDPR art. 12(1), 15; ISO 19005-3 (PDF/A-3a).
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _

from tasks import conf
from tasks.export import chart, data, volumes
from tasks.export.about import About
from tasks.export.book import Book
from tasks.export.listing import Listing, listings, text_of
from tasks.export.rendering import asset, render
from tasks.export.telling import Told
from tasks.export.volumes import Volume
from tasks.export.words import day, grouped, moment, running, span

VARIANT = "pdf/a-3a"
ATTACHED_AT_MOST = 32 * 1024 * 1024  # bytes of the data file; a larger one is beside the report only
BARS = 14  # of the chart; more are no picture any more


def write(
    book: Book, about: About, *, data_file: bytes, sums: Iterable[tuple[str, str]], beside: Sequence[Volume] = ()
) -> tuple[bytes, int]:
    """The report and its number of pages.

    ``data_file`` is attached unless it is empty; ``sums`` are names and SHA-256 for the last page;
    ``beside`` are the volumes that hold what the report only sums up.
    """
    from weasyprint import Attachment  # here: its libraries take half a second and are not needed elsewhere

    attachments = []
    if data_file:
        words, file = _("The same data, made for programs"), io.BytesIO(data_file)
        attachments = [Attachment(file_obj=file, name="data.json", description=words, relationship="Data")]
    out = io.BytesIO()
    name = "dossier/pdf/report.html" if book.count else "dossier/pdf/nothing.html"
    told = context(book, about, sums=sums, attached=bool(data_file), beside=beside)
    pages = printed(render(name, **told), out, attachments=attachments)
    return out.getvalue(), pages


def write_volume(volume: Volume, about: About, out: IO[bytes]) -> int:
    """A volume by way of HTML: what ``typeset`` does faster. The number of its pages."""
    lines = [(item.marks, text_of(Told(item.head, item.body, ""))) for item in volumes.items(volume)]
    facts = {"about": about, "frame": volumes.frame(volume, about), "lines": lines, "house": conf.controller}
    return printed(render("dossier/pdf/volume.html", **facts, running=running(about)), out)


def printed(html: str, out: IO[bytes], *, attachments: Sequence[Any] = ()) -> int:
    """Write a page of HTML as a PDF with the report's style; the number of its pages."""
    from weasyprint import CSS, HTML

    fetcher = offline()
    sheets = ["dossier/pdf/report.css", *(["dossier/pdf/rtl.css"] if translation.get_language_bidi() else [])]
    styles = [CSS(string=asset(sheet), url_fetcher=fetcher) for sheet in sheets]
    options: dict[str, Any] = {"pdf_variant": VARIANT, "attachments": list(attachments)}
    document = HTML(string=html, url_fetcher=fetcher, base_url=None).render(stylesheets=styles, **options)
    document.write_pdf(out, **options)
    return len(document.pages)


def offline() -> Any:
    """A fetcher that knows ``data:`` addresses only, so that no value of a person calls anybody."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"})


def context(
    book: Book, about: About, *, sums: Iterable[tuple[str, str]], attached: bool, beside: Sequence[Volume]
) -> dict[str, Any]:
    """What the template shows."""
    told = chapters(book, beside)
    counts = sorted(((each["chapter"].title, each["chapter"].count) for each in told), key=lambda pair: -pair[1])
    uri, words = chart.bars(counts[:BARS])
    zone = str(about.zone).rpartition("/")[2].replace("_", " ")
    return {
        "about": about,
        "book": book,
        "house": conf.controller,
        "running": running(about),
        "complete": data.is_complete(book, about),
        "chapters": told,
        "volumes": beside,
        "chart": {"uri": uri, "words": words, "labels": [title for title, _n in counts[:BARS]], "more": counts[BARS:]},
        "nothing": list(dict.fromkeys(entry["title"] for entry in book.nothing)),
        "period": period(book),
        "dates": {name: moment(getattr(about, name), about) for name in ("requested_at", "snapshot_at", "answered_at")},
        "days": {name: day(getattr(about, name).astimezone(about.zone)) for name in ("requested_at", "answered_at")},
        "place": zone,
        "attached": attached,
        "sums": [(name, grouped(digest)) for name, digest in sums],
        "rtl": translation.get_language_bidi(),
        **held(book),
    }


def chapters(book: Book, beside: Sequence[Volume]) -> list[dict[str, Any]]:
    """The chapters that hold anything, each with its sections as they are shown and the volumes that complete it."""
    found = []
    for number, chapter in enumerate((chapter for chapter in book.chapters if chapter.count), start=1):
        own = [volume for volume in beside if volume.chapter is chapter]
        sections: list[Listing] = listings(chapter, newest=conf.pdf_newest if own else None)
        found.append({"number": number, "chapter": chapter, "listings": sections, "volumes": own})
    return found


def held(book: Book) -> dict[str, Any]:
    """What the report does not show, or not in full, and what nobody has described."""
    sections = [part.section for part in book.parts]
    filled = [part.section for part in book.parts if part.count]
    titles = {section.key: section.title for section in sections}
    return {
        "undescribed": [section for section in filled if not section.described],
        "all_undescribed": bool(filled) and not any(section.described for section in filled),
        "withheld": [(section, entry) for section in filled for entry in section.withheld],
        "covered": [(section, entry) for section in filled for entry in section.third_party],
        "by_hand": [(section, *hand(entry)) for section in sections for entry in section.redacted],
        "gaps": [{**gap, "title": titles.get(gap["label"], gap["label"])} for gap in book.gaps if gap["field"]],
        "automated": [chapter for chapter in book.chapters if chapter.count and chapter.context["automated"]],
    }


def hand(entry: tuple[str, str, str, str]) -> tuple[str, str, str]:
    """Which record somebody covered by hand, what of it, and why."""
    key, name, label, reason = entry
    return key, label if name else _("the whole record"), reason


def period(book: Book) -> str:
    """From the first to the last dated record, in words."""
    first, last = (day(date.fromisoformat(text)) if text else "" for text in book.period)
    return span(first, last)
