"""An erasure plan as a person reads it: what is deleted, what is anonymised, what is kept and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DELETE, ANONYMISE, KEEP, REFUSED = "delete", "anonymise", "keep", "refused"


@dataclass(frozen=True)
class Fates:
    """The rows of a plan's summary by fate, each ``{"title", "count", "because", "until", "changes", "law"}``."""

    deleted: list[Mapping[str, Any]] = field(default_factory=list)
    anonymised: list[Mapping[str, Any]] = field(default_factory=list)
    kept: list[Mapping[str, Any]] = field(default_factory=list)
    refused: list[Mapping[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "Fates":
        """Sort the rows of ``Plan.summary()``; those that hold nothing are left out."""

        def those(fate: str) -> list[Mapping[str, Any]]:
            found = [row for row in rows if row["fate"] == fate and row["count"]]
            return sorted(found, key=lambda row: -row["count"])

        return cls(those(DELETE), those(ANONYMISE), those(KEEP), those(REFUSED))

    @property
    def deleted_count(self) -> int:
        return _sum(self.deleted)

    @property
    def anonymised_count(self) -> int:
        return _sum(self.anonymised)

    @property
    def kept_count(self) -> int:
        return _sum(self.kept) + _sum(self.refused)

    @property
    def total(self) -> int:
        return self.deleted_count + self.anonymised_count + self.kept_count

    @property
    def goes(self) -> int:
        """How many are deleted or no longer lead to the person."""
        return self.deleted_count + self.anonymised_count

    @property
    def bar(self) -> dict[str, float]:
        """Where the three parts of the bar begin and how long they are, in percent."""
        whole = self.total or 1
        deleted, anonymised = (round(100 * part / whole, 2) for part in (self.deleted_count, self.anonymised_count))
        kept = round(100 - deleted - anonymised, 2) if self.kept_count else 0
        return {"deleted": deleted, "anonymised": anonymised, "kept_from": round(deleted + anonymised, 2), "kept": kept}


def _sum(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(int(row["count"]) for row in rows)
