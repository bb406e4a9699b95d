"""The office holds data for a legal claim, and lets go of it. The audit knows who and until when, not why.

Source: GDPR art. 17(3)(e), 18(1)(c).
"""

from datetime import date, datetime
from uuid import UUID

from tasks import audit
from tasks.cases.actors import Actor
from tasks.cases.deadlines import local_date
from tasks.cases.holds import categories, open_cases
from tasks.cases.models import Phase
from tasks.cases.operations.base import given
from tasks.cases.states import DECIDERS
from tasks.cases.steps import enqueue, release
from tasks.cases.subjects import name_of
from tasks.collector import Subject
from tasks.erasure import holds, ledger
from tasks.erasure.models import Hold
from tasks.errors import NotAllowed, SubjectNotFound


def hold(
    subject: Subject,
    *,
    by: Actor,
    at: datetime,
    category: str = "",
    reason: str,
    review_on: date,
    reviewer: str = "",
    told: bool = False,
) -> Hold:
    """Put a hold on a person, or on one category of their data. One that is there gets the new words and date.

    An erasure that is under way stops at its next transaction.

    Raises:
        NotAllowed: neither approver nor DPO, or their own data.
        ValueError: no reason, no such category, or a day for the review that is over.
    """
    _require(by, subject)
    if category and category not in dict(categories()):
        raise ValueError(f"category: wanted one of {sorted(dict(categories()))}, found {category!r}.")
    if review_on <= local_date(at):
        raise ValueError("review_on: wanted a day that is to come.")
    with audit.atomic():
        found = holds.put(
            subject, category=category, reason=given(reason, "reason"), review_on=review_on, at=at, told=told,
            reviewer=reviewer.strip() or by.name, set_by=by.key, set_by_name=by.name,
        )  # fmt: skip
        _record("hold.set", found, subject, by=by, at=at, review_on=review_on)
        for case in open_cases(subject):
            release(case, Phase.ERASE, at=at)
    return found


def lift(found: Hold, *, by: Actor, at: datetime) -> bool:
    """Let go of what was held; whether this call did. What was only held back goes on by itself.

    Raises:
        NotAllowed: neither approver nor DPO, or their own data.
    """
    with audit.atomic():
        if found.lifted_at is not None or not found.subject_key:
            return False
        subject = holds.subject_of(found)
        _require(by, subject)
        if not holds.lift(found, by=by.key, by_name=by.name, at=at):
            return False
        _record("hold.lifted", found, subject, by=by, at=at)
        for case in open_cases(subject):
            enqueue(case.steps.filter(state="due"))
    return True


def person(key: str) -> Subject:
    """The person with this key, also one who is erased and of whom something is kept.

    Raises:
        SubjectNotFound: neither there nor in the ledger.
    """
    try:
        return Subject.find(None, key.strip())
    except SubjectNotFound:
        erased = ledger.erased_person(key.strip())
        if erased is None:
            raise
        return erased


def active(number: int) -> Hold:
    """A hold that is not lifted.

    Raises:
        Hold.DoesNotExist: there is none.
    """
    return holds.active().get(pk=number)


def _require(by: Actor, subject: Subject) -> None:
    if not by.roles & DECIDERS:
        raise NotAllowed(f"{by.key} may not hold data or let go of it.")
    if by.subject == name_of(subject):
        raise NotAllowed(f"{by.key} may not hold their own data or let go of it.")


def _record(event: str, found: Hold, subject: Subject, *, by: Actor, at: datetime, **data: object) -> None:
    """One entry for the hold, and one for each open case that it touches. The person's key is not in them."""
    told = {"hold": found.pk, "category": found.category, **data}
    cases: list[UUID | None] = list(open_cases(subject).values_list("pk", flat=True))
    for case in cases or [None]:
        audit.record(event, by=by.key, at=at, case=case, data=told)
