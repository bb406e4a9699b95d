"""The office's daily work on a case: who has it, what is said about it."""

from datetime import datetime

from tasks.cases.actors import Actor
from tasks.cases.models import Case, NoteKind
from tasks.cases.operations.base import add_note, changing, record, require, write
from tasks.cases.states import STAFF, Role


def assign(case: Case, *, by: Actor, at: datetime, to: Actor | None) -> Case:
    """Give the case to somebody of the office, or to nobody."""
    with changing(case):
        require(by, case, STAFF, "assign it")
        if to:
            require(to, case, STAFF, "handle it")
        write(case, handler=to.key if to else "", handler_name=to.name if to else "")
        record("assigned", case, by=by, at=at, to=to.key if to else "")
    return case


def advise(case: Case, text: str, *, by: Actor, at: datetime) -> Case:
    """Put down the DPO's advice. It is no decision.

    Source: GDPR art. 38, 39; CJEU C-453/21 (X-FAB).
    """
    with changing(case):
        require(by, case, {Role.DPO}, "advise")
        add_note(case, NoteKind.ADVICE, text, by=by, at=at)
    return case


def comment(case: Case, text: str, *, by: Actor, at: datetime) -> Case:
    """Put down a remark for the office; the person does not see it."""
    with changing(case):
        require(by, case, STAFF, "comment on it")
        add_note(case, NoteKind.COMMENT, text, by=by, at=at)
    return case
