"""Long chapters, complete in volumes beside the report: each a document of its own, made one after the other."""

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _

from tasks import conf
from tasks.export.about import About
from tasks.export.book import Book, Chapter, Part
from tasks.export.direction import isolated
from tasks.export.lead import place_of
from tasks.export.names import slug
from tasks.export.telling import Teller
from tasks.export.words import day, figure, running, short, span

log = logging.getLogger(__name__)

WEIGHT = 1_500  # bytes of a record in the snapshot that count as one record: texts fill pages, too
HEAVIEST = 8  # records that one record counts as at most, since a long text is shortened on paper
IN_ALL = 3  # times as many records as of one chapter that the report holds in all


@dataclass
class Volume:
    """A piece of a chapter: sections with the places of their records. ``number`` of ``total`` counts from one."""

    path: str
    chapter: Chapter
    number: int
    segments: list[tuple[Part, Sequence[int]]]
    total: int = 0
    start: int = 0  # records of the chapter in the volumes before
    pages: int = field(default=0, compare=False)

    @property
    def count(self) -> int:
        return sum(len(places) for _part, places in self.segments)


def plan(book: Book) -> list[Volume]:
    """The volumes of all chapters that are too long for the report, in order."""
    long = long_chapters(book)
    chapters = [chapter for chapter in book.chapters if chapter.count]
    found = [volumes(chapter, number) for number, chapter in enumerate(chapters, start=1) if chapter.key in long]
    return [volume for each in found for volume in each]


def long_chapters(book: Book) -> set[str]:
    """The keys of the chapters that the report only sums up: those that are too long, or too long together."""
    weights = {chapter.key: sum(map(weight, chapter.parts)) for chapter in book.chapters}
    long = {key for key, load in weights.items() if load > conf.pdf_records}
    left = sum(load for key, load in weights.items() if key not in long)
    for key in sorted(weights.keys() - long, key=lambda key: -weights[key]):
        if left <= IN_ALL * conf.pdf_records:
            break
        long.add(key)
        left -= weights[key]
    return long


def weight(part: Part) -> int:
    """How many usual records a section is as long as."""
    return sum(map(load_of, part.sizes))


def load_of(size: int) -> int:
    """How many usual records one record is as long as."""
    return min(1 + size // WEIGHT, HEAVIEST)


def volumes(chapter: Chapter, place: int) -> list[Volume]:
    """The volumes of one chapter, the ``place``-th of the report."""
    found: list[Volume] = []
    room, start = 0, 0
    for part in chapter.parts:
        begin = 0
        while begin < part.count:
            if room <= 0:
                found.append(Volume(path_of(chapter, place, len(found) + 1), chapter, len(found) + 1, [], start=start))
                room = conf.pdf_volume_records
            end = begin
            while end < part.count and room > 0:
                room -= load_of(part.sizes[part.order[end]])
                end += 1
            found[-1].segments.append((part, part.order[begin:end]))
            start += end - begin
            begin = end
    return [replace(volume, total=len(found)) for volume in found]


def path_of(chapter: Chapter, place: int, number: int) -> str:
    """``report-02-orders.pdf``, ``report-02-orders-2.pdf``."""
    name = f"report-{place:02}-{slug(chapter.key)[:40]}"
    return f"{name}.pdf" if number == 1 else f"{name}-{number}.pdf"


def write(volume: Volume, about: About, out: IO[bytes] | Any) -> None:
    """Write one volume, and note its number of pages."""
    from tasks.export import pdf, typeset  # here: the libraries take half a second and are not needed elsewhere

    document = io.BytesIO()
    try:
        volume.pages = typeset.volume(items(volume), frame(volume, about), document, variant=pdf.VARIANT)
    except typeset.Unsupported as why:
        log.warning("Long lists are set the slow way: this release of WeasyPrint is not as known (%s).", why)
        document = io.BytesIO()
        volume.pages = pdf.write_volume(volume, about, document)
    out.write(document.getbuffer())


def items(volume: Volume) -> Iterator[Any]:
    """The records of a volume in words, with a bookmark where a section, a group or a year begins."""
    from tasks.export.typeset.frame import Item

    several = len(volume.chapter.parts) > 1
    for part, places in volume.segments:
        section = part.section
        teller, when, last = Teller(section), place_of(section, section.moment), None
        opening = ((1, section.title),) if several else ()
        for entry in part.at(places):
            told = teller.tell(entry)
            year = entry.values[when][0] if when is not None else None
            mark = told.group if section.group_by else year[:4] if isinstance(year, str) else ""
            marks = (*opening, (2, mark)) if mark and mark != last else opening
            yield Item(told.head, told.body, marks)
            opening, last = (), mark


def frame(volume: Volume, about: About) -> Any:
    """Title and running texts of a volume."""
    from tasks.export.typeset.frame import Frame

    texts, name = running(about), title(volume)
    return Frame(
        title=volume.chapter.title,
        notes=notes(volume),
        house=texts["house"],
        chapter=name,
        person=texts["person"],
        page=_("Page %(page)s of %(pages)s"),
        document=f"{texts['document']}: {name}",
        author=conf.controller.name,
        description=_("Answer to a request under Art. 15 GDPR"),
        created=about.answered_at.astimezone(about.zone).date().isoformat(),
        language=about.language,
        rtl=translation.get_language_bidi(),
    )


def title(volume: Volume) -> str:
    """What a volume is called in its running header."""
    name = isolated(short(volume.chapter.title))
    which = {"number": volume.number, "total": volume.total, "title": name}
    return name if volume.total == 1 else _("%(title)s, volume %(number)s of %(total)s") % which


def notes(volume: Volume) -> tuple[str, ...]:
    """The lines below the title: which records these are, and where the report is."""
    first, last = volume.start + 1, volume.start + volume.count
    which = {"number": volume.number, "total": volume.total, "first": figure(first), "last": figure(last)}
    count = figure(volume.chapter.count)
    told = _("All %(count)s records of this category.") % {"count": count}
    if volume.total > 1:
        told = _("Volume %(number)s of %(total)s: records %(first)s to %(last)s of %(count)s.") % {
            **which,
            "count": count,
        }
    days = span(*days_of(volume))
    belongs = _(
        "The main report, report.pdf, says why we have these records, how long they stay and who received them."
    )
    return (told, days, belongs) if days else (told, belongs)


def days_of(volume: Volume) -> tuple[str, str]:
    """The first and the last day that the records of a volume speak of, in words."""
    found: list[str] = []
    for part, places in volume.segments:
        if (when := place_of(part.section, part.section.moment)) is None:
            continue
        ends = [entry.values[when][0] for entry in part.at([places[0], places[-1]])]
        found += [raw[:10] for raw in ends if isinstance(raw, str)]
    if not found:
        return "", ""
    return day(date.fromisoformat(min(found))), day(date.fromisoformat(max(found)))
