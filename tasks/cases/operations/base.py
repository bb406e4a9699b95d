"""What every operation does: take the case, ask who may, write facts, record."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tasks import audit
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Note, NoteKind
from tasks.cases.transitions import take
from tasks.errors import NotAllowed


@contextmanager
def changing(case: Case) -> Iterator[Case]:
    """One transaction in which nobody else changes ``case``, which is read anew first."""
    with audit.atomic():
        take(case)
        yield case


def write(case: Case, **facts: Any) -> None:
    """Store facts of a case that is taken. Never its state: that is what transitions are for."""
    if facts.keys() & {"state", "returns_to"}:
        raise TypeError("the state of a case is written by tasks.cases.transitions only.")
    Case.objects.filter(pk=case.pk).update(**facts)
    for name, value in facts.items():
        setattr(case, name, value)


def require(by: Actor, case: Case, roles: Iterable[str], what: str) -> None:
    """Refuse an actor who has none of ``roles`` towards this case.

    Raises:
        NotAllowed: with the case and the actor by their ids.
    """
    if not by.roles_in(case) & set(roles):
        raise NotAllowed(f"case {case.pk}: {by.key} may not {what}.")


def given(text: str, what: str) -> str:
    """A text that must not be empty, without the space around it.

    Raises:
        ValueError: it is empty.
    """
    if not text.strip():
        raise ValueError(f"{what} is empty.")
    return text.strip()


def record(event: str, case: Case, *, by: Actor, at: datetime, **data: Any) -> None:
    """One audit entry about a case."""
    audit.record(f"case.{event}", by=by.key, at=at, case=case.pk, data=data)


def add_note(case: Case, kind: NoteKind, text: str, *, by: Actor, at: datetime) -> Note:
    """Keep what somebody said, sealed; the audit knows only that they did. The person's own name stays out of it."""
    name = "" if by.owns(case) else by.name
    note = Note.objects.create(case=case, kind=kind, by=by.key, by_name=name, text=given(text, kind.value), at=at)
    record(kind.value, case, by=by, at=at, note=note.pk)
    return note
