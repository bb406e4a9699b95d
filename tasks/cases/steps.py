"""The steps of a case's work: made due, stopped."""

from collections.abc import Iterable
from datetime import datetime

from tasks.cases import queue
from tasks.cases.models import Case, Phase, Step, StepState

UNSETTLED = (StepState.DUE, StepState.RUNNING)


def make_due(case: Case, phase: Phase, *, at: datetime, source: str = "database", title: str = "") -> Step:
    """The step of one source in a phase, made due again where an earlier round left it."""
    fresh = {
        "state": StepState.DUE,
        "next_try_at": at,
        "attempts": 0,
        "error": "",
        "lease_token": "",
        "finished_at": None,
    }
    step, created = Step.objects.get_or_create(
        case=case, phase=phase, source=source, defaults={"title": title, **fresh}
    )
    if not created and step.state not in UNSETTLED:
        Step.objects.filter(pk=step.pk).update(**fresh)
    queue.soon("dossier.work", step_id=str(step.pk))
    return step


def enqueue(steps: Iterable[Step]) -> None:
    """Put a message for each into the queue after the commit."""
    for step in steps:
        queue.soon("dossier.work", step_id=str(step.pk))


def stop(case: Case, *, why: str) -> None:
    """Take every unfinished step from whoever works on it: its token no longer holds."""
    case.steps.filter(state__in=UNSETTLED).update(
        state=StepState.FAILED, lease_token="", lease_until=None, error=why[:500]
    )


def release(case: Case, phase: Phase, *, at: datetime) -> None:
    """Take the running steps of a phase from whoever works on them; they are due again."""
    case.steps.filter(phase=phase, state=StepState.RUNNING).update(
        state=StepState.DUE, lease_token="", lease_until=None, next_try_at=at, sent_at=None
    )
