"""Covering by hand what a copy says about others, before it is approved."""

from collections.abc import Collection
from datetime import datetime

from tasks.cases import covering
from tasks.cases.actors import Actor
from tasks.cases.covering import Spot
from tasks.cases.guards import approvers
from tasks.cases.models import Case, Ground, Redaction
from tasks.cases.operations.base import changing, record, require, write
from tasks.cases.states import STAFF, Kind, State
from tasks.errors import ApprovalVoid, NotAllowed, TransitionRefused

AT_ONCE = 500
LONGEST = 500


def redact(
    case: Case, spots: Collection[Spot], *, by: Actor, at: datetime, ground: str = "", words: str = ""
) -> list[Redaction]:
    """Cover these places of a copy, all or none, with a reason that the person reads; those that are new.

    A place that is covered already stays as it is. What an approval binds changes with it, so approvals that
    were given before count no longer.

    Raises:
        NotAllowed: not of the office, or their own copy.
        TransitionRefused: the copy is not in review, or stopped.
        ValueError: no reason, no place, or a place that this copy does not have.
        ApprovalVoid: the copy was collected anew meanwhile.
        KeyUnavailable: it has left the vault.

    Source: GDPR art. 15(4).
    """
    ground, words = _reason(ground, words)
    case.refresh_from_db()
    check(case, by=by)  # before anything is read for them
    _all_there(case, spots)
    seen = case.snapshot_hash
    with changing(case):
        check(case, by=by)
        if case.snapshot_hash != seen:
            raise ApprovalVoid(f"case {case.pk}: its content changed meanwhile; look at it again.")
        there = set(case.redactions.values_list("spot", flat=True))
        new = [
            Redaction(
                case=case, spot=spot.print, label=spot.label, key=spot.key, field=spot.field, ground=ground,
                words=words, by=by.key, by_name=by.name, at=at,
            )
            for spot in dict.fromkeys(spots)
            if spot.print not in there
        ]  # fmt: skip
        _change(case, "redacted", Redaction.objects.bulk_create(new), by=by, at=at)
    return new


def unredact(case: Case, redactions: Collection[int], *, by: Actor, at: datetime) -> list[Redaction]:
    """Uncover what was covered by hand, until the copy is approved; the rows that went, none where they had gone.

    Raises:
        NotAllowed: not of the office, or their own copy.
        TransitionRefused: the copy is not in review, or stopped.
    """
    with changing(case):
        check(case, by=by)
        gone = list(case.redactions.filter(pk__in=redactions))
        case.redactions.filter(pk__in=[row.pk for row in gone]).delete()
        _change(case, "unredacted", gone, by=by, at=at)
    return gone


def check(case: Case, *, by: Actor) -> None:
    """Ask whether this person may cover something in this copy now, and change nothing.

    Raises:
        NotAllowed: not of the office, or their own copy.
        TransitionRefused: it is no copy, it is not in review, or it is stopped.
    """
    require(by, case, STAFF, "cover anything in it")
    if by.owns(case):
        raise NotAllowed(f"case {case.pk}: nobody covers anything in their own copy.")
    if why := _against(case):
        raise TransitionRefused(case.pk, wanted="redacted", found=case.state, why=why)


def may_redact(case: Case, *, by: Actor) -> bool:
    """Whether this person may cover something in this copy now."""
    try:
        check(case, by=by)
    except (NotAllowed, TransitionRefused):
        return False
    return True


def _against(case: Case) -> str:
    asked = case.state == State.AWAITING_SUBJECT and case.returns_to == State.REVIEW
    if case.kind != Kind.ACCESS:
        return "only a copy has something to cover"
    if case.state != State.REVIEW and not asked:
        return "only a copy in review can be covered, and nothing once it is approved"
    return "the person said that this was not them" if case.is_frozen else ""


def _reason(ground: str, words: str) -> tuple[str, str]:
    """The reason, checked: one of the grounds, words of one's own, or both."""
    words = " ".join(words.split())
    if ground and ground not in Ground.values:
        raise ValueError(f"ground: wanted one of {Ground.values}, found another.")
    if not ground and not words:
        raise ValueError("reason is empty.")
    if len(words) > LONGEST:
        raise ValueError(f"reason: wanted at most {LONGEST} characters, found {len(words)}.")
    return ground, words


def _all_there(case: Case, spots: Collection[Spot]) -> None:
    if not 0 < len(spots) <= AT_ONCE:
        raise ValueError(f"places: wanted 1 to {AT_ONCE}, found {len(spots)}.")
    if lost := covering.missing(case, spots):
        raise ValueError(f"case {case.pk}: {len(lost)} of {len(spots)} places are not in its copy, or hold nothing.")


def _change(case: Case, event: str, rows: list[Redaction], *, by: Actor, at: datetime) -> None:
    """Bind what is covered now, and record each place; a place is told by label, field and key, never by a value."""
    if not rows:
        return
    void = len(approvers(case))
    write(case, redactions_hash=covering.hash_of(case.redactions.all()))
    places = [{"label": row.label, "key": _told(row), "field": row.field} for row in rows]
    record(event, case, by=by, at=at, places=places, binds=case.content_hash, voids=void)


def _told(row: Redaction) -> str:
    """A key as the audit holds it: a number or a UUID as it is, any other as a fingerprint, for it may be a name."""
    plain = all(sign in "0123456789abcdef-/" for sign in row.key) and any(sign.isdigit() for sign in row.key)
    return row.key if plain else f"#{row.spot[:12]}"
