"""Where the host's code speaks: ``display_`` methods and computed fields. Their failures are told and stop nothing."""

from collections.abc import Callable
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import capfirst

from tasks.datamap import Computed, ModelPrivacy
from tasks.transform.cells import Cells, cell, raws, told
from tasks.transform.columns import Column
from tasks.transform.display import plain
from tasks.transform.gaps import Gaps
from tasks.transform.numerals import amount
from tasks.transform.records import EMPTY, FieldInfo, Value
from tasks.transform.rows import Row, Rows
from tasks.transform.text import shown

WORDS = (str, Promise, int, float, Decimal)
RESULTS = (*WORDS, date, time, timedelta, UUID, list, tuple, set, dict)


def computed_column(policy: ModelPrivacy, name: str, place: dict[str, int], gaps: Gaps, *, zone: tzinfo) -> Column:
    """The column of a computed field."""
    computed: Computed = policy.computed[name]
    label = str(policy.labels.get(name) or capfirst(str(computed.label)))
    portable = computed.portable or name in policy.portable
    info = FieldInfo(name, shown(label), shown(str(computed.help_text)), computed.kind, portable)
    return Column(info, Computation(policy, name, place, gaps, zone=zone), made=True)


class Computation:
    """Calls the method of a computed field for row after row."""

    def __init__(self, policy: ModelPrivacy, name: str, place: dict[str, int], gaps: Gaps, *, zone: tzinfo) -> None:
        self.name, self.place, self.gaps = name, place, gaps
        self.method: Callable[[Row], Any] = getattr(policy, name)
        self.plain = plain(zone)
        self.money, self.currency = policy.computed[name].kind == "money", policy.currency

    def __call__(self, rows: Rows) -> Cells:
        return [told(self._one(Row(row, self.place))) for row in rows]

    def _one(self, row: Row) -> Value:
        try:
            found = self.method(row)
            if found is None:
                return EMPTY
            if not isinstance(found, RESULTS):
                raise TypeError(type(found).__name__)
            return amount(found, self._code(row)) if self.money else self.plain(found)
        except Exception as error:  # noqa: BLE001 - the host's code: its failure is told, and stops nothing
            self.gaps.add(self.name, error)
            return EMPTY

    def _code(self, row: Row) -> str:
        return str(getattr(row, self.currency)) if self.currency in self.place else self.currency


def speaks(policy: ModelPrivacy) -> bool:
    """Whether code of the host's says anything of a model's rows, which then have to be Python values."""
    hooks = any(name.startswith("display_") for name in dir(policy))
    return hooks or bool(policy.computed or policy.serializer)


def hook_of(policy: ModelPrivacy | None, column: Column) -> Callable[[Row], Any] | None:
    """The ``display_`` method for a column. What a rule covers stays covered."""
    if policy is None or column.info.kind == "covered":
        return None
    found: Callable[[Row], Any] | None = getattr(policy, f"display_{column.info.name}", None)
    return found


def worded(
    cells: Cells, rows: Rows, hook: Callable[[Row], Any], place: dict[str, int], *, name: str, gaps: Gaps
) -> Cells:
    """The cells in the words of a ``display_`` method; one that fails leaves the cell as it was."""
    found = []
    for before, raw, row in zip(cells, raws(cells), rows, strict=True):
        try:
            words = hook(Row(row, place))
            if words is not None and (isinstance(words, bool) or not isinstance(words, WORDS)):
                raise TypeError(type(words).__name__)
            found.append(cell(raw, "" if words is None else shown(str(words))))
        except Exception as error:  # noqa: BLE001 - the host's code: its failure is told, and the value stays
            gaps.add(name, error)
            found.append(before)
    return found
