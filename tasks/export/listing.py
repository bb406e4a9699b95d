"""Records as people read them on paper: a first line with the name, the date and the sum, then the rest."""

import re
from dataclasses import dataclass

from django.utils import translation

from tasks.export.book import Entry, Part
from tasks.export.lead import moment_of, place_of, shown_fields, sum_of
from tasks.transform import FieldInfo, Section

SHORT = 120  # characters; a longer text keeps its paragraphs and stands on lines of its own
LONGEST = 6_000  # characters of one value in the report; the data file has it whole
CUT = " […]"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]")


@dataclass(frozen=True)
class Listing:
    """A section as the report shows it: ``lines`` holds one text per record."""

    part: Part
    lines: list[str]

    @property
    def section(self) -> Section:
        return self.part.section

    @property
    def count(self) -> int:
        return self.part.count

    @property
    def newest_first(self) -> bool:
        return self.section.order_by.startswith("-")

    @property
    def left_out(self) -> int:
        """How many records the report leaves to the data file and the tables."""
        return self.count - len(self.lines)


def listing(part: Part, *, limit: int) -> Listing:
    """The first ``limit`` records of a section in its order."""
    section = part.section
    first = [place for name in (moment_of(section), sum_of(section)) if (place := place_of(section, name)) is not None]
    rest = shown_fields(section)
    return Listing(part, [line(entry, first, rest) for entry in part.at(part.order[:limit])])


def line(entry: Entry, first: list[int], rest: list[tuple[int, FieldInfo]]) -> str:
    """One record as one run of text: its first line is set apart by the style sheet."""
    head = ", ".join(folded(text) for text in [entry.title, *(entry.values[place][1] for place in first)] if text)
    told = [(info.label, entry.values[place][1].strip()) for place, info in rest]
    told = [(label, text) for label, text in told if text and text != entry.title]
    short = " · ".join(f"{label}: {folded(text)}" for label, text in told if len(text) <= SHORT)
    long = [f"{label}: {paragraphs(text)}" for label, text in told if len(text) > SHORT]
    return "\n".join(part for part in (head, short, *long) if part)


def folded(text: str) -> str:
    """A short text of several lines, such as an address, in one."""
    return held(", ".join(part for line in text.splitlines() if (part := line.strip().rstrip(","))))


def held(text: str) -> str:
    """``text`` with a mark behind it that keeps what follows on its own side, where it runs against the page."""
    if translation.get_language_bidi():
        return f"{text}\u200f" if LEFT_TO_RIGHT.search(text) else text
    return f"{text}\u200e" if RIGHT_TO_LEFT.search(text) else text


def paragraphs(text: str) -> str:
    """A long text with its paragraphs, without empty lines, and cut where it would fill pages."""
    kept = text if len(text) <= LONGEST else text[:LONGEST] + CUT
    return "\n".join(part for line in kept.splitlines() if (part := line.strip()))
