"""Records as people read them on paper: a first line with the name, the date and the sum, then the rest."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tasks.export.book import Entry
from tasks.export.direction import isolated
from tasks.export.lead import place_of, shown_fields, sum_of
from tasks.transform import Section
from tasks.transform.outline import Item, outline

SHORT = 120  # characters; a longer text keeps its paragraphs and stands on lines of its own
LONGEST = 6_000  # characters of one value on paper; the data file has it whole
UNBROKEN = re.compile(r"[^\s\u200b]{60}(?=[^\s\u200b]{20})")
TITLE = 240  # characters of a first line
DEEP = "\u2003"  # a wide space, which no style sheet folds, for each level of a list


class Told(NamedTuple):
    """A record in words: its first line, the others (with newlines between them), the group that it belongs to."""

    head: str
    body: str
    group: str


class Teller:
    """Tells the records of one section."""

    def __init__(self, section: Section) -> None:
        sums = sum_of(section)
        names = [name for name in (section.moment, sums) if name and name not in section.sentence_fields]
        self._first = [place for name in names if (place := place_of(section, name)) is not None]
        rest = shown_fields(section)
        self._rest = [(place, info) for place, info in rest if info.name not in section.sentence_fields]
        self._lists = {place for place, info in rest if info.kind == "json"}
        self._worded = {place for place, info in rest if info.name in section.worded}

    def tell(self, entry: Entry) -> Told:
        """One record."""
        first = [shortened(entry.title), *(entry.values[at][1] for at in self._first)]
        head = pgettext("between items of a list", ", ").join(folded(text) for text in first if text)
        long = [paragraphs(entry.title)] if len(entry.title) > TITLE else []
        short: list[str] = []
        for place, info in self._rest:
            raw, display = entry.values[place]
            text = display.strip()
            if place in self._lists and (items := outline(raw)) and not (place in self._worded and tells(text, items)):
                long.append("\n".join(listed(info.label, items, words=text if place in self._worded else "")))
            elif text and text != entry.title:
                far = len(text) > SHORT
                (long if far else short).append(f"{info.label}: {paragraphs(text) if far else folded(text)}")
        parts = (paragraphs(entry.sentence), " · ".join(short), *long)
        return Told(head, "\n".join(part for part in parts if part), folded(str(entry.group[1])))


def listed(label: str, items: tuple[Item, ...], *, words: str) -> Iterator[str]:
    """A nested value as lines, each level a step further in."""
    yield f"{label}: {paragraphs(words)}".rstrip()
    left = LONGEST
    for line in steps(items, 1):
        left -= len(line)
        if left < 0:
            yield f"{DEEP}{cut_short()}"
            return
        yield line


def steps(items: tuple[Item, ...], depth: int) -> Iterator[str]:
    for each in items:
        label = f"{isolated(each.label)}: " if each.label else ""
        yield f"{DEEP * min(depth, 8)}– {label}{folded(each.text)}".rstrip()
        yield from steps(each.items, depth + 1)


def tells(text: str, items: tuple[Item, ...]) -> bool:
    """Whether ``text`` names every word of a list already."""
    known = text.casefold()
    return all(each.text.casefold() in known and tells(text, each.items) for each in items)


def folded(text: str) -> str:
    """A short text of several lines, such as an address, in one."""
    return isolated(", ".join(part for line in text.splitlines() if (part := line.strip().rstrip(","))))


def shortened(title: str) -> str:
    """A title in a line or two; the whole of it stands below it."""
    return loosened(title if len(title) <= TITLE else f"{title[:TITLE]}…")


def paragraphs(text: str) -> str:
    """A long text with its paragraphs, without empty lines, and cut where it would fill pages."""
    kept = text if len(text) <= LONGEST else f"{text[:LONGEST]} {cut_short()}"
    return "\n".join(isolated(loosened(part)) for line in kept.splitlines() if (part := line.strip()))


def loosened(text: str) -> str:
    """``text`` with places to break in what has no spaces, since searching them costs more than all the rest."""
    return UNBROKEN.sub(lambda found: f"{found[0]}\u200b", text)


def cut_short() -> str:
    """What stands where a text is cut."""
    return _("[… shortened here; it is whole in data.json]")
