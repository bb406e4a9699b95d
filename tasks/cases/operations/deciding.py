"""The controller's decisions: approve, refuse, extend."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tasks import audit
from tasks.cases import deadlines, letters
from tasks.cases.actors import Actor
from tasks.cases.completeness import is_incomplete
from tasks.cases.files import purge
from tasks.cases.guards import approvers, wanted_approvals
from tasks.cases.models import Case, Decision, Verdict
from tasks.cases.operations.base import changing, given, record, require, write
from tasks.cases.operations.executing import execute
from tasks.cases.states import STAFF, Kind, State
from tasks.cases.transitions import check, move
from tasks.errors import ApprovalVoid, NotAllowed, TransitionRefused


class GROUNDS(TextChoices):
    """Why a request may be refused. Source: GDPR art. 12(5), 15(4), 17(3)."""

    UNFOUNDED = "12-5-unfounded", _("Art. 12(5) GDPR: the request is manifestly unfounded")
    EXCESSIVE = "12-5-excessive", _("Art. 12(5) GDPR: the request is excessive, in particular repetitive")
    UNIDENTIFIED = "12-2", _("Art. 12(2) GDPR: we cannot tell whose data it is")
    RIGHTS_OF_OTHERS = "15-4", _("Art. 15(4) GDPR: a copy would harm the rights of others")
    EXPRESSION = "17-3-a", _("Art. 17(3)(a) GDPR: freedom of expression and information")
    LEGAL_OBLIGATION = "17-3-b", _("Art. 17(3)(b) GDPR: a law obliges us to keep it")
    PUBLIC_INTEREST = "17-3-d", _("Art. 17(3)(d) GDPR: archives, research or statistics")
    LEGAL_CLAIMS = "17-3-e", _("Art. 17(3)(e) GDPR: it is needed for legal claims")


def grounds_for(kind: str) -> list[tuple[str, str]]:
    """The grounds that fit a kind of request, for a form: ``[(value, text), …]``."""
    other = "17-" if kind == Kind.ACCESS else "15-"
    return [(ground.value, str(ground.label)) for ground in GROUNDS if not ground.value.startswith(other)]


def approve(case: Case, *, by: Actor, at: datetime, seen_hash: str, incomplete_reason: str = "") -> Case:
    """Approve exactly the content whose hash was seen. What follows begins by itself.

    With four eyes set, the first approval waits in review for another person's; the case comes back
    in state ``review`` then. ``incomplete_reason`` is printed where a source or a category failed.

    Raises:
        ApprovalVoid: the content is not what was seen.
        NotAllowed: not an approver, their own request, or their own first approval.
        TransitionRefused: the case is not in review, or a guard says why not.
    """
    with changing(case):
        if case.state != State.REVIEW:
            raise TransitionRefused(case.pk, wanted=State.APPROVED, found=case.state)
        if not seen_hash or seen_hash != case.content_hash:
            raise ApprovalVoid(f"case {case.pk}: the content changed since it was seen; look at it again.")
        if (reason := _incomplete_reason(case, incomplete_reason)) != case.incomplete_reason:
            write(case, incomplete_reason=reason)
        check(case, State.APPROVED, by=by, at=at, leaving_out={"decided"})
        _not_twice(case, by)
        _decide(case, Verdict.APPROVE, by=by, at=at, text=reason)
        if len(approvers(case)) >= wanted_approvals():
            move(case, State.APPROVED, by=by, at=at, approved_hash=case.content_hash)
            execute(case, at=at)
    return case


def _incomplete_reason(case: Case, given: str) -> str:
    """The reason that the answer prints for what it lacks.

    None where it lacks nothing, even if one was given before a source came back. Once somebody approved this
    content with a reason, whoever approves after them approves that reason.
    """
    if not is_incomplete(case):
        return ""
    return case.incomplete_reason if case.incomplete_reason and approvers(case) else given.strip()


def _not_twice(case: Case, by: Actor) -> None:
    mine = case.decisions.filter(verdict=Verdict.APPROVE, binds=case.content_hash, by=by.key)
    if len(approvers(case)) < wanted_approvals() and mine.exists():
        raise NotAllowed(f"case {case.pk}: {by.key} has approved this content; another person has to.")


def _decide(case: Case, verdict: Verdict, *, by: Actor, at: datetime, ground: str = "", text: str = "") -> Decision:
    decision = Decision.objects.create(
        case=case, verdict=verdict, by=by.key, by_name=by.name, ground=ground, text=text, binds=case.content_hash, at=at
    )
    record(f"decided.{verdict}", case, by=by, at=at, decision=decision.pk, ground=ground, binds=case.content_hash)
    return decision


def reject(case: Case, *, by: Actor, at: datetime, ground: str, text: str) -> Case:
    """Refuse the request. The letter carries ground, reasons, the right to complain and the way to court.

    Raises:
        ValueError: no such ground for this kind of request, or no reasons.

    Source: GDPR art. 12(4).
    """
    with changing(case):
        if ground not in dict(grounds_for(case.kind)):
            raise ValueError(f"ground: wanted one of {sorted(dict(grounds_for(case.kind)))}, found {ground!r}.")
        _decide(case, Verdict.REJECT, by=by, at=at, ground=ground, text=given(text, "text"))
        move(case, State.REJECTED, by=by, at=at)
        letters.send(case, "rejected", at=at, ground=GROUNDS(ground).label, text=text.strip())
        audit.after_commit(lambda: purge(case, at=at))
    return case


def extend(case: Case, *, by: Actor, at: datetime, reason: str) -> Case:
    """Move the date to three months from receipt, and tell the person why.

    Raises:
        TransitionRefused: the first month is over, it was extended already, or the case is not open.
        ValueError: no reason.

    Source: GDPR art. 12(3).
    """
    with changing(case):
        require(by, case, STAFF, "extend it")
        if why := _not_extendable(case, at):
            raise TransitionRefused(case.pk, wanted="extended", found=case.state, why=why)
        until = deadlines.for_case(case.received_at, months=deadlines.EXTENDED).date
        _decide(case, Verdict.EXTEND, by=by, at=at, text=given(reason, "reason"))
        write(case, extended_until=until, extension_reason=reason.strip(), warned_days=None)
        letters.send(case, "extension", at=at, reason=reason.strip())
    return case


def _not_extendable(case: Case, at: datetime) -> str:
    if not case.is_open:
        return "it is answered"
    if case.extended_until:
        return "it was extended already"
    if deadlines.local_date(at) > case.due_on:
        return f"its date, {case.due_on}, has passed"
    return ""
