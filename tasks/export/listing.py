"""The sections of a chapter as the report shows them: whole, or the newest records and figures about all of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from tasks.export.book import Chapter, Entry, Part
from tasks.export.lead import place_of
from tasks.export.telling import Teller, Told
from tasks.transform import Section

KINDS = ("choice", "boolean")
KINDS_AT_MOST = 12  # different values that a table of kinds names
TABLES = 3


@dataclass(frozen=True)
class Table:
    """How many records there are of each kind, or from each year."""

    title: str
    rows: list[tuple[str, int]]


@dataclass(frozen=True)
class Listing:
    """A section as the report shows it: ``groups`` holds headings (empty where there are none) with their records."""

    part: Part
    groups: list[tuple[str, list[str]]]
    tables: list[Table]

    @property
    def section(self) -> Section:
        return self.part.section

    @property
    def count(self) -> int:
        return self.part.count

    @property
    def shown(self) -> int:
        """How many records stand in the report itself."""
        return sum(len(texts) for _heading, texts in self.groups)

    @property
    def left_out(self) -> int:
        """How many records the report leaves to the volumes."""
        return self.count - self.shown

    @property
    def newest_first(self) -> bool:
        """Whether the records begin with the newest: where that is declared, or nothing else is."""
        section = self.section
        return section.order_by == f"-{section.moment}" or bool(section.moment and not section.order_by)


def listings(chapter: Chapter, *, newest: int | None) -> list[Listing]:
    """The sections of a chapter that hold anything; with ``newest`` only so many records of each."""
    return [listing(part, newest=newest) for part in chapter.parts if part.count]


def listing(part: Part, *, newest: int | None) -> Listing:
    """One section of a chapter."""
    whole = newest is None or part.count <= newest
    places = part.order if whole else part.order[:newest]
    teller = Teller(part.section)
    told = (teller.tell(entry) for entry in part.at(places))
    groups = [(group, [text_of(each) for each in some]) for group, some in groupby(told, key=lambda each: each.group)]
    return Listing(part, groups, [] if whole else tables(part.section, part.records()))


def text_of(told: Told) -> str:
    """A record as one run of text: its first line is set apart by the style sheet."""
    return f"{told.head}\n{told.body}" if told.body else told.head


def tables(section: Section, entries: Iterable[Entry]) -> list[Table]:
    """What can be said of many records at a glance: how many of each year, and of each kind."""
    when = place_of(section, section.moment)
    kinds = [(place, info.label) for place, info in enumerate(section.fields) if info.kind in KINDS]
    years: Counter[str] = Counter()
    found: dict[int, Counter[str]] = {place: Counter() for place, _label in kinds}
    for entry in entries:
        if when is not None and isinstance(raw := entry.values[when][0], str):
            years[raw[:4]] += 1
        for place, counter in found.items():
            if (display := entry.values[place][1]) and len(counter) <= KINDS_AT_MOST:
                counter[display] += 1
    by_kind = [Table(label, found[place].most_common()) for place, label in kinds if telling(found[place])]
    by_year = [Table(_("Year"), sorted(years.items(), reverse=True))] if len(years) > 1 else []
    return (by_year + by_kind)[:TABLES]


def telling(counter: Counter[str] | Sequence[str]) -> bool:
    """Whether a table of these says anything: more than one, and not too many to read."""
    return 1 < len(counter) <= KINDS_AT_MOST
