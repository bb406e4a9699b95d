"""What a person holds in their hands: snapshot, JSON, CSV, PDF, viewer and ZIP."""

from tasks.export.about import About, Built, Snapshot, SourceReport
from tasks.export.files import contents_of
from tasks.export.folder import FORMATS, IncompleteExport, write
from tasks.export.package import KINDS, build
from tasks.export.snapshot import read_snapshot, take_snapshot

__all__ = [
    "FORMATS",
    "KINDS",
    "About",
    "Built",
    "IncompleteExport",
    "Snapshot",
    "SourceReport",
    "build",
    "contents_of",
    "read_snapshot",
    "take_snapshot",
    "write",
]
