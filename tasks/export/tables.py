"""csv/: a table for each section, which no spreadsheet takes for a program, and a dictionary of all columns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import orjson
from django.utils.translation import gettext as _

from tasks import conf
from tasks.export.book import Book, Part
from tasks.export.completeness import lacks
from tasks.export.names import Taken, slug
from tasks.transform import Cell, FieldInfo, raws, words

BOM, END = "\ufeff", "\r\n"
SIGNS = "=+\\-@\t\r\n＝＋－＠"
BLANKS = " \ufeff\u200b\u00a0\u3000"
FORMULA = re.compile(rf"[{BLANKS}]*[{SIGNS}]")
INNER = re.compile(rf"(?<=[;\t\r\n])[{BLANKS}]*(?=[=@＝＠]|[+\-＋－][\w(=@])")  # a cell to those who split there
SPLIT = re.compile(rf"[;\t\r\n][{BLANKS}]*[{SIGNS}]")
STARTS = frozenset("=+-@\t\r\n＝＋－＠" + BLANKS)
QUOTED = re.compile(r"[\",\r\n]")
NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:[ \u00a0\u202f](?:[A-Z]{3}|[A-Z]{0,2}[€$£¥]))?\Z")
CODED = {"choice", "boolean", "date", "datetime", "duration", "money", "number", "reference"}
DICTIONARY = "csv/data-dictionary.csv"


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Table:
    """Rows as CSV (RFC 4180, UTF-8 with a byte order mark, CRLF) into a binary file."""

    def __init__(self, out: Writer) -> None:
        self._out, self._begin = out, BOM if conf.csv_bom else ""

    def row(self, cells: Iterable[str]) -> None:
        """Write one row."""
        self.rows([[cell] for cell in cells])

    def rows(self, columns: Iterable[Sequence[str]]) -> None:
        """Write rows by their columns: whole columns are made harmless much faster than single cells."""
        rows = map(",".join, zip(*map(fields, columns), strict=True))
        text, self._begin = self._begin + END.join([*rows, ""]), ""
        self._out.write(text.encode("utf-8", "replace"))


def fields(cells: Sequence[str]) -> Sequence[str]:
    """The cells of a column as the file has them: harmless, and in quotes where that is needed."""
    together = "".join(cells)
    if any(sign in together for sign in ";\t\r\n"):
        cells = [harmless(cell) if cell[:1] in STARTS or SPLIT.search(cell) else cell for cell in cells]
    elif not STARTS.isdisjoint([cell[:1] for cell in cells]):
        cells = [harmless(cell) if cell[:1] in STARTS else cell for cell in cells]
    if '"' in together or "\n" in together or "\r" in together:
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


def paths(book: Book) -> dict[str, str]:
    """``{section key: path of its table}``."""
    taken = Taken()
    taken.unique("csv", "data-dictionary.csv")
    return {part.section.key: taken.unique("csv", f"{slug(part.section.key)}.csv") for part in book.parts}


def write(part: Part, out: Writer) -> None:
    """Write the table of one section: labels first, then a row per record."""
    table, columns = Table(out), list(columns_of(part))
    sentences, groups = bool(part.section.sentence_fields), bool(part.section.group_by)
    heads = [*([_("In words")] if sentences else []), *([_("Group")] if groups else [])]
    table.row([_("Record"), *heads, *(label for label, _info, _place, _raw in columns)])
    wanted = [(place, raw) for _label, _info, place, raw in columns]
    for some in part.shapes():
        given = list(zip(*(shape["values"].values() for shape in some), strict=True))
        more = [[shape.get("sentence", "") for shape in some]] if sentences else []
        more += [[shape["group"]["display"] if "group" in shape else "" for shape in some]] if groups else []
        cells = [texts(given[place]) if raw else words(given[place]) for place, raw in wanted]
        table.rows([[shape["key"] for shape in some], *more, *cells])


def columns_of(part: Part) -> Iterator[tuple[str, FieldInfo, int, bool]]:
    """Label, field, place, and whether the column holds the stored value beside the words."""
    for place, info in enumerate(part.section.fields):
        yield info.label, info, place, False
        if info.kind in CODED:
            yield _("%s, as stored") % info.label, info, place, True


def texts(cells: Iterable[Cell]) -> list[str]:
    """The stored values of cells, as texts."""
    return [value if type(value) is str else stored_text(value) for value in raws(cells)]


def stored_text(value: Any) -> str:
    """A stored value in a cell."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def write_dictionary(book: Book, out: Writer) -> None:
    """Write what each column of each table means, and what is in no table and why."""
    table, files = Table(out), paths(book)
    table.row([_("File"), _("Section"), _("Column"), _("Field"), _("Kind"), _("Explanation"), _("Yours to take along")])
    for part in book.parts:
        section, path = part.section, files[part.section.key]
        for label, info, _place, _raw in columns_of(part):
            portable = _("Yes") if info.portable else _("No")
            table.row([path, section.title, label, info.name, info.kind, info.help, portable])
        for name, label, reason in section.withheld:
            table.row([path, section.title, label, name, _("withheld"), reason, _("No")])
        for key, name, label, reason in section.redacted:
            table.row([path, section.title, label, name, _("covered in record %s") % key, reason, _("No")])
    for lack in lacks(book):
        table.row([files.get(lack.label, ""), lack.title, "", "", _("not complete"), lack.reason, _("No")])
