"""The section of a store or service: no model says what its values are, so they tell it themselves."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.collector import Batch
from tasks.datamap import Content, SourcePrivacy, registry
from tasks.datamap.source_rules import RESERVED
from tasks.transform.block import Block
from tasks.transform.cells import Cell, Cells, told
from tasks.transform.columns import Column, Rows
from tasks.transform.gaps import Gaps
from tasks.transform.kinds import kind_of_values, teller
from tasks.transform.outline import is_secret
from tasks.transform.records import FieldInfo, FileRef, Gap, Summary, Value
from tasks.transform.sections import store_section
from tasks.transform.structures import BARE, bare, files_in, outlined
from tasks.transform.summary import Days
from tasks.transform.text import clean, shown

KEY, MORE = RESERVED  # columns of the collector's: what tells a record from others, and what has no column


class Store:
    """The section of a store: compiled from its first batch, then batch by batch into records."""

    def __init__(self, batch: Batch, *, zone: tzinfo) -> None:
        self.label, self.gaps, self.count = batch.label, Gaps(batch.label), 0
        self.policy = registry.source(batch.label)
        found = list(columns(batch, self.policy, zone=zone))
        self.columns = [column for _place, column in found]
        self.section = store_section(batch, tuple(column.info for column in self.columns))
        shown_columns = [(place, column.info) for place, column in found if column.info.kind != "covered"]
        self.places = [(place, batch.columns[place], info.name) for place, info in shown_columns]
        self.days = Days(self.section)

    def records(self, batch: Batch) -> Iterator[Block | Gap]:
        """The records of one batch, its columns converted one by one."""
        self.count += len(batch.rows)
        made = [self._cells(column, batch.rows) for column in self.columns]
        self.days.saw(made)
        keys = [clean(str(batch.key(row))) for row in batch.rows]
        titles = [shown(f"{self.section.title} {key}") for key in keys]
        files = [self._files(row) for row in batch.rows]
        yield Block(keys, titles, made, batch.owned, files if any(files) else ())
        yield from self.gaps.drain()

    def _cells(self, column: Column, rows: Rows) -> Cells:
        try:
            return column.cells(rows)
        except Exception as error:  # noqa: BLE001 - whatever a value does when it is told; the others are fine
            self.gaps.add(column.info.name, error)
            return [self._one(column, row) for row in rows]

    @staticmethod
    def _one(column: Column, row: tuple[Any, ...]) -> Cell:
        try:
            return column.cells([row])[0]
        except Exception:  # noqa: BLE001 - the one that is the gap
            return None

    def _files(self, row: tuple[Any, ...]) -> tuple[FileRef, ...]:
        return tuple(
            FileRef(self.label, shown_as, clean(content.name), content)
            for place, name, shown_as in self.places
            if type(row[place]) not in BARE
            for content in self._contents(name, row[place])
        )

    def _contents(self, name: str, value: Any) -> Iterator[Content]:
        """The files in a cell; of what stands together without columns, those in what is shown."""
        if self.policy is None:
            return
        if name != MORE:
            yield from files_in(value, guard=name not in self.policy.reveal)
            return
        for key, each in value.items():
            if not self.policy.hides(key) and key not in self.policy.third_party:
                yield from files_in(each, guard=key not in self.policy.reveal)

    def summary(self) -> Summary:
        return self.days.summary(self.count)


def columns(batch: Batch, policy: SourcePrivacy | None, *, zone: tzinfo) -> Iterator[tuple[int, Column]]:
    """The columns that are shown, with their places. What the first batch leaves no room for stands in the last."""
    names = printable(batch.columns)
    for place, name in enumerate(batch.columns):
        given = [row[place] for row in batch.rows]
        if policy is None:
            info = FieldInfo(names[place], label(name), "", "text", portable=False)
            yield place, plain_column(place, info, zone=zone)
        elif name == MORE:
            if any(given) or len(given) >= policy.batch_rows:
                yield place, rest_column(place, policy)
        elif name in policy.third_party:
            yield place, covered_column(place, name, policy)
        elif name != KEY and not policy.hides(name):
            kind, portable = kind_of_values(given), name in policy.portable
            info = FieldInfo(names[place], heading(policy, name), "", kind, portable)
            yield place, plain_column(place, info, zone=zone, guard=name not in policy.reveal)


def printable(names: Iterable[str]) -> list[str]:
    """Names that every format can hold: they may come from whoever fills the store. Each is still its own."""
    found: dict[str, None] = {}
    for name in names:
        text, number = clean(name), 2
        while text in found:
            text, number = f"{clean(name)} {number}", number + 1
        found[text] = None
    return list(found)


def plain_column(place: int, info: FieldInfo, *, zone: tzinfo, guard: bool = True) -> Column:
    """Values told by their kind."""
    tell = teller(info.kind, zone=zone, guard=guard)
    return Column(info, at(place, tell))


def covered_column(place: int, name: str, policy: SourcePrivacy) -> Column:
    """Somebody else's words: that there are some, and what stands in place of them."""
    words = Value(None, shown(str(policy.third_party[name])))
    info = FieldInfo(name, heading(policy, name), "", "covered", portable=name in policy.portable)
    return Column(info, at(place, lambda value: words))


def rest_column(place: int, policy: SourcePrivacy) -> Column:
    """What later records have and the first ones had not, under its own names."""

    def tell(values: dict[str, Any]) -> Value:
        said = {name: part(name, value, policy) for name, value in values.items() if name not in policy.withheld}
        return outlined(said, guard=False)

    return Column(FieldInfo(MORE, _("More"), "", "json", portable=False), at(place, tell))


def part(name: str, value: Any, policy: SourcePrivacy) -> Any:
    """One value without a column of its own."""
    if name in policy.third_party:
        return str(policy.third_party[name])
    if name in policy.reveal:
        return bare(value, guard=False)
    return _("withheld") if is_secret(name, value) else bare(value)


def at(place: int, tell: Callable[[Any], Value]) -> Callable[[Rows], Cells]:
    """Tell the values at one place of each row; nothing stays nothing."""

    def cells(rows: Rows) -> Cells:
        return [None if row[place] is None else told(tell(row[place])) for row in rows]

    return cells


def heading(policy: SourcePrivacy, name: str) -> str:
    """The heading of a field."""
    return shown(policy.words_of(name))


def label(name: str) -> str:
    return shown(capfirst(name.replace("_", " ")))
