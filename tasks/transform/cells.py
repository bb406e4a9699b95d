"""Cells: a value as data.json and the snapshot hold it, so that nothing is put together twice.

A cell is the stored value itself where people read the same (a text, a whole number, nothing at all), else both,
``{"value": stored, "display": words}``. No stored value is a mapping without its words beside it, so each cell
can be taken apart again.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from tasks.transform.records import EMPTY, Value

Cell = Any  # str | int | float | None | dict[str, Any]
Cells = list[Cell]


def cell(raw: Any, display: str) -> Cell:
    """A stored value with its words, unless these are the same, or only the digits of a number."""
    if raw == display or (raw is None and not display):
        return raw
    if type(raw) in (int, float) and str(raw) == display:
        return raw
    return {"value": raw, "display": display}


def told(value: Value) -> Cell:
    """The cell of a value."""
    return cell(*value)


def value_of(cell: Cell) -> Value:
    """The value of a cell."""
    if cell is None:
        return EMPTY
    if type(cell) is dict:
        return Value(cell["value"], cell["display"])
    return Value(cell, str(cell))


VALUE, DISPLAY = itemgetter("value"), itemgetter("display")


def raws(cells: Sequence[Cell]) -> list[Any]:
    """The stored values of cells."""
    types = {*map(type, cells)}
    if types == {dict}:  # mostly all of a column are of one kind
        return list(map(VALUE, cells))
    if dict not in types:
        return list(cells)
    return [each["value"] if type(each) is dict else each for each in cells]


def words(cells: Sequence[Cell]) -> list[str]:
    """What people read of cells."""
    types = {*map(type, cells)}
    if types == {dict}:
        return list(map(DISPLAY, cells))
    if types <= {str}:
        return list(cells)
    if types == {int}:
        return list(map(str, cells))
    return [
        each["display"] if type(each) is dict else "" if each is None else each if type(each) is str else str(each)
        for each in cells
    ]
