"""What can be done with a case by this person in this state. The guard stands in the operations; this only draws.

A way without a form is one that is theirs to take, and something stands against it: it says what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dpo.forms import Office, form_for
from tasks import conf
from tasks.cases import deadlines
from tasks.cases.actors import Actor
from tasks.cases.completeness import Lack, is_incomplete, lacks
from tasks.cases.guards import GUARDS, Move, approvers, decides
from tasks.cases.models import Case, Verdict
from tasks.cases.states import STAFF, Kind, Role, State

S = State
#: Where a form is sent that is not sent to the page of its own name.
PAGES = {"reject": "reject_preview"}
#: What stands against an approval, by the name of the guard that says so.
AGAINST = {
    "not_frozen": gettext_lazy("The person said that this was not them. Make sure who asked, then let it go on."),
    "collected": gettext_lazy("A source is still being searched."),
    "nothing_refused": gettext_lazy(
        "The plan holds records that no declaration decides on. Somebody has to complete it."
    ),
}


@dataclass(frozen=True)
class Way:
    """One thing to do: a form behind a heading. ``against`` says why it cannot be done yet."""

    action: str
    title: str
    icon: str
    button: str
    url: str = ""
    form: Office | None = None
    intro: str = ""
    after: str = ""
    against: str = ""
    is_open: bool = False
    is_main: bool = False
    lacks: Sequence[Lack] = ()


@dataclass(frozen=True)
class Seen:
    """The case as somebody sees it, with what they typed before."""

    case: Case
    by: Actor
    at: datetime
    typed: Mapping[str, Office]

    def has(self, *roles: Role) -> bool:
        return bool(self.by.roles & set(roles))

    @property
    def decides(self) -> bool:
        """Whether decisions are this person's."""
        return decides(self.by.roles)

    def form(self, action: str, **given: Any) -> Office:
        return self.typed.get(action) or form_for(action, self.case, **given)

    def way(self, action: str, title: str, icon: str, button: str, **more: Any) -> Way:
        """A way with its form, open where somebody typed into it."""
        more.setdefault("form", self.form(action))
        url = reverse(f"dpo:{PAGES.get(action, action)}", args=[self.case.reference])
        return Way(action, title, icon, button, url, **{"is_open": action in self.typed, **more})


def decisions(case: Case, *, by: Actor, at: datetime, typed: Mapping[str, Office]) -> list[Way]:
    """The decisions and what leads to them, in their order."""
    seen = Seen(case, by, at, typed)
    found = [_unfreeze(seen), _approve(seen), _ask(seen), _answer(seen), _extend(seen), _reject(seen)]
    return [way for way in found if way]


def work(case: Case, *, by: Actor, at: datetime, typed: Mapping[str, Office]) -> list[Way]:
    """The daily work: advice, comments, messages, who has the case."""
    seen = Seen(case, by, at, typed)
    staff = seen.has(*STAFF)
    found = [
        seen.way("advise", _("Advise"), "star", _("Put down the advice")) if seen.has(Role.DPO) else None,
        seen.way("comment", _("Comment"), "chat", _("Put down the comment")) if staff else None,
        seen.way("write", _("Write to the person"), "mail", _("Send the message"))
        if staff and case.contact and case.subject_key
        else None,
        seen.way("assign", _("Assign"), "person", _("Assign")) if staff else None,
    ]
    return [way for way in found if way]


def wants_reason(case: Case) -> bool:
    """Whether an approval has to say why the answer goes out although something failed.

    Whoever approves after somebody else approves the reason that stands there.
    """
    return is_incomplete(case) and not (case.incomplete_reason and approvers(case))


def _approve(seen: Seen) -> Way | None:
    case = seen.case
    if case.state != S.REVIEW or not seen.decides:
        return None
    title = _("Approve the plan") if case.kind == Kind.ERASURE else _("Approve the copy")
    if against := _against(seen):
        return seen.way("approve", title, "check", title, form=None, against=against, is_open=True)
    form = seen.form("approve", incomplete=wants_reason(case))
    after = _("Another person has to approve the same content.") if conf.four_eyes else ""
    is_open = "approve" in seen.typed or not seen.typed
    return seen.way(
        "approve", title, "check", title, form=form, after=after, is_open=is_open, is_main=True, lacks=lacks(case)
    )


def _against(seen: Seen) -> str:
    if seen.by.owns(seen.case):
        return _("This is your own request. Somebody else decides on it.")
    move = Move(seen.case, S.APPROVED, seen.by, seen.at)
    for name, text in AGAINST.items():
        if GUARDS[name](move):
            return str(text)
    mine = seen.case.decisions.filter(verdict=Verdict.APPROVE, binds=seen.case.content_hash, by=seen.by.key)
    return _("You have approved this content. Another person has to, too.") if mine.exists() else ""


def _unfreeze(seen: Seen) -> Way | None:
    if not seen.case.is_frozen or not seen.case.is_open or not seen.has(*STAFF):
        return None
    if seen.by.owns(seen.case):
        against = _("This is your own request. Somebody else decides on it.")
        return seen.way("unfreeze", _("Let it go on"), "again", _("Let it go on"), form=None, against=against)
    intro = _("Everything stopped when somebody said “This wasn’t me”.")
    return seen.way("unfreeze", _("Let it go on"), "again", _("Let it go on"), intro=intro)


def _ask(seen: Seen) -> Way | None:
    if seen.case.state not in {S.RECEIVED, S.REVIEW} or not seen.has(*STAFF):
        return None
    after = _("The adjusted date waits for the answer; the strict date stays %(date)s.") % {
        "date": date_format(seen.case.strict_due_on, _("j F Y"))
    }
    return seen.way("ask", _("Ask the person a question"), "pause", _("Send the question and pause"), after=after)


def _answer(seen: Seen) -> Way | None:
    if seen.case.state != S.AWAITING_SUBJECT or not seen.has(*STAFF):
        return None
    intro = _("For an answer that came by letter or telephone.")
    return seen.way("answer", _("Enter the answer"), "chat", _("Enter it and go on"), intro=intro)


def _extend(seen: Seen) -> Way | None:
    case = seen.case
    late = deadlines.local_date(seen.at) > case.due_on
    if not case.is_open or case.extended_until or late or not seen.has(*STAFF):
        return None
    until = date_format(deadlines.for_case(case.received_at, months=deadlines.EXTENDED).date, _("j F Y"))
    title = _("Extend to %(date)s") % {"date": until}
    return seen.way("extend", title, "calendar", _("Extend and tell the person"))


def _reject(seen: Seen) -> Way | None:
    if seen.case.state != S.REVIEW or not seen.decides or seen.by.owns(seen.case):
        return None
    return seen.way("reject", _("Refuse"), "close", _("Preview the letter"))
