"""csv/: a table for each section, which no spreadsheet takes for a program, and a dictionary of all columns."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Protocol

import orjson
from django.utils.translation import gettext as _

from tasks import conf
from tasks.export.book import Book, Part
from tasks.export.completeness import lacks
from tasks.export.names import Taken, slug
from tasks.transform import FieldInfo

BOM = "\ufeff"
SIGNS = "=+\\-@\t\r\n＝＋－＠"
BLANKS = " \ufeff\u200b\u00a0\u3000"
FORMULA = re.compile(rf"[{BLANKS}]*[{SIGNS}]")
INNER = re.compile(rf"(?<=[;\t\r\n])[{BLANKS}]*(?=[=@＝＠]|[+\-＋－][\w(=@])")  # a cell to those who split there
SPLIT = re.compile(rf"[;\t\r\n][{BLANKS}]*[{SIGNS}]")
STARTS = frozenset("=+-@\t\r\n＝＋－＠" + BLANKS)
NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:[ \u00a0\u202f](?:[A-Z]{3}|[A-Z]{0,2}[€$£¥]))?\Z")
CODED = {"choice", "boolean", "date", "datetime", "duration", "money", "number", "reference"}
DICTIONARY = "csv/data-dictionary.csv"


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Table:
    """Rows as CSV (RFC 4180, UTF-8 with a byte order mark, CRLF) into a binary file."""

    def __init__(self, out: Writer) -> None:
        self._out, self._text = out, io.StringIO(newline="")
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_MINIMAL)
        if conf.csv_bom:
            self._text.write(BOM)

    def row(self, cells: list[str]) -> None:
        if not STARTS.isdisjoint([cell[:1] for cell in cells]) or SPLIT.search("".join(cells)):
            cells = [harmless(cell) if cell[:1] in STARTS or SPLIT.search(cell) else cell for cell in cells]
        self._writer.writerow(cells)
        if self._text.tell() > 1 << 16:
            self.flush()

    def flush(self) -> None:
        self._out.write(self._text.getvalue().encode("utf-8", "replace"))
        self._text.seek(0)
        self._text.truncate()


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
    wanted = [(place, int(not raw)) for _label, _info, place, raw in columns]
    for entry in part.records():
        values = entry.values
        cells = [text if type(text := values[place][at]) is str else stored_text(text) for place, at in wanted]
        more = [*([entry.sentence] if sentences else []), *([str(entry.group[1])] if groups else [])]
        table.row([entry.key, *more, *cells])
    table.flush()


def columns_of(part: Part) -> Iterator[tuple[str, FieldInfo, int, bool]]:
    """Label, field, place, and whether the column holds the stored value beside the words."""
    for place, info in enumerate(part.section.fields):
        yield info.label, info, place, False
        if info.kind in CODED:
            yield _("%s, as stored") % info.label, info, place, True


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
    table.flush()
