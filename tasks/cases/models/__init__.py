"""A case and what belongs to it, one noun per module."""

from tasks.cases.models.case import Case
from tasks.cases.models.decision import Decision, Verdict
from tasks.cases.models.letter import Letter
from tasks.cases.models.note import Note, NoteKind
from tasks.cases.models.package import Package
from tasks.cases.models.step import Phase, Step, StepState

__all__ = ["Case", "Decision", "Letter", "Note", "NoteKind", "Package", "Phase", "Step", "StepState", "Verdict"]
