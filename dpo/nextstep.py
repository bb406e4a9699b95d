"""The single next action of a case, in a sentence: what happens now, and who it waits for."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dpo.ways import Way
from tasks.cases import holds
from tasks.cases.completeness import Lack, lacks
from tasks.cases.models import Case
from tasks.cases.states import Kind, State

S = State


@dataclass(frozen=True)
class NextStep:
    """What to do, why, and whether the decision is the place for it."""

    title: str
    text: str = ""
    decides: bool = False


ITSELF = gettext_lazy("Nothing to do: it goes on by itself.")
PLAIN: dict[State, tuple[object, object]] = {
    S.UNVERIFIED: (gettext_lazy("Waits for the person."), gettext_lazy("They have not shown yet who they are.")),
    S.RECEIVED: (ITSELF, gettext_lazy("Collecting begins.")),
    S.COLLECTING: (ITSELF, gettext_lazy("The sources are being searched.")),
    S.AWAITING_SUBJECT: (gettext_lazy("Waits for the person."), gettext_lazy("They were asked a question.")),
    S.APPROVED: (ITSELF, gettext_lazy("It was approved.")),
    S.PACKAGING: (ITSELF, gettext_lazy("The files are being made from the approved snapshot.")),
    S.READY: (gettext_lazy("Waits for the person."), gettext_lazy("The files are ready to be fetched.")),
    S.ERASING: (ITSELF, gettext_lazy("What was approved is being erased.")),
    S.VERIFYING: (ITSELF, gettext_lazy("Every source is searched once more.")),
    S.CLOSED: (gettext_lazy("Closed."), gettext_lazy("The person has their answer.")),
    S.REJECTED: (gettext_lazy("Refused."), gettext_lazy("The letter names the reasons and the remedies.")),
    S.WITHDRAWN: (gettext_lazy("Withdrawn."), gettext_lazy("The person took the request back.")),
    S.EXPIRED: (gettext_lazy("Closed."), gettext_lazy("The files have left the vault.")),
}


def decide(title: str, text: str) -> NextStep:
    """A next action whose place is the decision."""
    return NextStep(title, text, decides=True)


def next_step(case: Case, ways: list[Way]) -> NextStep:
    """The next action, for whoever looks: ``ways`` are those that they can take."""
    if case.is_frozen and case.is_open:
        return decide(_("Next: make sure who asked."), _("Somebody said “This wasn’t me”, so everything stopped."))
    match State(case.state):
        case State.REVIEW:
            return _review(case, ways)
        case State.FAILED:
            return NextStep(_("Next: find out why a source fails."), _("Then try it again, below."))
        case State.SCHEDULED | State.ERASING if holds.stops(case):
            return NextStep(_("Stopped by a legal hold."), _("It begins by itself when the hold is lifted."))
        case State.SCHEDULED:
            day = date_format(case.execute_on, _("j F Y")) if case.execute_on else ""
            return NextStep(str(ITSELF), _("It is carried out on %(date)s.") % {"date": day})
        case state:
            title, text = PLAIN[state]
            return NextStep(str(title), str(text))


def _review(case: Case, ways: list[Way]) -> NextStep:
    mine = next((way for way in ways if way.action == "approve"), None)
    title = _("Next: decide on the plan.") if case.kind == Kind.ERASURE else _("Next: decide on the copy.")
    if mine is None:
        return NextStep(title, _("That is an approver’s. Advice and comments help them."))
    if mine.against:
        return decide(title, mine.against)
    if found := lacks(case):
        return decide(title, _lacking(found))
    return decide(title, _("Every source has answered."))


def _lacking(found: list[Lack]) -> str:
    if any(not lack.category for lack in found):
        return _("A source is failing, so an approval has to say why it does not wait.")
    return _("A category could not be read, so an approval has to say why the copy goes out without it.")
