"""Tables for spreadsheets: one per section, labels in the first row, safe against formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.utils.translation import gettext as _

from tasks.export.content import Content
from tasks.transform import Record, Section, Value

BOM = "\ufeff".encode()  # so that spreadsheets read UTF-8 as such
CODED = {"choice", "reference", "money", "boolean", "date", "datetime", "duration", "json", "file"}
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*\Z")


def filename(section: Section) -> str:
    """``csv/orders-order.csv``."""
    return f"csv/{re.sub(r'[^a-z0-9]+', '-', section.key.lower()).strip('-')}.csv"


def stream(section: Section, records: Iterable[Record]) -> Iterator[bytes]:
    """One section's table. Where people and machines read a value differently it has two columns."""
    yield BOM + row([_("Key"), _("Name"), *headings(section)])
    for record in records:
        yield row([record.key, record.title, *cells(section, record)])


def headings(section: Section) -> Iterator[str]:
    for info in section.fields:
        yield info.label
        if info.kind in CODED:
            yield _("%(label)s (as stored)") % {"label": info.label}


def cells(section: Section, record: Record) -> Iterator[str]:
    for info, value in zip(section.fields, record.values, strict=True):
        yield value.display
        if info.kind in CODED:
            yield stored(value)


def stored(value: Value) -> str:
    raw: Any = value.raw
    if raw is None:
        return ""
    return raw if isinstance(raw, str) else orjson.dumps(raw, default=str).decode()


def row(values: Iterable[str]) -> bytes:
    """One line of CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerow([harmless(value) for value in values])
    return out.getvalue().encode("utf-8", "replace")


def harmless(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before it, numbers excepted."""
    return f"'{value}" if value[:1] in tuple("=+-@\t\r") and value and not NUMBER.match(value) else value


def dictionary(content: Content) -> Iterator[bytes]:
    """What each column of each table is."""
    yield BOM + row([_("Table"), _("Column"), _("Field"), _("Kind"), _("Help")])
    for section in content.sections:
        for info in section.fields:
            yield row([filename(section), info.label, info.name, info.kind, info.help])
        for name, label, reason in section.withheld:
            yield row([filename(section), label, name, _("withheld"), reason])
