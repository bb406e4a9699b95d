"""The answer for people: a tagged PDF/A-3 with the data file inside, made without any network.

Source: GDPR art. 12(1), 15; ISO 19005-3 (PDF/A-3a).
"""

import io
from dataclasses import dataclass
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _

from tasks import conf
from tasks.export import chart
from tasks.export.content import Chapter, Content
from tasks.export.pages import asset, rendered
from tasks.export.records import chosen, line
from tasks.transform import Section
from tasks.transform.display import day, moment

VARIANT = "pdf/a-3a"
ATTACHED_AT_MOST = 32 * 1024 * 1024  # bytes of the data file; a larger one is beside the report only


@dataclass(frozen=True)
class Listing:
    """A section as the report shows it."""

    section: Section
    lines: list[str]
    count: int

    @property
    def left_out(self) -> int:
        return self.count - len(self.lines)


def write(content: Content, out: IO[bytes], *, data: bytes, sums: list[tuple[str, str]]) -> int:
    """Write the report and return its number of pages.

    ``data`` is the JSON file to attach; ``sums`` are names and SHA-256 for the integrity page.
    """
    from weasyprint import CSS, HTML, Attachment

    fetcher = offline()
    with translation.override(content.about.language):
        html = rendered("pdf/report.html", **context(content, sums))
    document = HTML(string=html, url_fetcher=fetcher, base_url=None)
    style = CSS(string=asset("pdf/report.css"), url_fetcher=fetcher)
    attached = (
        [Attachment(file_obj=io.BytesIO(data), name="data.json", description="Machine-readable copy", relationship="Data")]
        if len(data) <= ATTACHED_AT_MOST
        else []
    )
    rendering = document.render(stylesheets=[style], pdf_variant=VARIANT, attachments=attached)
    out.write(rendering.write_pdf(pdf_variant=VARIANT, attachments=attached))
    return len(rendering.pages)


def offline() -> Any:
    """A fetcher that knows ``data:`` addresses only, so that no value of a person calls home."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"})


def context(content: Content, sums: list[tuple[str, str]]) -> dict[str, Any]:
    """What the template shows."""
    about = content.about
    chapters = [chapter for chapter in content.chapters.values() if chapter.count]
    uri, words = chart.bars([(chapter.category["title"], chapter.count) for chapter in chapters])
    return {
        "about": about,
        "house": conf.controller,
        "content": content,
        "chapters": [(chapter, listings) for chapter, listings in listed(content, chapters)],
        "chart": {"uri": uri, "words": words},
        "empty": empty(content),
        "period": period(chapters),
        "dates": {name: spelled(getattr(about, name), content) for name in ("requested_at", "snapshot_at", "answered_at")},
        "place": about.time_zone.rpartition("/")[2].replace("_", " "),
        "undescribed": [s for s in content.sections if not s.described],
        "withheld": [(s, entry) for s in content.sections for entry in s.withheld],
        "covered": [(s, entry) for s in content.sections for entry in s.third_party],
        "missing": [held for held in content.files if held.error],
        "failed": [source for source in about.sources if source.state == "failed"],
        "automated": [c for c in chapters if c.category["automated"]],
        "sums": [(name, [" ".join(half) for half in halves(digest)]) for name, digest in sums],
        "rtl": translation.get_language_bidi(),
    }


def listed(content: Content, chapters: list[Chapter]) -> list[tuple[Chapter, list[Listing]]]:
    """Each chapter with the records that the report shows of it."""
    found: dict[str, list[Listing]] = {chapter.category["key"]: [] for chapter in chapters}
    for section, records in content.grouped():
        key = section.category["key"]
        if key in found and (count := content.chapters[key].counts[section.key]):
            shown = [line(section, record) for record in chosen(section, records, limit=conf.pdf_records)]
            found[key].append(Listing(section, shown, count))
    return [(chapter, found[chapter.category["key"]]) for chapter in chapters]


def empty(content: Content) -> list[str]:
    """What was searched without finding anything."""
    return [s.title for s in content.about.sources if s.state == "nothing"] + [
        section.title for c in content.chapters.values() for section in c.sections if not c.counts[section.key]
    ]


def period(chapters: list[Chapter]) -> str:
    """From the first to the last dated record, in words."""
    from datetime import date

    firsts = [chapter.first for chapter in chapters if chapter.first]
    lasts = [chapter.last for chapter in chapters if chapter.last]
    if not firsts:
        return ""
    first, last = (day(date.fromisoformat(text)).display for text in (min(firsts), max(lasts)))
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def spelled(at: Any, content: Content) -> str:
    return moment(at, content.about.zone).display if at else ""


def halves(digest: str) -> list[list[str]]:
    """A checksum in groups of eight, on two lines."""
    groups = [digest[i : i + 8] for i in range(0, len(digest), 8)]
    return [groups[:4], groups[4:]]
