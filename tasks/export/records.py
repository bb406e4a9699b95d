"""Records as people read them on paper: a first line with the name, the date and the sum, then the rest."""

import heapq
from collections.abc import Iterable
from itertools import islice
from typing import Any

from tasks.transform import Record, Section

SHORT = 120  # characters; a longer text keeps its lines


def chosen(section: Section, records: Iterable[Record], *, limit: int) -> list[Record]:
    """At most ``limit`` records, in the order that the section asks for; memory holds no more."""
    name = section.order_by.lstrip("-")
    place = next((at for at, info in enumerate(section.fields) if info.name == name), None)
    if place is None:
        return list(islice(records, limit))

    def rank(record: Record) -> tuple[bool, Any]:
        raw = record.values[place].raw
        return (isinstance(raw, str), raw if isinstance(raw, (str, int, float)) else 0)

    pick = heapq.nlargest if section.order_by.startswith("-") else heapq.nsmallest
    return pick(limit, records, key=rank)


def line(section: Section, record: Record) -> str:
    """One record as one run of text; its first line is set apart by the style sheet."""
    first, used = heading(section, record)
    rest = (
        f"{info.label}: {folded(value.display)}"
        for at, (info, value) in enumerate(zip(section.fields, record.values, strict=True))
        if at not in used and value.display
    )
    return f"{first}\n{' · '.join(rest)}".rstrip()


def heading(section: Section, record: Record) -> tuple[str, set[int]]:
    """``(first line, places of the fields that it already tells)``."""
    used = [at for at in (moment_of(section), sum_of(section)) if at is not None and record.values[at].display]
    first = ", ".join([record.title, *(record.values[at].display for at in used)])
    told = {at for at, value in enumerate(record.values) if in_title(section, at, value.display, record.title)}
    return first, {*used, *told}


def in_title(section: Section, at: int, display: str, title: str) -> bool:
    """Whether the title tells this value already."""
    kind = section.fields[at].kind
    return display == title or (len(display) > 2 and kind in {"text", "reference", "email"} and display in title)


def moment_of(section: Section) -> int | None:
    """The place of the field that says when a record came about: the one that orders it, else its first moment."""
    name = section.order_by.lstrip("-")
    dated = [at for at, info in enumerate(section.fields) if info.kind == "datetime" or (info.kind == "date" and info.name == name)]
    return next((at for at in dated if section.fields[at].name == name), dated[0] if dated else None)


def sum_of(section: Section) -> int | None:
    """The place of the first sum of money."""
    return next((at for at, info in enumerate(section.fields) if info.kind == "money"), None)


def folded(text: str) -> str:
    """A short text of several lines, such as an address, in one."""
    lines = [part.strip() for part in text.splitlines() if part.strip()]
    return ", ".join(lines) if len(text) < SHORT else "\n".join(lines)
