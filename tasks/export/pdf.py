"""The answer for people: a tagged PDF/A-3 with the data file inside, made without any network.

Source: GDPR art. 12(1), 15; ISO 19005-3 (PDF/A-3a).
"""

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tasks import conf
from tasks.export import chart, data
from tasks.export.about import About
from tasks.export.book import Book, Chapter
from tasks.export.listing import Listing, listing
from tasks.export.rendering import asset, render

VARIANT = "pdf/a-3a"
ATTACHED_AT_MOST = 32 * 1024 * 1024  # bytes of the data file; a larger one is beside the report only
RUNNING = 60  # characters of a name in the running header


def write(book: Book, about: About, *, data_file: bytes, sums: Iterable[tuple[str, str]]) -> tuple[bytes, int]:
    """The report and its number of pages.

    ``data_file`` is attached unless it is empty; ``sums`` are names and SHA-256 for the last page.
    """
    from weasyprint import CSS, HTML, Attachment  # here: its libraries take half a second and are not needed elsewhere

    fetcher = offline()
    html = render("pdf/report.html", **context(book, about, sums=sums, attached=bool(data_file)))
    style = CSS(string=asset("pdf/report.css"), url_fetcher=fetcher)
    attachments = []
    if data_file:
        words, file = _("The same data, made for programs"), io.BytesIO(data_file)
        attachments = [Attachment(file_obj=file, name="data.json", description=words, relationship="Data")]
    options: dict[str, Any] = {"pdf_variant": VARIANT, "attachments": attachments}
    document = HTML(string=html, url_fetcher=fetcher, base_url=None).render(stylesheets=[style], **options)
    return document.write_pdf(**options), len(document.pages)


def offline() -> Any:
    """A fetcher that knows ``data:`` addresses only, so that no value of a person calls anybody."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"})


def context(book: Book, about: About, *, sums: Iterable[tuple[str, str]], attached: bool) -> dict[str, Any]:
    """What the template shows."""
    chapters = [chapter for chapter in book.chapters if chapter.count]
    uri, words = chart.bars([(chapter.title, chapter.count) for chapter in chapters])
    names = {part.section.key: part.section.title for part in book.parts}
    return {
        "about": about,
        "book": book,
        "house": conf.controller,
        "running": running(about),
        "complete": data.is_complete(book, about),
        "chapters": [(chapter, listings(chapter)) for chapter in chapters],
        "chart": {"uri": uri, "words": words},
        "nothing": list(dict.fromkeys(entry["title"] for entry in book.nothing)),
        "period": period(book),
        "dates": {name: moment(getattr(about, name), about) for name in ("requested_at", "snapshot_at", "answered_at")},
        "days": {name: day(getattr(about, name).astimezone(about.zone)) for name in ("requested_at", "answered_at")},
        "place": str(about.zone).rpartition("/")[2].replace("_", " "),
        "undescribed": [part.section for part in book.parts if not part.section.described],
        "all_undescribed": bool(book.parts) and not any(part.section.described for part in book.parts),
        "withheld": [(part.section, entry) for part in book.parts for entry in part.section.withheld],
        "covered": [(part.section, entry) for part in book.parts for entry in part.section.third_party],
        "gaps": [{**gap, "title": names.get(gap["label"], gap["label"])} for gap in book.gaps if gap["field"]],
        "automated": [chapter for chapter in chapters if chapter.context["automated"]],
        "attached": attached,
        "sums": [(name, grouped(digest)) for name, digest in sums],
        "rtl": translation.get_language_bidi(),
    }


def running(about: About) -> dict[str, str]:
    """The texts of the running header: attributes of the cover, short enough for their place."""
    house, person = short(conf.controller.name), short(about.person_name)
    foot = _("%(reference)s, for %(person)s") if about.reference and person else "%(reference)s%(person)s"
    return {
        "house": _("Your data at %(house)s") % {"house": house},
        "person": foot % {"reference": about.reference, "person": person},
    }


def short(text: str) -> str:
    """``text`` in one line of a header."""
    line = " ".join(text.split())
    return line if len(line) <= RUNNING else f"{line[: RUNNING - 1]}…"


def listings(chapter: Chapter) -> list[Listing]:
    """The sections of a chapter that hold anything."""
    return [listing(part, limit=conf.pdf_records) for part in chapter.parts if part.count]


def period(book: Book) -> str:
    """From the first to the last dated record, in words."""
    first, last = (day(date.fromisoformat(text)) if text else "" for text in book.period)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def day(on: date) -> str:
    """A date in words."""
    return date_format(on, pgettext("date", "j F Y"))


def moment(at: datetime, about: About) -> str:
    """A moment in words, in the person's time zone."""
    return date_format(at.astimezone(about.zone), pgettext("weekday, date and time", "l j F Y, H:i"))


def grouped(digest: str) -> str:
    """A checksum in groups of eight, as people compare them."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
