"""What happened to a case, in sentences: read off the audit, with the words of those who spoke."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import audit
from tasks.audit import Entry
from tasks.cases.actors import full_name
from tasks.cases.models import Case, Decision, Note
from tasks.cases.states import Kind, State

SENTENCES = {
    "case.opened": gettext_lazy("The request was received."),
    "case.frozen": gettext_lazy("The person said that this was not them. Everything stopped."),
    "case.unfrozen": gettext_lazy("The request goes on."),
    "case.assigned": gettext_lazy("The case was assigned."),
    "case.downloaded": gettext_lazy("A file was downloaded."),
    "case.viewed": gettext_lazy("The case was looked at."),
    "case.failed": gettext_lazy("A step failed for good. The office was told."),
    "case.step.failed": gettext_lazy("A step failed and is tried again by itself."),
    "case.step.done": gettext_lazy("A step was finished."),
    "case.retried": gettext_lazy("A step is tried again."),
    "case.void": gettext_lazy("What was approved has changed, so it is in review again."),
    "case.redacted": gettext_lazy("Something was covered in the copy."),
    "case.unredacted": gettext_lazy("Something was uncovered in the copy."),
    "case.told": gettext_lazy("A recipient of the data was told of the erasure."),
    "case.told.again": gettext_lazy("A recipient of the data is told again."),
    "case.untold": gettext_lazy("A recipient of the data could not be told."),
    "case.trouble": gettext_lazy("Something that time should have brought about failed. It is tried again by itself."),
    "case.left_out": gettext_lazy("It goes on without a source that gave no answer."),
    "case.erased_there": gettext_lazy("A source that was left out is asked to erase once more."),
    "case.certified": gettext_lazy("The certificate was written anew."),
    "case.known.forgotten": gettext_lazy("What was kept to erase in a source later has been removed."),
    "case.step.waits": gettext_lazy("A source prepares its answer and is asked again by itself."),
    "case.renewed": gettext_lazy("A new copy was asked for."),
    "hold.set": gettext_lazy("A legal hold was set."),
    "hold.lifted": gettext_lazy("A legal hold was lifted."),
    "case.forgotten": gettext_lazy("Its time was over, so it names nobody any more."),
    "kept.ended": gettext_lazy("Records that were kept have ended."),
    "case.advice": gettext_lazy("Advice of the data protection officer"),
    "case.comment": gettext_lazy("Comment"),
    "case.question": gettext_lazy("Question to the person"),
    "case.answer": gettext_lazy("Answer"),
    "case.message": gettext_lazy("Message"),
    "case.decided.approve": gettext_lazy("Approved"),
    "case.decided.reject": gettext_lazy("Refused"),
    "case.decided.extend": gettext_lazy("Extended"),
}
ARRIVALS = {
    State.RECEIVED: gettext_lazy("The request was received."),
    State.COLLECTING: gettext_lazy("Collecting began."),
    State.REVIEW: gettext_lazy("It is ready to be reviewed."),
    State.AWAITING_SUBJECT: gettext_lazy("It waits for an answer."),
    State.APPROVED: gettext_lazy("It was approved."),
    State.PACKAGING: gettext_lazy("The files are being made."),
    State.READY: gettext_lazy("The files are ready."),
    State.SCHEDULED: gettext_lazy("The erasure has its date."),
    State.ERASING: gettext_lazy("The erasure began."),
    State.VERIFYING: gettext_lazy("Everything is erased; it is searched once more."),
    State.CLOSED: gettext_lazy("It is closed."),
    State.REJECTED: gettext_lazy("It was refused."),
    State.WITHDRAWN: gettext_lazy("It was withdrawn."),
    State.EXPIRED: gettext_lazy("The files were removed."),
    State.FAILED: gettext_lazy("It failed."),
}
#: What the person sees of the history too: nothing that is the office's own.
FOR_SUBJECT = frozenset({"case.opened", "case.moved", "case.frozen", "case.unfrozen", "case.downloaded"})
SPOKEN_TO_SUBJECT = frozenset({"case.question", "case.answer", "case.message"})
#: Too small for a timeline; the audit page shows them.
SMALL = frozenset({"case.step.done"})


@dataclass(frozen=True)
class Event:
    """One line of the timeline. ``tone``: ``advice``, ``trouble`` or empty."""

    at: datetime
    event: str
    text: str
    by: str
    quote: str = ""
    tone: str = ""


def timeline(case: Case, *, for_subject: bool = False) -> list[Event]:
    """What happened, newest first. Four queries, whatever the length."""
    entries = [entry for entry in audit.of(case.pk) if _shown(entry, for_subject=for_subject)]
    notes = {note.pk: note for note in case.notes.all()}
    decisions = {decision.pk: decision for decision in case.decisions.all()}
    names = _names(entries, case)
    return [_event(entry, case, notes, decisions, names, for_subject=for_subject) for entry in reversed(entries)]


def _shown(entry: Entry, *, for_subject: bool) -> bool:
    if for_subject:
        return entry.event in FOR_SUBJECT | SPOKEN_TO_SUBJECT
    return entry.event not in SMALL


def _event(
    entry: Entry,
    case: Case,
    notes: dict[int, Note],
    decisions: dict[int, Decision],
    names: dict[str, str],
    *,
    for_subject: bool,
) -> Event:
    spoken = notes.get(entry.data.get("note", 0)) or decisions.get(entry.data.get("decision", 0))
    return Event(
        at=entry.at,
        event=entry.event,
        text=_sentence(entry, case),
        by="" if for_subject else names.get(entry.by, entry.by),
        quote=spoken.text if spoken else "",
        tone=_tone(entry),
    )


def _sentence(entry: Entry, case: Case) -> str:
    if entry.event == "case.moved":
        return str(ARRIVALS.get(State(entry.data["to"]), entry.data["to"]))
    if entry.event == "case.opened" and case.kind == Kind.ERASURE:
        return _("The request to delete was received.")
    if entry.event == "case.step.failed" and entry.data.get("error") == "SourceRefused":
        return _("A source says no.")
    return str(SENTENCES.get(entry.event, entry.event))


def _tone(entry: Entry) -> str:
    if entry.event == "case.advice":
        return "advice"
    trouble = {"case.failed", "case.step.failed", "case.frozen", "case.void", "case.trouble", "case.left_out"}
    return "trouble" if entry.event in trouble or entry.data.get("to") == State.FAILED else ""


def _names(entries: list[Entry], case: Case) -> dict[str, str]:
    """Names of those who acted; somebody whose account is gone stays a key."""
    user = get_user_model()
    prefix = f"{user._meta.label}:"
    keys = {entry.by for entry in entries}
    found: dict[str, Any] = {"system": "Dossier", "mail-link": _("the link in the mail")}
    people = user._default_manager.filter(pk__in=[key.removeprefix(prefix) for key in keys if key.startswith(prefix)])
    found |= {f"{prefix}{person.pk}": full_name(person) for person in people}
    if not case.subject_key:
        found.pop(case.opened_by, None)
    return found
