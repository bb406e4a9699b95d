"""What must hold before a case takes a path, by the names that ``states.PATHS`` uses.

A guard gets the case as it is stored now, who acts and when, and answers with an empty text or with
why not. It stands on the transition, so it holds for every door: page, POST, job, command.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from tasks import conf
from tasks.cases import holds
from tasks.cases.actors import Actor
from tasks.cases.completeness import is_incomplete
from tasks.cases.deadlines import local_date
from tasks.cases.models import Case, Phase, StepState, Verdict
from tasks.cases.states import ERASING, OPEN, Kind, Role, State
from tasks.erasure.models import ErasureRun
from tasks.errors import ApprovalVoid, NotAllowed


@dataclass(frozen=True)
class Move:
    """A path that somebody wants to take."""

    case: Case
    to: State
    by: Actor
    at: datetime


def identified(move: Move) -> str:
    return "" if move.case.identity_method and move.case.identity_at else "nobody has shown who they are"


def not_frozen(move: Move) -> str:
    return "the person said that this was not them" if move.case.is_frozen else ""


def collected(move: Move) -> str:
    open_steps = move.case.steps.filter(phase=Phase.COLLECT, state__in=[StepState.DUE, StepState.RUNNING])
    if open_steps.exists():
        return "a source is still being searched"
    return "" if move.case.content_hash else "nothing was collected that could be seen"


def failed_there(move: Move) -> str:
    return "" if move.case.returns_to == move.to else f"it failed in {move.case.returns_to.upper()}"


def asked_there(move: Move) -> str:
    return "" if move.case.returns_to == move.to else f"it was asked in {move.case.returns_to.upper()}"


def decides(roles: Collection[str]) -> bool:
    """Whether decisions are theirs who have these roles: an approver's, or the DPO's where the organisation says so."""
    return Role.APPROVER in roles or (Role.DPO in roles and bool(conf.dpo_approves))


def may_decide(move: Move) -> str:
    """Dossier itself decides on access only, where the organisation says so."""
    roles, case = move.by.roles, move.case
    if decides(roles):
        return ""
    if Role.SYSTEM in roles and case.kind == Kind.ACCESS and conf.auto_approve_access:
        return ""
    raise NotAllowed(f"case {case.pk}: only an approver decides.")


def not_own(move: Move) -> str:
    if move.by.owns(move.case):
        raise NotAllowed(f"case {move.case.pk}: nobody decides on their own request.")
    return ""


def nothing_refused(move: Move) -> str:
    refused = move.case.plan.get("totals", {}).get("refused", 0)
    return f"nothing says what to do with {refused} rows" if refused else ""


def complete(move: Move) -> str:
    """An answer that lacks a source or a category goes out only with a reason that it prints."""
    if move.case.incomplete_reason or not is_incomplete(move.case):
        return ""
    return "a source is failing or a category could not be read, and no reason says why not to wait"


def wanted_approvals() -> int:
    """How many people have to approve the same content."""
    return 2 if conf.four_eyes else 1


def approvers(case: Case) -> frozenset[str]:
    """Who approved exactly the present content. A decision on other content counts nothing."""
    binding = case.decisions.filter(verdict=Verdict.APPROVE, binds=case.content_hash)
    return frozenset(binding.values_list("by", flat=True))


def decided(move: Move) -> str:
    """Enough different people approved this content."""
    there, wanted = len(approvers(move.case)), wanted_approvals()
    return "" if there >= wanted else f"{there} of {wanted} approvals bind this content"


def grounded(move: Move) -> str:
    last = move.case.decisions.filter(verdict=Verdict.REJECT).last()
    return "" if last and last.ground and last.text.strip() else "a refusal needs a ground and its reasons"


def approval_holds(move: Move) -> str:
    """What was approved is what is there."""
    case = move.case
    if not case.approved_hash:
        return "nobody approved it"
    if case.approved_hash != case.content_hash:
        raise ApprovalVoid(f"case {case.pk}: the content is not what was approved; it has to be looked at again.")
    return ""


def packaged(move: Move) -> str:
    return "" if move.case.packages.filter(purged_at=None).exists() else "no file was made"


def dated(move: Move) -> str:
    return "" if move.case.execute_on else "no day is set"


def due(move: Move) -> str:
    day = move.case.execute_on
    return "" if day and day <= local_date(move.at) else f"its day is {day}"


def not_held(move: Move) -> str:
    """Nothing is erased while a legal hold covers all of it; the hold of a category is part of the plan."""
    return "a legal hold covers the person’s data" if holds.stops(move.case) else ""


def no_copy_pending(move: Move) -> str:
    """A failing or unfinished export never lets an erasure of the same person start."""
    case = move.case
    pending = Case.objects.filter(
        subject_label=case.subject_label,
        subject_key=case.subject_key,
        kind=Kind.ACCESS,
        state__in=sorted(OPEN - {State.UNVERIFIED}),  # whoever has not shown who they are holds nothing up
    )
    return "the person waits for a copy of the data" if pending.exists() else ""


def proven(move: Move) -> str:
    return "" if move.case.outcome else "nothing proves yet that it is gone"


def untouched(move: Move) -> str:
    """An erasure that has begun can neither be taken back nor refused, even while it is in review again."""
    begun = move.case.returns_to in ERASING or ErasureRun.objects.filter(pk=move.case.pk).exists()
    return "rows are gone already" if begun or _gone_somewhere(move.case) else ""


def _gone_somewhere(case: Case) -> bool:
    """Whether a store or service has erased already, while the database waits."""
    done = [StepState.DONE, StepState.LEFT]
    return bool(case.plan.get("sources")) and case.steps.filter(phase=Phase.ERASE, state__in=done).exists()


GUARDS: dict[str, Callable[[Move], str]] = {
    guard.__name__: guard
    for guard in (
        identified, not_frozen, collected, failed_there, asked_there, may_decide, not_own, nothing_refused, complete,
        decided, grounded, approval_holds, packaged, dated, due, not_held, no_copy_pending, proven, untouched,
    )
}  # fmt: skip
