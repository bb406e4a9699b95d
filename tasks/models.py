"""The models of every room, where Django looks for them."""

from tasks.audit.models import Entry, Head
from tasks.cases.models import Case, Decision, Letter, Note, Package, Redaction, Step, Tally
from tasks.erasure.models import ErasureBatch, ErasureFile, ErasureRun, ErasureStep, Hold, KeptRow

__all__ = [
    "Case",
    "Decision",
    "Entry",
    "ErasureBatch",
    "ErasureFile",
    "ErasureRun",
    "ErasureStep",
    "Head",
    "Hold",
    "KeptRow",
    "Letter",
    "Note",
    "Package",
    "Redaction",
    "Step",
    "Tally",
]
