"""What a person holds in their hands: snapshot, JSON, CSV, PDF, viewer and ZIP."""

from tasks.export.about import About, Built, Snapshot, SourceReport
from tasks.export.folder import FORMATS, write
from tasks.export.package import KINDS, build
from tasks.export.snapshot import read_snapshot, take_snapshot

__all__ = [
    "FORMATS",
    "KINDS",
    "About",
    "Built",
    "Snapshot",
    "SourceReport",
    "build",
    "read_snapshot",
    "take_snapshot",
    "write",
]
