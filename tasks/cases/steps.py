"""The steps of a case's work: made due, stopped."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tasks.cases import queue
from tasks.cases.limits import hard_limit
from tasks.cases.models import Case, Phase, Step, StepState

DATABASE = "database"
UNSETTLED = (StepState.DUE, StepState.RUNNING)


def afresh(*, at: datetime) -> dict[str, Any]:
    """The columns of a step that begins anew. A new question: what a source said to the old one does not count."""
    return {
        "state": StepState.DUE, "next_try_at": at, "attempts": 0, "error": "", "lease_token": "", "finished_at": None,
        "since": None, "question": uuid.uuid4(), "memo": "", "refusal": "", "left_out": "",
    }  # fmt: skip


def make_due(case: Case, phase: Phase, *, at: datetime, source: str = DATABASE, title: str = "") -> Step:
    """The step of one source in a phase, made due again where an earlier round left it."""
    fresh = afresh(at=at)
    step, created = Step.objects.get_or_create(
        case=case, phase=phase, source=source, defaults={"title": title, **fresh}
    )
    if not created and step.state not in UNSETTLED:
        Step.objects.filter(pk=step.pk).update(**fresh)
    enqueue([step])
    return step


def enqueue(steps: Iterable[Step]) -> None:
    """Put a message for each into the queue after the commit."""
    for step in steps:
        queue.soon("dossier.work", seconds=hard_limit(step.source, step.phase), step_id=str(step.pk))


def send(keys: Iterable[int]) -> None:
    """Send a message for each step now."""
    for step in Step.objects.filter(pk__in=list(keys)).only("source", "phase"):
        queue.send("dossier.work", seconds=hard_limit(step.source, step.phase), step_id=str(step.pk))


def stop(case: Case, *, why: str) -> None:
    """Take every unfinished step from whoever works on it: its token no longer holds."""
    case.steps.filter(state__in=UNSETTLED).update(
        state=StepState.FAILED, lease_token="", lease_until=None, error=why[:500], memo="", known=""
    )


def release(case: Case, phase: Phase, *, at: datetime) -> None:
    """Take the running steps of a phase from whoever works on them; they are due again."""
    case.steps.filter(phase=phase, state=StepState.RUNNING).update(
        state=StepState.DUE, lease_token="", lease_until=None, next_try_at=at, sent_at=None
    )
