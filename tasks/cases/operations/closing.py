"""A request ends, pauses at once, or its files leave the house."""

from datetime import datetime

from tasks import audit
from tasks.cases import letters
from tasks.cases.actors import MAIL_LINK, SYSTEM, Actor
from tasks.cases.files import purge
from tasks.cases.models import Case, Letter, Phase
from tasks.cases.operations.base import changing, record, require, write
from tasks.cases.operations.executing import advance, execute
from tasks.cases.states import ANSWERED, STAFF, Role, State
from tasks.cases.steps import enqueue, release, stop
from tasks.cases.transitions import move
from tasks.errors import NotAllowed, TransitionRefused


def withdraw(case: Case, *, by: Actor, at: datetime) -> Case:
    """Take the request back. An erasure can be taken back until it begins.

    Raises:
        TransitionRefused: it is answered already, or rows are gone.
    """
    with changing(case):
        move(case, State.WITHDRAWN, by=by, at=at)
        stop(case, why="The request was withdrawn.")
        letters.send(case, "withdrawn", at=at)
        audit.after_commit(lambda: purge(case, at=at))
    return case


def freeze(case: Case, *, at: datetime, by: Actor = MAIL_LINK) -> Case:
    """Stop everything, because the person says that this was not them. Nothing moves until staff have looked.

    A worker that is erasing loses its step and stops at its next batch. Freezing twice changes nothing.

    Raises:
        TransitionRefused: nothing is left to stop.
    """
    with changing(case):
        if case.is_frozen:
            return case
        if case.state in ANSWERED - {State.READY}:
            raise TransitionRefused(case.pk, wanted="frozen", found=case.state)
        write(case, frozen_at=at)
        release(case, Phase.ERASE, at=at)
        record("frozen", case, by=by, at=at)
        letters.send(case, "frozen", at=at)
        letters.send(case, "alarm", at=at, audience=Letter.OFFICE)
    return case


def freeze_by_link(token: str, *, at: datetime) -> Case:
    """What "This wasn't me" in a mail does.

    Raises:
        Case.DoesNotExist: the link was not made here.
        letters.LinkExpired: its letter is too old.
    """
    return freeze(letters.case_of_not_me(token, at=at), at=at)


def unfreeze(case: Case, *, by: Actor, at: datetime) -> Case:
    """Let a frozen case go on, after somebody of the office made sure who asks.

    Raises:
        NotAllowed: not of the office, or their own case: whoever stole their account would let it go on.
    """
    with changing(case):
        require(by, case, STAFF, "let it go on")
        if by.owns(case):
            raise NotAllowed(f"case {case.pk}: nobody lets their own request go on.")
        if not case.is_frozen:
            return case
        write(case, frozen_at=None)
        record("unfrozen", case, by=by, at=at)
        if case.state == State.APPROVED and not case.steps.exclude(phase="collect").exists():
            execute(case, at=at)
        advance(case, at=at)
        enqueue(case.steps.filter(state="due"))
    return case


def close(case: Case, *, by: Actor, at: datetime) -> Case:
    """File a copy that was fetched: its files leave the vault, the case is closed."""
    with changing(case):
        move(case, State.CLOSED, by=by, at=at)
        audit.after_commit(lambda: purge(case, at=at))
    return case


def expire(case: Case, *, at: datetime) -> Case:
    """Remove the files of a copy whose time is over. Safe to repeat.

    Raises:
        TransitionRefused: its time is not over, or it is no copy that is ready.
    """
    with changing(case):
        if case.packages.filter(purged_at=None, expires_at__gt=at).exists():
            raise TransitionRefused(case.pk, wanted=State.EXPIRED, found=case.state, why="its files have not expired")
        move(case, State.EXPIRED, by=SYSTEM, at=at)
        audit.after_commit(lambda: purge(case, at=at))
    return case


def forget_copy(case: Case, *, by: Actor, at: datetime) -> Case:
    """Remove the files now, because the person wants no copy of them here."""
    with changing(case):
        require(by, case, {Role.SUBJECT}, "remove the copy")
        move(case, State.EXPIRED, by=by, at=at)
        audit.after_commit(lambda: purge(case, at=at))
    return case
