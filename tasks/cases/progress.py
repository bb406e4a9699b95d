"""How far a case is, as numbers that are true: what was read, of how much, in which category."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.states import ERASING, FINAL, Kind, State
from tasks.datamap.labels import category_of

#: What the person reads of a state, and which of the stages it belongs to.
LABELS = {
    State.UNVERIFIED: 0,
    State.RECEIVED: 0,
    State.AWAITING_SUBJECT: 2,
    State.COLLECTING: 1,
    State.FAILED: 1,
    State.REVIEW: 2,
    State.APPROVED: 2,
    State.PACKAGING: 2,
    State.SCHEDULED: 3,
    State.ERASING: 3,
    State.VERIFYING: 3,
    State.READY: 3,
    State.CLOSED: 4,
    State.REJECTED: 4,
    State.WITHDRAWN: 4,
    State.EXPIRED: 4,
}
STEADY = FINAL | {State.READY, State.REVIEW, State.SCHEDULED, State.AWAITING_SUBJECT, State.UNVERIFIED}
FASTEST, SLOWEST = 2, 15  # seconds between two looks of the page


def stages(kind: str) -> list[str]:
    """The five stages that the person sees."""
    if kind == Kind.ERASURE:
        return [_("Received"), _("Planning"), _("In review"), _("Scheduled"), _("Closed")]
    return [_("Received"), _("Collecting"), _("In review"), _("Ready"), _("Closed")]


def progress(case: Case, *, at: datetime | None = None) -> dict[str, Any]:
    """What a page shows while a case is worked on.

    ``late`` are the sources that have not answered: ``title, since, next_try_at, prepares, refused, left``.
    ``parts`` are categories with ``title, state ("done"|"now"|"next"|"late"), done, total``; ``number`` of
    ``of`` is the one being read; ``records`` all rows so far. ``finished`` means that nothing
    changes by itself any more, so that the fragment carries no trigger; else ``poll_seconds``.
    Two queries.
    """
    steps = list(case.steps.all())
    parts = _parts(steps)
    late = [_late(step) for step in steps if _is_late(step)]
    now = next((index for index, part in enumerate(parts) if part["state"] == "now"), len(parts) - 1)
    delayed = [step for step in steps if step.error and step.state != StepState.DONE]
    finished = State(case.state) in STEADY and not any(step.state == StepState.RUNNING for step in steps)
    return {
        "reference": case.reference,
        "kind": case.kind,
        "state": case.state,
        "stage": stage(case),
        "stages": stages(case.kind),
        "steps": [_step(step) for step in steps],
        "parts": parts,
        "number": now + 1 if parts else 0,
        "of": len(parts),
        "current": parts[now] if parts and parts[now]["state"] != "late" else None,
        "records": sum(part["done"] for part in parts),
        "delayed": bool(delayed) or case.state == State.FAILED,
        "late": late,
        "next_try_at": min((step.next_try_at for step in delayed if step.state == StepState.DUE), default=None),
        "is_frozen": case.is_frozen,
        "finished": finished,
        "poll_seconds": 0 if finished else _poll(case, at),
    }


def _is_late(step: Step) -> bool:
    return step.state == StepState.LEFT or (step.since is not None and step.state != StepState.DONE)


def _late(step: Step) -> dict[str, Any]:
    waits = step.state == StepState.DUE
    return {
        "title": step.title or step.source,
        "since": step.since,
        "next_try_at": step.next_try_at if waits else None,
        "prepares": waits and bool(step.memo) and not step.error,
        "refused": bool(step.refusal),
        "left": step.state == StepState.LEFT,
    }


def stage(case: Case) -> int:
    """The index of the stage that the person sees; a case that failed stays where it failed."""
    state = State(case.state)
    if state in {State.FAILED, State.AWAITING_SUBJECT} and case.returns_to:
        return 3 if case.returns_to in ERASING else LABELS[State(case.returns_to)]
    return LABELS[state]


def _poll(case: Case, at: datetime | None) -> int:
    waited = (at - case.received_at).total_seconds() if at else 0
    return int(min(SLOWEST, max(FASTEST, FASTEST + waited // 20)))


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.pk,
        "source": step.source,
        "title": step.title or step.source,
        "phase": step.phase,
        "state": step.state,
        "done": step.done,
        "total": step.total,
        "detail": step.detail,
        "attempts": step.attempts,
        "since": step.since,
        "error": step.error,
        "next_try_at": step.next_try_at if step.state == StepState.DUE and step.error else None,
        "counts": step.counts,
    }


def _parts(steps: list[Step]) -> list[dict[str, Any]]:
    """The categories of the collection, in the order of the report."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step.phase != Phase.COLLECT:
            continue
        for label in {**step.expected, **step.counts}:
            category = category_of(label)
            part = found.setdefault(
                category.key,
                {
                    "key": category.key, "title": str(category.title), "order": category.order, "done": 0, "total": 0,
                    "late": False,
                },
            )  # fmt: skip
            part["late"] = part["late"] or _is_late(step)
            part["done"] += step.counts.get(label, 0)
            part["total"] += max(step.expected.get(label, 0), step.counts.get(label, 0))
    parts = sorted(found.values(), key=lambda part: (part["order"], part["title"]))
    running = False
    for part in parts:
        complete = part["done"] >= part["total"] and not part["late"]
        part["state"] = "late" if part["late"] else "done" if complete else "next" if running else "now"
        running = running or part["state"] == "now"
    return parts
