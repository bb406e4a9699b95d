"""What goes into an export beside the records, and what comes out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone, translation

from tasks.transform import Redaction
from tasks.transform.text import shown

WORDS = ("reference", "person_name", "person_contact", "reviewed_by", "incomplete_reason")


@dataclass(frozen=True)
class SourceReport:
    """How the search of one source ended: ``state`` is ``searched``, ``nothing`` or ``failed``.

    ``told``: a gap of the snapshot says that it failed, and why.
    """

    key: str
    title: str
    state: str
    count: int = 0
    error: str = ""
    told: bool = False


@dataclass(frozen=True)
class About:
    """The request that an export answers, and the person that it is for.

    ``categories`` are the keys that were asked for; none means everything. ``person_contact`` is masked already.
    """

    reference: str
    kind: str
    person_name: str
    person_contact: str
    language: str
    time_zone: str
    requested_at: datetime
    snapshot_at: datetime
    answered_at: datetime
    sources: tuple[SourceReport, ...] = ()
    reviewed_by: str = ""
    incomplete_reason: str = ""
    data_map_version: str = ""
    categories: tuple[str, ...] = ()
    redactions: tuple[Redaction, ...] = ()

    def __post_init__(self) -> None:
        for name in WORDS:
            object.__setattr__(self, name, " ".join(shown(str(getattr(self, name))).split()))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which dates are told; UTC where the name is unknown here."""
        try:
            return ZoneInfo(self.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def failed(self) -> tuple[SourceReport, ...]:
        """The sources that did not answer."""
        return tuple(source for source in self.sources if source.state == "failed")

    @property
    def failed_titles(self) -> list[str]:
        """What people call the sources that did not answer."""
        return [source.title for source in self.failed]

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Within the block, texts are in the person's language and times in their zone."""
        with translation.override(self.language), timezone.override(self.zone):
            yield


@dataclass(frozen=True)
class Snapshot:
    """A sealed snapshot. ``sha256`` and ``size`` are of its clear bytes, equal for equal data.

    ``counts`` is ``{label: records}``; ``categories`` holds ``{key, title, order, count, described, sections}``;
    ``gaps`` holds ``{label, field, key, reason}`` of what could not be shown whole. ``files`` are the names in the
    vault: its own, and that of the files which stores gave, if any did.
    """

    name: str
    sha256: str
    size: int
    counts: dict[str, int] = field(default_factory=dict)
    categories: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Built:
    """A finished file: ``name`` in the vault, ``filename`` for the person; size and hash of its clear bytes."""

    kind: str
    name: str
    filename: str
    size: int
    sha256: str
    pages: int = 0
