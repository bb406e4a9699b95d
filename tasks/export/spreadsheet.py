"""Rows as CSV (RFC 4180) that no spreadsheet takes for a program, made from whole columns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from tasks.transform import Cell, FieldInfo, Section, raws, words

END = "\r\n"
SIGNS = "=+\\-@\t\r\n＝＋－＠"
BLANKS = " \ufeff\u200b\u00a0\u3000"
FORMULA = re.compile(rf"[{BLANKS}]*[{SIGNS}]")
INNER = re.compile(rf"(?<=[;\t\r\n])[{BLANKS}]*(?=[=@＝＠]|[+\-＋－][\w(=@])")  # a cell to those who split there
SPLIT = re.compile(rf"[;\t\r\n][{BLANKS}]*[{SIGNS}]")
STARTS = frozenset("=+-@\t\r\n＝＋－＠" + BLANKS)
RISKY = re.compile(rf"\n(?!\n)[{SIGNS}{BLANKS}]")  # at the beginning of a cell
NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:[ \u00a0\u202f](?:[A-Z]{3}|[A-Z]{0,2}[€$£¥]))?\Z")
BOOLEANS = {True: "true", False: "false"}
QUOTED = re.compile(r"[\",\r\n]")
CODED = {"choice", "boolean", "date", "datetime", "duration", "money", "number", "reference"}


class Shown(NamedTuple):
    """A column of a table: a field by its place, in words or (``as_stored``) as it is stored."""

    place: int
    info: FieldInfo
    as_stored: bool


def columns_of(section: Section) -> Iterator[Shown]:
    """The columns of a section's table, behind those that every table has."""
    for place, info in enumerate(section.fields):
        yield Shown(place, info, as_stored=False)
        if info.kind in CODED:
            yield Shown(place, info, as_stored=True)


def rows_of(
    section: Section,
    keys: Sequence[str],
    columns: Sequence[Sequence[Cell]],
    sentences: Sequence[str],
    groups: Sequence[Cell],
) -> bytes:
    """Records of a section as rows of its table; ``sentences`` and ``groups`` may be empty."""
    nothing = [""] * len(keys)
    told = [sentences or nothing] if section.sentence_fields else []
    told += [words(groups) or nothing] if section.group_by else []
    cells = (texts(columns[at]) if as_stored else words(columns[at]) for at, _info, as_stored in columns_of(section))
    return rows([keys, *told, *cells])


def rows(columns: Iterable[Sequence[str]]) -> bytes:
    """Rows by their columns, each with its end of line, in UTF-8."""
    return END.join([*map(",".join, zip(*map(fields, columns), strict=True)), ""]).encode("utf-8", "replace")


def fields(cells: Sequence[str]) -> Sequence[str]:
    """The cells of a column as the file has them: harmless, and in quotes where that is needed."""
    together = "\n".join(["", *cells])  # looked at as a whole: mostly there is nothing in it
    broken = "\r" in together or together.count("\n") > len(cells)
    if broken or ";" in together or "\t" in together or RISKY.search(together):
        cells = [harmless(cell) if cell[:1] in STARTS or SPLIT.search(cell) else cell for cell in cells]
    if broken or '"' in together:
        return [quoted(cell) if QUOTED.search(cell) else cell for cell in cells]
    return [f'"{cell}"' if "," in cell else cell for cell in cells] if "," in together else cells


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def harmless(cell: str) -> str:
    """``cell`` with an apostrophe wherever a spreadsheet would begin a formula; numbers stay as they are.

    Within a text as well, behind what some countries' spreadsheets split at.
    """
    if NUMBER.match(cell):
        return cell
    cell = INNER.sub(lambda blank: f"{blank[0]}'", cell)
    return f"'{cell}" if FORMULA.match(cell) else cell


def texts(cells: Sequence[Cell]) -> list[str]:
    """The stored values of cells, as texts."""
    values = raws(cells)
    types = {*map(type, values)}
    if types <= {str}:
        return values
    if types == {int}:
        return list(map(str, values))
    if types == {bool}:
        return list(map(BOOLEANS.__getitem__, values))
    return [
        value if type(value) is str else "" if value is None else str(value) if type(value) is int else text(value)
        for value in values
    ]


def text(value: Any) -> str:
    """A stored value in a cell."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return BOOLEANS[value] if isinstance(value, bool) else str(value)
