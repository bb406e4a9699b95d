"""An erasure plan as a person reads it: what is deleted, what is anonymised, what is kept and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tasks.datamap.labels import category_of, heading_of
from tasks.datamap.vocabulary import Recipient

DELETE, ANONYMISE, KEEP, REFUSED = "delete", "anonymise", "keep", "refused"
EMPTIED = (": blank", ": null")


@dataclass(frozen=True)
class Fate:
    """What happens to one category's records, or to a part of them."""

    title: str
    count: int
    because: str = ""
    until: str | date | None = None
    says: str = ""
    unknown: bool = False  # a place that has not said how many
    gone: date | None = None  # of what was kept: since when it is gone


@dataclass(frozen=True)
class Fates:
    """The rows of a plan by fate, the largest first."""

    deleted: list[Fate] = field(default_factory=list)
    anonymised: list[Fate] = field(default_factory=list)
    kept: list[Fate] = field(default_factory=list)
    refused: list[Fate] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> "Fates":
        """Read ``queries.plan_for`` or a case's plan; rows that hold nothing are left out."""
        rows = [row for row in plan.get("rows", []) if row["count"] or row.get("unknown")]
        parts = Counter((row["fate"], row["category"]) for row in rows)

        def those(fate: str) -> list[Fate]:
            found = [row for row in rows if row["fate"] == fate]
            fates = [_fate(row, alone=parts[fate, row["category"]] == 1) for row in found]
            return sorted(_deleted(found) if fate == DELETE else fates, key=lambda one: -one.count)

        return cls(those(DELETE), those(ANONYMISE), those(KEEP), those(REFUSED))

    @classmethod
    def of_certificate(cls, certificate: Mapping[str, Any]) -> "Fates":
        """Read a certificate: what was done, in the same shape as what was planned."""

        def those(fate: str) -> list[Fate]:
            ends = certificate.get("ends", {})
            return [
                _done(row, fate, ends.get(row.get("category", ""), {}))
                for row in certificate.get("categories", [])
                if row[fate]
            ]

        return cls(those("erased"), those("anonymised"), those("kept"))

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
    def refused_count(self) -> int:
        return _sum(self.refused)

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


def _fate(row: Mapping[str, Any], *, alone: bool) -> Fate:
    parts = ", ".join(heading_of(label) for label in row["labels"])
    title = row["title"] if alone or parts == row["title"] else f"{row['title']}: {parts}"
    kept = row["fate"] == KEEP
    ground = _ground(row["because"], row["law"] if kept else "")
    until = row["until"] if kept else None
    return Fate(title, row["count"], ground, until, _says(row["changes"]), row.get("unknown", False))


def _deleted(rows: Iterable[Mapping[str, Any]]) -> list[Fate]:
    """What is deleted, one line per category: it needs neither ground nor law nor date."""
    counts: Counter[tuple[str, str]] = Counter()
    unknown: set[str] = set()
    for row in rows:
        counts[row["category"], row["title"]] += row["count"]
        unknown |= {row["category"]} if row.get("unknown") else set()
    return [Fate(title, count, unknown=key in unknown) for (key, title), count in counts.items()]


def _done(row: Mapping[str, Any], fate: str, end: Mapping[str, date | None]) -> Fate:
    if fate != "kept":
        return Fate(row["title"], row[fate])
    return Fate(
        row["title"],
        row[fate],
        _ground(". ".join(ground.rstrip(".") for ground in row["grounds"]), row["law"]),
        end.get("until") or row["until"],
        gone=end.get("gone"),
    )


def _ground(because: str, law: str) -> str:
    """The ground as one sentence, with the law where the ground does not name it."""
    because, law = because.strip().rstrip("."), law.strip().rstrip(".")
    if law and law not in because:
        because = f"{because} ({law})" if because else law
    return f"{because}." if because else ""


def recipients_in(plan: Mapping[str, Any]) -> list[Recipient]:
    """Who received data of the categories in a plan, each once."""
    categories = (
        category_of(label)
        for row in plan.get("rows", [])
        if row["count"] or row.get("unknown")
        for label in row["labels"]
    )
    found = {recipient.name: recipient for category in categories for recipient in category.recipients}
    return list(found.values())


def _says(changes: Iterable[str]) -> str:
    """The changes as sentences: ``Emptied at once: Recipient, Telephone. Shown as: becomes “Former member”.``"""
    ends = (*EMPTIED, f": {_('emptied')}")
    emptied = [change.rsplit(":", 1)[0] for change in changes if change.endswith(ends)]
    others = [change for change in changes if not change.endswith(ends)]
    sentences = [_("Emptied at once: %(fields)s") % {"fields": ", ".join(emptied)}] if emptied else []
    return " ".join(f"{sentence}." for sentence in [*sentences, *others])


def _sum(fates: Sequence[Fate]) -> int:
    return sum(fate.count for fate in fates)
