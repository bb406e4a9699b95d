"""csv/: a table for each section, which no spreadsheet takes for a program, and a dictionary of all columns."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Protocol

from django.utils.translation import gettext as _

from tasks.export.book import Book, Entry, Part
from tasks.export.names import Taken, slug
from tasks.transform import FieldInfo

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[-+]?\d[\d.,]*\Z")
CODED = {"choice", "boolean", "date", "datetime", "duration", "money", "reference"}
DICTIONARY = "csv/data-dictionary.csv"


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Table:
    """Rows as CSV (RFC 4180, UTF-8 with a byte order mark, CRLF) into a binary file."""

    def __init__(self, out: Writer) -> None:
        self._out, self._text = out, io.StringIO(newline="")
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_MINIMAL)
        self._text.write(BOM)

    def row(self, cells: list[str]) -> None:
        self._writer.writerow([harmless(cell) for cell in cells])
        if self._text.tell() > 1 << 16:
            self.flush()

    def flush(self) -> None:
        self._out.write(self._text.getvalue().encode("utf-8", "replace"))
        self._text.seek(0)
        self._text.truncate()


def harmless(cell: str) -> str:
    """``cell`` with an apostrophe before it where a spreadsheet would take it for a formula."""
    if cell.lstrip(" \ufeff\xa0").startswith(FORMULA) and not NUMBER.match(cell):
        return f"'{cell}"
    return cell


def paths(book: Book) -> dict[str, str]:
    """``{section key: path of its table}``."""
    taken = Taken()
    taken.unique("csv", "data-dictionary.csv")
    return {part.section.key: taken.unique("csv", f"{slug(part.section.key)}.csv") for part in book.parts}


def write(part: Part, out: Writer) -> None:
    """Write the table of one section: labels first, then a row per record."""
    table, columns = Table(out), list(columns_of(part))
    table.row([_("Record"), *(label for label, _info, _place, _raw in columns)])
    for entry in part.records():
        table.row([entry.key, *(cell(entry, place, raw=raw) for _label, _info, place, raw in columns)])
    table.flush()


def columns_of(part: Part) -> Iterator[tuple[str, FieldInfo, int, bool]]:
    """Label, field, place, and whether the column holds the stored value beside the words."""
    for place, info in enumerate(part.section.fields):
        yield info.label, info, place, False
        if info.kind in CODED:
            yield _("%s, as stored") % info.label, info, place, True


def cell(entry: Entry, place: int, *, raw: bool) -> str:
    """What stands in one cell."""
    stored, display = entry.values[place]
    if not raw:
        return str(display)
    return "" if stored is None else stored_text(stored)


def stored_text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def write_dictionary(book: Book, out: Writer) -> None:
    """Write what each column of each table means."""
    table, files = Table(out), paths(book)
    table.row([_("File"), _("Section"), _("Column"), _("Field"), _("Kind"), _("Explanation"), _("Yours to take along")])
    for part in book.parts:
        section = part.section
        for label, info, _place, _raw in columns_of(part):
            portable = _("Yes") if info.portable else _("No")
            table.row([files[section.key], section.title, label, info.name, info.kind, info.help, portable])
        for name, label, reason in section.withheld:
            table.row([files[section.key], section.title, label, name, _("withheld"), reason, _("No")])
    table.flush()
