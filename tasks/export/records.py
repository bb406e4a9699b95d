"""Records as people read them on paper: a first line with the name, the date and the sum, then the rest."""

import heapq
from collections.abc import Iterable, Iterator
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
    parts, used = [record.title], set()
    for kind in ("datetime", "date", "money"):
        if kind == "date" and len(parts) > 1:
            continue
        for at in places(section, kind):
            if record.values[at].display:
                parts.append(record.values[at].display)
                used.add(at)
                break
    same = {at for at, value in enumerate(record.values) if value.display == record.title}
    return ", ".join(parts), used | same


def places(section: Section, kind: str) -> Iterator[int]:
    return (at for at, info in enumerate(section.fields) if info.kind == kind)


def folded(text: str) -> str:
    """A short text of several lines, such as an address, in one."""
    lines = [part.strip() for part in text.splitlines() if part.strip()]
    return ", ".join(lines) if len(text) < SHORT else "\n".join(lines)
