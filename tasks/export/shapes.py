"""A record as data.json has it: a JSON object, which the snapshot holds too, on a line of its own.

{"key", "title", "yours", "values": {field: cell}, "sentence", "group": {"value", "display"},
 "files": [{"field", "stored_as", "size", "sha256"}]}      the last three only where there are any
"""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import orjson

from tasks.export.spreadsheet import rows_of
from tasks.transform import Block, FileRef, Record, Section, Value, value_of

Shape = dict[str, Any]
NO_GROUP = (None, "")


class Entry(NamedTuple):
    """One record of a snapshot: ``values`` holds ``(raw, display)`` for each field, and ``group`` is such a pair."""

    key: str
    title: str
    values: Sequence[Sequence[Any]]
    owned: bool
    files: list[list[Any]]
    sentence: str = ""
    group: Sequence[Any] = NO_GROUP


def shapes(block: Block, names: Sequence[str]) -> list[Shape]:
    """The records of a block whose fields have these names; their files are not measured yet and come later."""
    owned, values = block.owned, map(dict, map(zip, repeat(names), block.rows()))
    found: list[Shape] = [
        {"key": key, "title": title, "yours": owned, "values": cells}
        for key, title, cells in zip(block.keys, block.titles, values, strict=False)  # an endless one among them
    ]
    for shape, sentence in zip(found, block.sentences, strict=False):
        if sentence:
            shape["sentence"] = sentence
    for shape, group in zip(found, map(value_of, block.groups), strict=False):
        if group.display:
            shape["group"] = {"value": group.raw, "display": group.display}
    return found


def lines(some: Iterable[Shape]) -> bytes:
    """Records on a line each."""
    return b"".join(map(orjson.dumps, some, repeat(str), repeat(orjson.OPT_APPEND_NEWLINE)))


def parsed(whole: bytes) -> list[Shape]:
    """The records on whole lines."""
    found: list[Shape] = orjson.loads(b"[%s]" % whole[:-1].replace(b"\n", b","))
    return found


def portion(shape: Shape, names: Iterable[str], *, titled: bool) -> Shape:
    """What a record says in these fields alone."""
    values, names = shape["values"], list(names)
    title = shape["title"] if titled else ""
    found = {"key": shape["key"], "title": title, "yours": shape["yours"], "values": {n: values[n] for n in names}}
    if files := [file for file in shape.get("files", ()) if file["field"] in names]:
        found["files"] = files
    return found


def table_of(some: Sequence[Shape], section: Section) -> bytes:
    """Records as rows of their section's table, in UTF-8."""
    columns = list(zip(*(shape["values"].values() for shape in some), strict=True))
    groups = [shape.get("group") for shape in some]
    return rows_of(section, [shape["key"] for shape in some], columns, [s.get("sentence", "") for s in some], groups)


def entry_of(shape: Shape) -> Entry:
    """A record, field by field."""
    pairs = [
        (cell["value"], cell["display"]) if type(cell) is dict else (cell, "" if cell is None else str(cell))
        for cell in shape["values"].values()
    ]
    files = [[file["field"], file["stored_as"], file["size"], file["sha256"]] for file in shape.get("files", ())]
    group = shape.get("group")
    about = (group["value"], group["display"]) if group else NO_GROUP
    return Entry(shape["key"], shape["title"], pairs, shape["yours"], files, shape.get("sentence", ""), about)


def record_of(shape: Shape, section: Section) -> Record:
    """A record as it left the transformation."""
    entry = entry_of(shape)
    return Record(
        entry.key,
        entry.title,
        tuple(Value(*pair) for pair in entry.values),
        entry.owned,
        tuple(FileRef(section.key, file[0], file[1]) for file in entry.files),
        entry.sentence,
        Value(*entry.group),
    )
