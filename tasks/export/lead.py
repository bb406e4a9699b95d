"""Which fields of a section say when and how much: they stand in a record's first line."""

import re

from tasks.transform import FieldInfo, Section


def sum_of(section: Section) -> str:
    """The field with the sum of a record, where it has just one that is called so, or only one."""
    sums = [info.name for info in section.fields if info.kind == "money"]
    named = [name for name in sums if re.search(r"total|amount|sum|gross", name)]
    return next(iter(named or (sums[:1] if len(sums) == 1 else [])), "")


def place_of(section: Section, name: str) -> int | None:
    """Where a field's values stand in the section's records."""
    return next((place for place, info in enumerate(section.fields) if info.name == name), None)


def shown_fields(section: Section) -> list[tuple[int, FieldInfo]]:
    """The fields for a record's body: all but those that its first line tells already."""
    told = {section.moment, sum_of(section), *section.title_fields}
    if any(info.kind == "money" for info in section.fields):
        told.add("currency")  # stands at every sum
    return [(place, info) for place, info in enumerate(section.fields) if info.name not in told]
