"""How many rows went, counted as Django's ``delete()`` counts and adding up over stores."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Counted = tuple[int, Mapping[str, int]]  # what ``QuerySet.delete()`` returns


class DeleteStats:
    """Deleted rows by label: a sum that unpacks and indexes as ``(total, {label: count})``.

    Takes whatever counts deletions, so several stores end in one sum::

        stats = DeleteStats()
        stats += Order.objects.filter(user=7).delete()     # Django's own tuple
        stats += DeleteStats({"redis:cart": 3})
        stats.add("audit.Entry", 12)
        total, by_label = stats

    Labels without a row are not listed, labels come sorted, and the total is always their sum.
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: "Mapping[str, int] | Counted | DeleteStats | None" = None) -> None:
        self._counts: dict[str, int] = {}
        if counts is not None:
            self.extend(counts)

    @property
    def total(self) -> int:
        """All rows that went."""
        return sum(self._counts.values())

    @property
    def by_label(self) -> dict[str, int]:
        """Rows per model label or store, sorted by label."""
        return dict(sorted(self._counts.items()))

    def add(self, label: str, n: int) -> None:
        """Count ``n`` more rows of ``label``.

        Raises:
            ValueError: ``n`` is negative; what is gone does not come back.
        """
        if n < 0:
            raise ValueError(f"{label}: wanted a number of deleted rows, found {n}.")
        if n:
            self._counts[label] = self._counts.get(label, 0) + n

    def extend(self, other: "Mapping[str, int] | Counted | DeleteStats") -> None:
        """Add everything that ``other`` counted: a DeleteStats, a mapping, or the tuple of ``QuerySet.delete()``.

        Raises:
            TypeError: it is none of these.
        """
        for label, n in _counts_of(other).items():
            self.add(label, n)

    def __iadd__(self, other: "Mapping[str, int] | Counted | DeleteStats") -> Self:
        self.extend(other)
        return self

    def __add__(self, other: "Mapping[str, int] | Counted | DeleteStats") -> "DeleteStats":
        result = DeleteStats(self)
        result.extend(other)
        return result

    def __radd__(self, other: "Mapping[str, int] | Counted | DeleteStats | int") -> "DeleteStats":
        """Add up with the built-in ``sum()``, which starts at 0, and behind Django's tuple."""
        return DeleteStats(self) if isinstance(other, int) else DeleteStats(other) + self

    def __iter__(self) -> Iterator[Any]:
        yield self.total
        yield self.by_label

    def __len__(self) -> int:
        return 2

    def __bool__(self) -> bool:
        return bool(self._counts)

    def __getitem__(self, index: int) -> Any:
        return (self.total, self.by_label)[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DeleteStats):
            return self._counts == other._counts
        return (self.total, self.by_label) == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"DeleteStats({self.by_label!r})"

    def report(self) -> str:
        """Return lines that people read: the sum, then each label with its count."""
        if not self:
            return _("Nothing was deleted.")
        width = len(f"{max(self._counts.values()):,}")
        head = ngettext("%(n)s row was deleted:", "%(n)s rows were deleted:", self.total) % {"n": f"{self.total:,}"}
        return "\n".join([head, *(f"  {n:>{width},}  {label}" for label, n in self.by_label.items())])

    def as_json(self) -> str:
        """Return ``{"total": n, "by_label": {label: n}}`` as one line of JSON."""
        return json.dumps({"total": self.total, "by_label": self.by_label})

    @classmethod
    def sum(cls, parts: "Iterable[Mapping[str, int] | Counted | DeleteStats]") -> "DeleteStats":
        """Return the sum of many counts."""
        result = cls()
        for part in parts:
            result.extend(part)
        return result


def _counts_of(given: object) -> Mapping[str, int]:
    if isinstance(given, DeleteStats):
        return given._counts
    if isinstance(given, Mapping):
        return given
    match given:
        case (int(), Mapping() as counts):
            return counts
    raise TypeError(f"wanted a DeleteStats, a mapping or (total, {{label: count}}), found {type(given).__name__}.")
