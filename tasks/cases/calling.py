"""A service that prepares an answer calls when it is ready: its step is looked at now, not at its next time."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from tasks import audit
from tasks.cases.models import Step, StepState
from tasks.cases.steps import enqueue
from tasks.collector.sources.http import HttpSource
from tasks.datamap import registry

MOST_OFTEN = timedelta(seconds=5)


def called(question: str, *, path: str, body: bytes, headers: Mapping[str, str], at: datetime) -> bool:
    """Make the step of a question due at once; whether a service that it was put to says so.

    Nothing is believed but that it is worth to ask again, once in five seconds. Who has no secret costs no query.
    """
    callers = [
        key
        for key, policy in registry.sources.items()
        if isinstance(policy, HttpSource) and policy.calls(headers, path, body, now=at.timestamp())
    ]
    if not callers:
        return False
    named = _read(question)
    if named is None:
        return False
    asked = Step.objects.filter(question=named, source__in=callers)
    with audit.atomic():
        waiting = asked.filter(state=StepState.DUE, next_try_at__gt=at).exclude(began_at__gt=at - MOST_OFTEN)
        for step in waiting.only("source", "phase"):
            if waiting.filter(pk=step.pk).update(next_try_at=at):
                enqueue([step])
    return asked.exists()


def _read(question: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(question)
    except ValueError:
        return None
