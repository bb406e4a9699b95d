"""csv/: a table for each section, which no spreadsheet takes for a program, and a dictionary of all columns."""

from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from tasks import conf
from tasks.export import spreadsheet
from tasks.export.book import Book, Part
from tasks.export.completeness import lacks
from tasks.export.names import Taken, slug
from tasks.export.spreadsheet import Shown, columns_of

BOM = b"\xef\xbb\xbf"
DICTIONARY = "csv/data-dictionary.csv"


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Table:
    """A table in UTF-8, with a byte order mark where the installation wants one, into a binary file."""

    def __init__(self, out: Writer) -> None:
        self._out = out
        self.write(BOM if conf.csv_bom else b"")

    def row(self, cells: Sequence[str]) -> None:
        """Write one row."""
        self.write(spreadsheet.rows([[cell] for cell in cells]))

    def write(self, rows: bytes) -> None:
        """Write rows that are CSV already."""
        self._out.write(rows)


def paths(book: Book) -> dict[str, str]:
    """``{section key: path of its table}``."""
    taken = Taken()
    taken.unique("csv", "data-dictionary.csv")
    return {part.section.key: taken.unique("csv", f"{slug(part.section.key)}.csv") for part in book.parts}


def write(part: Part, out: Writer) -> None:
    """Write the table of one section: labels first, then a row per record."""
    table, section = Table(out), part.section
    heads = [*([_("In words")] if section.sentence_fields else []), *([_("Group")] if section.group_by else [])]
    table.row([_("Record"), *heads, *map(label, columns_of(section))])
    for rows in part.rows():
        table.write(rows)


def label(column: Shown) -> str:
    """What stands above a column."""
    return _("%s, as stored") % column.info.label if column.as_stored else column.info.label


def write_dictionary(book: Book, out: Writer) -> None:
    """Write what each column of each table means, and what is in no table and why."""
    table, files = Table(out), paths(book)
    table.row([_("File"), _("Section"), _("Column"), _("Field"), _("Kind"), _("Explanation"), _("Yours to take along")])
    for part in book.parts:
        section, path = part.section, files[part.section.key]
        for column in columns_of(section):
            info, portable = column.info, _("Yes") if column.info.portable else _("No")
            table.row([path, section.title, label(column), info.name, info.kind, info.help, portable])
        for name, heading, reason in section.withheld:
            table.row([path, section.title, heading, name, _("withheld"), reason, _("No")])
        for key, name, heading, reason in section.redacted:
            table.row([path, section.title, heading, name, _("covered in record %s") % key, reason, _("No")])
    for lack in lacks(book):
        table.row([files.get(lack.label, ""), lack.title, "", "", _("not complete"), lack.reason, _("No")])
