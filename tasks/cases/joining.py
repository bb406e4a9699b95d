"""What a case is from what its sources said: the snapshot of a copy, the plan of an erasure.

Read off the steps in the transaction that finishes one of them, so that two workers that finish at once both count.
"""

import hashlib
from typing import Any

from tasks.cases.collecting import joined
from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.states import Kind
from tasks.cases.steps import DATABASE
from tasks.erasure import sources


def facts_of(case: Case) -> dict[str, Any]:
    """The columns of the case that its steps of collecting make. One query."""
    steps = list(case.steps.filter(phase=Phase.COLLECT).order_by("pk"))
    return _plan(steps) if case.kind == Kind.ERASURE else _snapshot(steps)


def _snapshot(steps: list[Step]) -> dict[str, Any]:
    parts = [step.result for step in steps if step.state == StepState.DONE]
    if not parts:
        return {}
    hashes = [part["sha256"] for part in parts]
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return {"snapshot": joined(parts), "snapshot_hash": whole}


def _plan(steps: list[Step]) -> dict[str, Any]:
    """The plan, as soon as the database's part is there; a source that did not say how many is in it all the same."""
    done = {step.source: step for step in steps if step.state == StepState.DONE}
    if DATABASE not in done or not done[DATABASE].result:
        return {}
    counts = {key: step.result.get("counts") for key, step in done.items() if key != DATABASE}
    plan = sources.with_sources(done[DATABASE].result, counts)
    return {"plan": plan, "plan_hash": plan["hash"]}
