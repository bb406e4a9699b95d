"""A case and what belongs to it, one noun per module."""

from tasks.cases.models.case import Case
from tasks.cases.models.decision import Decision, Verdict
from tasks.cases.models.letter import Letter
from tasks.cases.models.note import Note, NoteKind
from tasks.cases.models.notification import Notification
from tasks.cases.models.package import Package
from tasks.cases.models.redaction import Ground, Redaction
from tasks.cases.models.step import Phase, Step, StepState
from tasks.cases.models.tally import Tally

__all__ = [
    "Case",
    "Decision",
    "Ground",
    "Letter",
    "Note",
    "NoteKind",
    "Notification",
    "Package",
    "Phase",
    "Redaction",
    "Step",
    "StepState",
    "Tally",
    "Verdict",
]
