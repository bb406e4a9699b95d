"""A request begins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import translation

from tasks import audit
from tasks.cases import deadlines, letters, references, sessions
from tasks.cases.actors import Actor
from tasks.cases.contact import fingerprint
from tasks.cases.models import Case
from tasks.cases.operations.base import changing, record, require, write
from tasks.cases.operations.executing import begin_collecting
from tasks.cases.signals import erasure_opened
from tasks.cases.states import OPEN, STAFF, Kind, State
from tasks.cases.subjects import key_text
from tasks.cases.transitions import begin, move
from tasks.collector.subject import Subject
from tasks.errors import NotAllowed


def open_access(
    subject: Subject,
    *,
    by: Actor,
    at: datetime,
    contact: str,
    person: str,
    language: str = "en",
    categories: Sequence[str] = (),
    note: str = "",
    identity: str = "password",
) -> Case:
    """Open a request for a copy, or return the open one (``case.duplicate``).

    ``identity`` says how the person showed who they are; empty: not yet, and the case waits unverified.
    Collecting begins by itself.

    Source: GDPR art. 15.
    """
    case = _new(
        Kind.ACCESS, subject, by=by, at=at, contact=contact, person=person, language=language, identity=identity,
        categories=list(categories), note=note,
    )  # fmt: skip
    return _open(case, by=by, at=at)


def open_erasure(
    subject: Subject,
    *,
    by: Actor,
    at: datetime,
    contact: str,
    person: str,
    when: str = Case.GRACE,
    language: str = "en",
    identity: str = "password",
    keep_session: str = "",
) -> Case:
    """Open a request for erasure, or return the open one (``case.duplicate``).

    Planning begins by itself; nothing is erased before the plan was approved. Other sessions than
    ``keep_session`` end. ``case.receipt_key`` is the key to the certificate: it is here and in one
    mail only, the case keeps its hash.

    Source: GDPR art. 17.
    """
    if when not in {Case.GRACE, Case.APPROVED}:
        raise ValueError(f"when: wanted 'grace' or 'approved', found {when!r}.")
    key = references.receipt_key()
    case = _new(
        Kind.ERASURE, subject, by=by, at=at, contact=contact, person=person, language=language, identity=identity,
        when=when, receipt_hash=references.hash_of_key(key),
    )  # fmt: skip
    case = _open(case, by=by, at=at, receipt_key=key)
    if not case.duplicate:
        audit.after_commit(lambda: sessions.end_others(case, keep=keep_session))
        audit.after_commit(lambda: erasure_opened.send_robust(Case, case=case))
    return case


def _new(kind: Kind, subject: Subject, *, by: Actor, at: datetime, contact: str, identity: str, **facts: Any) -> Case:
    with translation.override(facts["language"]):
        due = deadlines.for_case(at)
    case = Case(
        kind=kind,
        subject_label=subject.label,
        subject_key=key_text(subject),
        subject_alias=subject.using,
        contact=contact,
        contact_print=fingerprint(contact),
        opened_by=by.key,
        identity_method=identity,
        identity_at=at if identity else None,
        received_at=at,
        due_on=due.date,
        due_reason=due.reason,
        **facts,
    )
    if not by.owns(case) and not by.roles & STAFF:
        raise NotAllowed(f"{by.key} may not open a request for {case.subject_label} {case.subject_key}.")
    return case


def _open(case: Case, *, by: Actor, at: datetime, receipt_key: str = "") -> Case:
    state = State.RECEIVED if case.identity_method else State.UNVERIFIED
    for reference in references.attempts(at):
        if found := _open_one(case):
            found.duplicate = True
            return found
        case.reference = reference
        try:
            with audit.atomic():
                begin(case, state, by=by, at=at)
                _after_opening(case, at=at, receipt_key=receipt_key)
        except IntegrityError:  # the reference is taken, or the person opened the same a moment ago
            continue
        case.receipt_key = receipt_key
        return case
    raise RuntimeError("no free reference was found.")


def _open_one(case: Case) -> Case | None:
    return Case.objects.filter(
        subject_label=case.subject_label, subject_key=case.subject_key, kind=case.kind, state__in=sorted(OPEN)
    ).first()


def _after_opening(case: Case, *, at: datetime, receipt_key: str = "") -> None:
    if case.state == State.RECEIVED:
        begin_collecting(case, at=at)
        letters.send(case, "acknowledgement", at=at, receipt_key=receipt_key)


def identify(case: Case, *, by: Actor, at: datetime, method: str) -> Case:
    """The person of an unverified case has shown who they are: the work begins, the month counts from receipt."""
    with changing(case):
        require(by, case, {*STAFF, "subject"}, "say who this is")
        write(case, identity_method=method, identity_at=at)
        move(case, State.RECEIVED, by=by, at=at)
        _after_opening(case, at=at)
    return case


def renew(case: Case, *, by: Actor, at: datetime, contact: str = "") -> Case:
    """Ask for the same copy anew, after it expired or because it is old: a request of its own.

    Letters go to ``contact``, which may be another address than before.

    Raises:
        NotAllowed: not their own, or stopped after "This wasn't me": whoever asks may be the thief.
    """
    require(by, case, {"subject"}, "ask for a new copy")
    if case.is_frozen:
        raise NotAllowed(f"case {case.pk}: the person said that this was not them.")
    subject = Subject.find(case.subject_label, case.subject_key, using=case.subject_alias)
    again = open_access(
        subject, by=by, at=at, contact=contact or case.contact, person=case.person, language=case.language,
        categories=case.categories, identity="renewed",
    )  # fmt: skip
    record("renewed", case, by=by, at=at, duplicate=again.duplicate, new=str(again.pk))
    return again
