"""Which fields of a section say when and how much: they stand in a record's first line."""

import re

from tasks.transform import FieldInfo, Record, Section

NO_MOMENT = re.compile(r"birth|expir|until|valid|\bend|_end|due|deadline|updated|modified|changed", re.IGNORECASE)
WHEN = ("datetime", "date")


def moment_of(section: Section) -> str:
    """The field that says when a record came about, or an empty text."""
    kinds = {info.name: info.kind for info in section.fields}
    wanted = section.order_by.removeprefix("-")
    if kinds.get(wanted) in WHEN:
        return wanted
    names = [name for kind in WHEN for name, found in kinds.items() if found == kind and not NO_MOMENT.search(name)]
    return next(iter(names), "")


def sum_of(section: Section) -> str:
    """The field with the sum of a record, where it has just one that is called so, or only one."""
    sums = [info.name for info in section.fields if info.kind == "money"]
    named = [name for name in sums if re.search(r"total|amount|sum|gross", name)]
    return next(iter(named or (sums[:1] if len(sums) == 1 else [])), "")


def place_of(section: Section, name: str) -> int | None:
    """Where a field's values stand in the section's records."""
    return next((place for place, info in enumerate(section.fields) if info.name == name), None)


class Lead:
    """The first and the last day that a section's records speak of."""

    def __init__(self, place: int | None) -> None:
        self._place = place
        self.first: str | None = None
        self.last: str | None = None

    def saw(self, record: Record) -> None:
        """Take one more record into account."""
        raw = record.values[self._place].raw if self._place is not None else None
        if not isinstance(raw, str) or len(raw) < len("2026-03-05"):
            return
        day = raw[:10]
        self.first = day if self.first is None else min(self.first, day)
        self.last = day if self.last is None else max(self.last, day)


def lead_of(section: Section) -> Lead:
    """The days of a section's records, none seen yet."""
    return Lead(place_of(section, moment_of(section)))


def shown_fields(section: Section) -> list[tuple[int, FieldInfo]]:
    """The fields for a record's body: all but those that its first line tells already."""
    told = {moment_of(section), sum_of(section), *section.title_fields}
    if any(info.kind == "money" for info in section.fields):
        told.add("currency")  # stands at every sum
    return [(place, info) for place, info in enumerate(section.fields) if info.name not in told]
