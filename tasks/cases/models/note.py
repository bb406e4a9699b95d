"""What was said about a case: advice, comments, questions and their answers."""

from enum import StrEnum

from django.db import models

from tasks.cases.models.case import Case
from tasks.cases.models.sealed import SealedText


class NoteKind(StrEnum):
    """Who speaks to whom. Advice of the DPO is not a decision (C-453/21), so it stands here."""

    ADVICE = "advice"
    COMMENT = "comment"
    QUESTION = "question"
    ANSWER = "answer"
    MESSAGE = "message"


class Note(models.Model):
    """One text by one person. Questions, answers and messages are the subject's to read too."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in NoteKind])
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=200, blank=True)
    text = SealedText()
    at = models.DateTimeField()

    class Meta:
        app_label = "dossier"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} by {self.by}"
