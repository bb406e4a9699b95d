"""What could not be said, told once per field: the office sees where, and the class of the error, never its text."""

from collections.abc import Iterator

from tasks.transform.records import Gap


class Gaps:
    """Collects failures of one section."""

    def __init__(self, section: str) -> None:
        self._section = section
        self._known: set[str] = set()
        self._new: list[Gap] = []

    def add(self, field: str, error: Exception) -> None:
        """Note that ``field`` failed; without one, the whole section did."""
        if field not in self._known:
            self._known.add(field)
            self._new.append(Gap(self._section, field, type(error).__name__))

    def drain(self) -> Iterator[Gap]:
        """What came since the last time."""
        while self._new:
            yield self._new.pop(0)
