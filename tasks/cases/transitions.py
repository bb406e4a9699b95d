"""The only writer of a case's state."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F

from tasks import audit
from tasks.cases.actors import Actor
from tasks.cases.guards import GUARDS, Move
from tasks.cases.models import Case
from tasks.cases.states import FINAL, State, path
from tasks.errors import NotAllowed, TransitionRefused

BEGINNINGS = frozenset({State.UNVERIFIED, State.RECEIVED})
#: From here a case comes back to where it was.
ASIDE = frozenset({State.FAILED, State.AWAITING_SUBJECT})


def begin(case: Case, state: State, *, by: Actor, at: datetime) -> None:
    """Insert a new case in its first state.

    Raises:
        TransitionRefused: no case begins there.
        IntegrityError: the person has an open case of this kind already.
    """
    if state not in BEGINNINGS:
        raise TransitionRefused(case.pk, wanted=state, found="nothing")
    case.state = state
    with audit.atomic():
        case.save(force_insert=True)
        audit.record("case.opened", by=by.key, at=at, case=case.pk, data={"kind": case.kind, "to": state})


def move(case: Case, to: State, *, by: Actor, at: datetime, **facts: Any) -> None:
    """Move ``case`` to ``to``, store ``facts`` with it, and record who did it.

    ``case`` is read anew first. The update is conditional: of two racing callers exactly one succeeds.

    Raises:
        TransitionRefused: the stored state does not lead to ``to``, or a guard says why not.
        NotAllowed: not this person.
        ApprovalVoid: what was approved is not what is there now.
    """
    with audit.atomic():
        take(case)
        source = State(case.state)
        check(case, to, by=by, at=at)
        facts |= {"state": to, "returns_to": source if to in ASIDE else ""}
        if to in FINAL:
            facts.setdefault("closed_at", at)
        if not Case.objects.filter(pk=case.pk, state=source).update(**facts):
            raise TransitionRefused(case.pk, wanted=to, found=_stored(case))
        audit.record("case.moved", by=by.key, at=at, case=case.pk, data={"from": source, "to": to})
    for name, value in facts.items():
        setattr(case, name, value)


def check(case: Case, to: State, *, by: Actor, at: datetime, leaving_out: Collection[str] = ()) -> None:
    """Ask everything that ``move`` asks, and move nothing. Guards named in ``leaving_out`` are not asked.

    Raises: as ``move``.
    """
    way = path(case.kind, case.state, to)
    if way is None:
        raise TransitionRefused(case.pk, wanted=to, found=case.state)
    if not way.by & by.roles_in(case):
        raise NotAllowed(f"case {case.pk}: {by.key} may not move it to {to.upper()}.")
    wanted = Move(case, to, by, at)
    for name in way.guards:
        if name not in leaving_out and (why := GUARDS[name](wanted)):
            raise TransitionRefused(case.pk, wanted=to, found=case.state, why=why)


def take(case: Case) -> None:
    """Take the case's row for this transaction and read it anew, so that changes of one case queue up."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
    case.refresh_from_db()


def _stored(case: Case) -> str:
    return str(Case.objects.values_list("state", flat=True).get(pk=case.pk))
