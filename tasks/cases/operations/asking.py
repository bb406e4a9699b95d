"""Questions to the person, their answers, and what they write by themselves."""

from datetime import datetime

from tasks.cases import letters
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Letter, NoteKind, Phase, StepState
from tasks.cases.operations.base import add_note, changing, require
from tasks.cases.states import STAFF, Role, State
from tasks.cases.steps import enqueue
from tasks.cases.transitions import move


def ask(case: Case, question: str, *, by: Actor, at: datetime) -> Case:
    """Ask the person something. The adjusted date waits for the answer; the strict one does not.

    Raises:
        ValueError: no question.
        TransitionRefused: only a case that was received or is in review waits.
    """
    with changing(case):
        add_note(case, NoteKind.QUESTION, question, by=by, at=at)
        move(case, State.AWAITING_SUBJECT, by=by, at=at, paused_at=at)
        letters.send(case, "question", at=at)
    return case


def answer(case: Case, text: str, *, by: Actor, at: datetime) -> Case:
    """Take the person's answer and go on where the case stood; the days that were waited are added.

    Staff may enter an answer that came by letter or telephone.
    """
    with changing(case):
        add_note(case, NoteKind.ANSWER, text, by=by, at=at)
        waited = (at - case.paused_at).days if case.paused_at else 0
        back = State(case.returns_to) if case.returns_to else State.REVIEW
        move(case, back, by=by, at=at, paused_at=None, paused_days=case.paused_days + max(waited, 0))
        letters.send(case, "resumed", at=at)
        letters.send(case, "answered", at=at, audience=Letter.OFFICE)
        enqueue(case.steps.filter(phase=Phase.COLLECT, state=StepState.DUE))
    return case


def write(case: Case, text: str, *, by: Actor, at: datetime) -> Case:
    """Keep a message: the person's to the office, which is told, or the office's to the person."""
    with changing(case):
        require(by, case, {*STAFF, Role.SUBJECT}, "write to it")
        add_note(case, NoteKind.MESSAGE, text, by=by, at=at)
        if by.owns(case):
            letters.send(case, "answered", at=at, audience=Letter.OFFICE)
        else:
            letters.send(case, "message", at=at)
    return case
