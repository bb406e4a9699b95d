"""The models of every room, where Django looks for them."""

from tasks.audit.models import Entry, Head
from tasks.cases.models import Case, Decision, Letter, Note, Notification, Package, Redaction, Step, Tally
from tasks.erasure.models import ErasureBatch, ErasureFile, ErasureRun, ErasureStep, Hold, KeptRow
from tasks.housekeeping.models import Alarm, Leaver, SweepRun, Switch

__all__ = [
    "Alarm",
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
    "Leaver",
    "Letter",
    "Note",
    "Notification",
    "Package",
    "Redaction",
    "Step",
    "SweepRun",
    "Switch",
    "Tally",
]
