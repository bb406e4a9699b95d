"""The copy of a case as the preview draws it: records field by field, with what can be covered in them."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from tasks.cases.covering import Spot
from tasks.cases.models import Redaction
from tasks.cases.preview import Covered, Page, Row

#: From this length on a value stands on a line of its own.
WIDE = 48
#: Characters of one box: a key and the name of a field.
LONGEST = 1_000


@dataclass(frozen=True)
class Cell:
    """One field of a record: its value as collected and as it will be delivered.

    ``spot`` is what a box to tick sends; empty where there is nothing to cover. ``redaction`` covers it by hand,
    ``why`` says why somebody should look at it.
    """

    field: Any
    before: str
    after: str
    wide: bool
    spot: str
    ticked: bool
    redaction: Redaction | None
    why: str

    @property
    def differs(self) -> bool:
        """Whether the value is delivered in other words: covered itself, or because of another that is."""
        return self.before != self.after


@dataclass(frozen=True)
class Card:
    """One record with its fields. Its own ``spot`` is for all of it."""

    row: Row
    cells: list[Cell]
    spot: str
    ticked: bool
    why: str
    redaction: Redaction | None

    @property
    def after(self) -> str:
        """What is delivered of a record that is covered whole: the words with the reason."""
        return whole(self.row)


def whole(row: Row) -> str:
    """What stands in every field of a record that is covered whole."""
    return next((value.display for value in row.after.values if value.display), row.after.title)


def cards(page: Page, *, ticked: Collection[str] = ()) -> list[Card]:
    """The records of a page. ``ticked`` are boxes that somebody has ticked before."""
    return [card(page.section, row, ticked) for row in page.rows]


def card(section: Any, row: Row, ticked: Collection[str]) -> Card:
    all_of_it = spot(row.before.key, "")
    triples = zip(section.fields, row.before.values, row.after.values, strict=True)
    cells = [_cell(info, before.display, after.display, row, ticked) for info, before, after in triples]
    return Card(row, cells, all_of_it, all_of_it in ticked, row.suspected.get("", ""), row.covered.get(""))


def _cell(info: Any, before: str, after: str, row: Row, ticked: Collection[str]) -> Cell:
    redaction = row.covered.get(info.name)
    free = info.name in row.coverable and not redaction and "" not in row.covered
    value = spot(row.before.key, info.name) if free else ""
    wide = max(len(before), len(after)) > WIDE
    return Cell(info, before, after, wide, value, value in ticked, redaction, row.suspected.get(info.name, ""))


def spot(key: str, field: str) -> str:
    """A place in a section as a form sends it."""
    return json.dumps([key, field])


def spots(section: str, posted: Iterable[str]) -> list[Spot]:
    """The places that a form sent.

    Raises:
        ValueError: something else than boxes of the page was sent.
    """
    found = []
    for text in posted:
        if len(text) > LONGEST:
            raise ValueError("places: wanted a key and a field, found something longer.")
        entry = _entry(text)
        if not isinstance(entry, list) or len(entry) != 2 or not all(isinstance(part, str) for part in entry):
            raise ValueError("places: wanted a key and a field, found something else.")
        found.append(Spot(section, *entry))
    return found


def _entry(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("places: wanted a key and a field, found something deeper.") from error


@dataclass(frozen=True)
class Change:
    """One thing that is covered by hand, for the list of all: where, and before and after."""

    redaction: Redaction
    title: str
    where: str
    label: str
    before: str
    after: str


def changes(found: Iterable[Covered]) -> list[Change]:
    """What is covered by hand, as the list shows it."""
    return [_change(each) for each in found]


def _change(each: Covered) -> Change:
    redaction, section, row = each.redaction, each.section, each.row
    if section is None or row is None:
        return Change(redaction, "", redaction.label, redaction.field, "", "")
    if not redaction.field:
        return Change(redaction, row.before.title, section.title, "", row.before.title, whole(row))
    found = card(section, row, ())
    cell = next((cell for cell in found.cells if cell.field.name == redaction.field), None)
    if cell is None:
        return Change(redaction, row.before.title, section.title, redaction.field, "", "")
    return Change(redaction, row.before.title, section.title, cell.field.label, cell.before, cell.after)
