"""The work on a case, source by source: how it went, since when it waits, and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.states import STAFF

PHASES = {
    Phase.COLLECT: gettext_lazy("Search"),
    Phase.PACKAGE: gettext_lazy("Making the files"),
    Phase.ERASE: gettext_lazy("Erasure"),
    Phase.VERIFY: gettext_lazy("Second search"),
}


@dataclass(frozen=True)
class Work:
    """One step of the work: a source in a phase, how it went, and what can be done with it now."""

    step: Step
    title: str
    phase: str
    status: tuple[str, str, str]
    says: list[str]
    count: int | None
    can_retry: bool
    can_leave: bool
    can_erase: bool


def steps(case: Case, *, by: Actor, at: datetime) -> list[Work]:
    """The work on a case, in its order."""
    return [_work(step, case, by, at) for step in case.steps.all()]


def _work(step: Step, case: Case, by: Actor, at: datetime) -> Work:
    step.case = case
    staff = bool(by.roles & STAFF)
    waits = step.state == StepState.FAILED or (step.state == StepState.DUE and bool(step.error or step.since))
    return Work(
        step=step,
        title=_title(step),
        phase=str(PHASES[Phase(step.phase)]),
        status=_status(step),
        says=says(step, at=at),
        count=_count(step),
        can_retry=waits and staff and case.is_open and not case.is_frozen and operations.fits(step, case),
        can_leave=operations.may_leave_out(step, by=by),
        can_erase=staff and operations.may_erase_there(step),
    )


def _title(step: Step) -> str:
    return step.title or (_("Database") if step.source == "database" else step.source)


def _count(step: Step) -> int | None:
    """What was found, or what an erasure's plan counted, or what went; None where nobody knows (yet)."""
    if step.counts:
        return sum(step.counts.values())
    if step.state != StepState.DONE:
        return None
    if "counts" in step.result and step.phase == Phase.COLLECT:
        counts = step.result["counts"]
        return sum(counts.values()) if counts is not None else None
    return sum(step.result.get("totals", {}).values())


def _status(step: Step) -> tuple[str, str, str]:
    match StepState(step.state):
        case StepState.DONE if step.phase == Phase.COLLECT:
            return "done", "check", _("Collected")
        case StepState.DONE:
            return "done", "check", _("Done")
        case StepState.RUNNING:
            return "go", "work", _("At work")
        case StepState.LEFT:
            return "wait", "warn", _("Left out")
        case StepState.FAILED:
            return ("wait", "warn", _("Refused")) if step.refusal else ("wait", "warn", _("Failed"))
        case _ if step.error:
            return "wait", "warn", _("Failing")
        case _:
            return ("go", "clock", _("Preparing")) if step.since else ("soft", "clock", _("Waiting"))


def says(step: Step, *, at: datetime) -> list[str]:
    """Sentences on where it stands: since when no answer came, when it is tried again, what the error was."""
    if step.state == StepState.DONE:
        return []
    found = [_since(step, at), _refused(step), _left(step)]
    if step.error and not step.refusal:
        found.append(f"{step.error.rstrip('.')}{_tries(step)}.")
    return [sentence for sentence in found if sentence]


def _since(step: Step, at: datetime) -> str:
    if step.since is None or step.refusal or step.state == StepState.LEFT:
        return ""
    facts = {"since": moment(step.since, at=at), "again": moment(step.next_try_at, at=at)}
    if step.state == StepState.DUE and not step.error:
        return _("It prepares its answer since %(since)s. Asked again %(again)s.") % facts
    if step.state == StepState.DUE:
        return _("No answer since %(since)s, next try %(again)s.") % facts
    return _("No answer since %(since)s.") % facts


def _refused(step: Step) -> str:
    return _("It says no: %(reason)s") % {"reason": step.refusal} if step.refusal else ""


def _left(step: Step) -> str:
    if step.state != StepState.LEFT:
        return ""
    why = _("Left out: %(reason)s") % {"reason": step.left_out}
    until = _("It can be erased there until %(day)s.") % {"day": _day(step)} if step.known else ""
    return f"{why.rstrip('.')}. {until}".strip()


def _day(step: Step) -> str:
    return date_format(localtime(step.known_until), _("j F Y")) if step.known_until else ""


def _tries(step: Step) -> str:
    if not step.attempts:
        return ""
    return ", " + ngettext("%(n)s try", "%(n)s tries", step.attempts) % {"n": step.attempts}


def moment(value: datetime, *, at: datetime) -> str:
    """A moment as "14:02", with its day where that is another one."""
    there = localtime(value)
    return date_format(there, _("H:i") if there.date() == localtime(at).date() else _("j F, H:i"))
