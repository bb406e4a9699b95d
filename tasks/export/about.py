"""What an export says about itself: whose, why, when, how complete."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

SEARCHED, NOTHING, FAILED = "searched", "nothing", "failed"


@dataclass(frozen=True)
class SourceReport:
    """A place that was searched, what came of it. ``state``: searched, nothing or failed."""

    key: str
    title: str
    state: str
    count: int = 0
    error: str = ""


@dataclass(frozen=True)
class About:
    """The facts of one answer. Moments are aware; ``time_zone`` is an IANA name.

    ``person_contact`` is masked. ``incomplete_reason`` is what the approver wrote where a source
    failed; it is printed.
    """

    reference: str = ""
    kind: str = "access"
    person_name: str = ""
    person_contact: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    requested_at: datetime | None = None
    snapshot_at: datetime | None = None
    answered_at: datetime | None = None
    sources: tuple[SourceReport, ...] = ()
    reviewed_by: str = ""
    incomplete_reason: str = ""
    data_map_version: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def complete(self) -> bool:
        """Whether every source answered."""
        return all(source.state != FAILED for source in self.sources)


@dataclass(frozen=True)
class Snapshot:
    """A sealed collection of one moment. ``sha256`` is of the clear bytes: what an approval binds."""

    name: str
    sha256: str
    size: int
    counts: dict[str, int]
    categories: list[dict[str, Any]]
    gaps: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The snapshot as a case keeps it: counts and titles, no value of a row."""
        return asdict(self)


@dataclass(frozen=True)
class Built:
    """One sealed file of a package. Size and hash are of the clear bytes."""

    kind: str  # "zip", "pdf", "json"
    name: str  # in the vault
    filename: str  # for the person's disk
    size: int
    sha256: str
    pages: int | None = None
