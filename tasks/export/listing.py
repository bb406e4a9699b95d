"""Records as people read them on paper: a first line with the name, the date and the sum, then the rest."""

from dataclasses import dataclass

from tasks.export.book import Entry, Part
from tasks.export.lead import moment_of, place_of, shown_fields, sum_of
from tasks.transform import FieldInfo, Section

SHORT = 120  # characters; a longer text keeps its paragraphs and stands on lines of its own
LONGEST = 6_000  # characters of one value in the report; the data file has it whole
CUT = " […]"


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
    return Listing(part, [line(entry, first, rest) for entry in part.best(limit)])


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
    return ", ".join(part for line in text.splitlines() if (part := line.strip().rstrip(",")))


def paragraphs(text: str) -> str:
    """A long text with its paragraphs, without empty lines, and cut where it would fill pages."""
    kept = text if len(text) <= LONGEST else text[:LONGEST] + CUT
    return "\n".join(part for line in kept.splitlines() if (part := line.strip()))
