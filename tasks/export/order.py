"""In which order people read the records of a section: as declared, else the newest first, else by key."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from tasks.transform import Section

Key = tuple[int, float, str]
Reader = Callable[[Any], Any]  # from an entry to a stored value


def ordered(entries: Iterable[Any], section: Section) -> list[int]:
    """The places of ``entries`` in the order of their section. Memory holds a key for each entry and field."""
    readers = list(rules(section))
    columns: list[list[Key]] = [[] for _ in readers]
    count = 0
    for entry in entries:
        count += 1
        for column, (read, _newest) in zip(columns, readers, strict=True):
            column.append(key(read(entry)))
    places = list(range(count))
    for column, (_read, newest) in reversed(list(zip(columns, readers, strict=True))):  # stable: the last rule first
        places.sort(key=column.__getitem__, reverse=newest)
    return places


def rules(section: Section) -> Iterable[tuple[Reader, bool]]:
    """What to sort by, the most important first, and whether its largest comes first."""
    names = [info.name for info in section.fields]
    ordering = section.ordering or ((section.order_by,) if section.order_by else ())
    if not ordering and section.moment:
        ordering = (f"-{section.moment}",)
    if section.group_by:
        of_group = section.group_by.partition("__")[0]
        yield (lambda entry: entry.group[0]), f"-{of_group}" in ordering
    for name in ordering:
        if (bare := name.removeprefix("-")) in names:
            yield value_at(names.index(bare)), name.startswith("-")
    if not ordering:
        yield (lambda entry: number_of(entry.key)), False


def value_at(place: int) -> Reader:
    """The stored value of a field."""
    return lambda entry: entry.values[place][0]


def number_of(text: str) -> float | str:
    """A key as the number that it is."""
    with suppress(ValueError, OverflowError):
        return int(text) + 0.0
    return text


def key(raw: Any) -> Key:
    """A key by which values of any kind can be sorted: nothing, numbers and moments, texts."""
    if raw is None:
        return (0, 0.0, "")
    if isinstance(raw, (int, float)):
        return (1, float(raw), "") if abs(raw) < 1e300 else (2, 0.0, str(raw))
    text = raw if isinstance(raw, str) else str(raw)
    with suppress(ValueError):
        return (1, float(text), "")
    with suppress(ValueError, OverflowError):
        return (1, datetime.fromisoformat(text).timestamp(), "")
    return (2, 0.0, text.casefold())
