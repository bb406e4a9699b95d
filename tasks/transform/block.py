"""Records by the batch: column by column, as they were made and as files want them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Self

from tasks.transform.cells import Cell, Cells, told, value_of
from tasks.transform.records import FileRef, Record


@dataclass(frozen=True)
class Block:
    """Some records of one section. ``columns`` run parallel to the section's ``fields``, everything else to ``keys``.

    ``files``, ``sentences`` and ``groups`` (cells) are empty where no record of the block has any.
    Iterating gives the records one by one.
    """

    keys: Sequence[str]
    titles: Sequence[str] = field(repr=False)  # a log line must show no value
    columns: Sequence[Cells] = field(repr=False)
    owned: bool = True
    files: Sequence[tuple[FileRef, ...]] = field(default=(), repr=False)
    sentences: Sequence[str] = field(default=(), repr=False)
    groups: Sequence[Cell] = field(default=(), repr=False)

    @classmethod
    def of(cls, records: Iterable[Record], *, owned: bool = True) -> Self:
        """A block of records that were made one by one; all are ``owned``, or none."""
        records = list(records)
        return cls(
            [record.key for record in records],
            [record.title for record in records],
            [list(map(told, values)) for values in zip(*(record.values for record in records), strict=True)],
            owned,
            [record.files for record in records] if any(record.files for record in records) else (),
            [record.sentence for record in records] if any(record.sentence for record in records) else (),
            [told(record.group) for record in records] if any(record.group[1] for record in records) else (),
        )

    def __len__(self) -> int:
        return len(self.keys)

    def cut(self, start: int, stop: int) -> Self:
        """Some of the records."""
        if start == 0 and stop >= len(self):
            return self
        of = slice(start, stop)
        columns = [cells[of] for cells in self.columns]
        files, sentences, groups = self.files[of], self.sentences[of], self.groups[of]
        return type(self)(self.keys[of], self.titles[of], columns, self.owned, files, sentences, groups)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The cells of each record."""
        return zip(*self.columns, strict=True) if self.columns else repeat((), len(self))

    def __iter__(self) -> Iterator[Record]:
        nothing: Sequence[None] = [None] * len(self)
        parts = zip(self.keys, self.titles, self.rows(), self.files or nothing, self.sentences or nothing,
                    self.groups or nothing, strict=True)  # fmt: skip
        for key, title, cells, files, sentence, group in parts:
            values = tuple(map(value_of, cells))
            yield Record(key, title, values, self.owned, files or (), sentence or "", value_of(group))
