"""What a case is from what its sources said: the snapshot of a copy, the plan of an erasure.

Read off the steps in the transaction that finishes one of them, so that two workers that finish at once both count.
"""

import hashlib
from typing import Any

from tasks.cases import subjects
from tasks.cases.collecting import joined
from tasks.cases.models import Case, Phase, Step, StepState
from tasks.cases.states import Kind
from tasks.cases.steps import DATABASE
from tasks.datamap import registry
from tasks.erasure import sources


def facts_of(case: Case, step: Step | None = None) -> dict[str, Any]:
    """The columns of the case that its steps of collecting make. One query; none where ``step`` is all there is."""
    alone = step is not None and case.kind == Kind.ERASURE and not registry.sources
    steps = [step] if step and alone else list(case.steps.filter(phase=Phase.COLLECT).order_by("pk"))
    return _plan(case, steps) if case.kind == Kind.ERASURE else _snapshot(steps)


def _snapshot(steps: list[Step]) -> dict[str, Any]:
    parts = [step.result for step in steps if step.state == StepState.DONE]
    if not parts:
        return {}
    hashes = [part["sha256"] for part in parts]
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return {"snapshot": joined(parts), "snapshot_hash": whole}


def _plan(case: Case, steps: list[Step]) -> dict[str, Any]:
    """The plan, as soon as the database's part is there; a source that did not say how many is in it all the same."""
    done = {step.source: step for step in steps if step.state == StepState.DONE}
    if DATABASE not in done or not done[DATABASE].result:
        return {}
    counts = {key: step.result.get("counts") for key, step in done.items() if key != DATABASE}
    plan = sources.with_sources(done[DATABASE].result, counts, held=sources.held_of(subjects.of_case(case)))
    return {"plan": plan, "plan_hash": plan["hash"]}
