"""What Dossier itself forgets about a person when their erasure is done."""

from datetime import datetime
from uuid import UUID

from tasks import audit
from tasks.cases.actors import SYSTEM
from tasks.cases.files import purge
from tasks.cases.models import Case, Note, Redaction
from tasks.cases.states import FINAL, State
from tasks.cases.steps import stop
from tasks.cases.transitions import move

TEXTS = ("contact", "contact_print", "extension_reason", "incomplete_reason", "identity_method")
GONE = "subject"  # in place of the key of whoever opened their own case


def forget(case: Case, *, at: datetime) -> None:
    """Empty every case of the person whose erasure ``case`` is: name, key, notes, redactions, files.

    What stays is what has to be proven: reference, dates, decisions, certificate, audit. The
    contact stays until the last letter was sent. Clearing the key also keeps a stranger who gets
    the same primary key one day from seeing these cases.

    Source: GDPR art. 5(1)(c), (e), 5(2).
    """
    others = Case.objects.filter(subject_label=case.subject_label, subject_key=case.subject_key).exclude(pk=case.pk)
    _empty([*others], at=at)
    _strip([case.pk])
    case.person = case.note = case.subject_key = ""


def forget_person(label: str, key: str, *, at: datetime) -> None:
    """The same for somebody who was erased without a request of their own: by a sweep.

    Source: GDPR art. 5(1)(c), (e).
    """
    _empty([*Case.objects.filter(subject_label=label, subject_key=key)], at=at)


def forget_closed(case: Case, *, at: datetime) -> bool:
    """Let a closed case name nobody; whether this call did. The audit and its chain stay as they are: they hold ids.

    What goes: name, address, key, note, messages, letters, reasons, what was covered, what sources and recipients
    said. What stays: reference, kind, dates, states, decisions with their grounds, counts, the certificate.
    """
    with audit.atomic():
        mine = Case.objects.filter(pk=case.pk, state__in=sorted(FINAL), forgotten_at=None)
        if not mine.update(forgotten_at=at, **dict.fromkeys(TEXTS, "")):
            return False
        _strip([case.pk])
        case.letters.all().delete()
        case.decisions.update(text="")
        case.steps.update(memo="", refusal="", left_out="", known="", detail="")
        case.notifications.update(about="", note="", answer_reference="")
        if case.opened_by.partition(":")[2] == case.subject_key and case.subject_key:
            Case.objects.filter(pk=case.pk).update(opened_by=GONE)
        audit.record("case.forgotten", by=SYSTEM.key, at=at, case=case.pk)
    audit.after_commit(lambda: purge(case, at=at))
    return True


def _empty(cases: list[Case], *, at: datetime) -> None:
    for case in cases:
        _end(case, at=at)
    keys = [case.pk for case in cases]
    Case.objects.filter(pk__in=keys).update(contact="", contact_print="")
    _strip(keys)


def _strip(keys: list[UUID]) -> None:
    Note.objects.filter(case__in=keys).delete()
    Redaction.objects.filter(case__in=keys).delete()
    Case.objects.filter(pk__in=keys).update(person="", note="", subject_key="")


def _end(other: Case, *, at: datetime) -> None:
    if other.state == State.READY:
        move(other, State.EXPIRED, by=SYSTEM, at=at)
    elif other.is_open:
        stop(other, why="The account is gone.")
        move(other, State.WITHDRAWN, by=SYSTEM, at=at)
    audit.after_commit(lambda: purge(other, at=at))
