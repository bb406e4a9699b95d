"""What could not be said, told once per field: the office sees where, and the class of the error, never its text."""

from collections.abc import Iterator

from tasks.collector import Batch
from tasks.transform.records import Gap
from tasks.transform.text import clean

MOST = 100  # cells of one section that are named one by one


class Gaps:
    """Collects failures of one section."""

    def __init__(self, section: str) -> None:
        self._section = section
        self._known: set[str] = set()
        self._new: list[Gap] = []
        self._cells = 0

    def add(self, field: str, error: Exception) -> None:
        """Note that ``field`` failed; without one, the whole section did."""
        if field not in self._known:
            self._known.add(field)
            self._new.append(Gap(self._section, field, type(error).__name__))

    def damaged(self, batch: Batch, names: dict[str, str]) -> None:
        """Note the cells that the collector could not read as they are stored; ``names``: fields by column."""
        for cell in batch.damaged:
            if self._cells < MOST:
                self._cells += 1
                key = clean(str(batch.key(batch.rows[cell.row])))
                self._new.append(Gap(self._section, names.get(cell.column, cell.column), cell.reason, key))

    def drain(self) -> Iterator[Gap]:
        """What came since the last time."""
        while self._new:
            yield self._new.pop(0)
