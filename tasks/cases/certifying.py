"""What became of the stores and services in an erasure, for its certificate."""

from typing import Any

from tasks.cases.models import Case, Phase, Step, StepState
from tasks.datamap import registry
from tasks.erasure import sources


def certified(case: Case) -> list[dict[str, Any]]:
    """Each source of the plan: erased, kept, or not confirmed. One query where the plan has any; else none."""
    planned = case.plan.get("sources", {})
    if not planned:
        return []
    steps = {step.source: step for step in case.steps.filter(phase=Phase.ERASE)}
    return [_one(case, key, facts, steps.get(key)) for key, facts in planned.items()]


def _one(case: Case, key: str, facts: dict[str, str], step: Step | None) -> dict[str, Any]:
    policy = registry.sources.get(key)
    if facts["fate"] == "keep":
        result = {"state": sources.KEPT, "kept": _kept(case, key)}
    elif step is not None and step.state == StepState.DONE:
        result = {name: value for name, value in step.result.items() if name not in ("before", "carried")}
    else:
        result = {"state": sources.UNCONFIRMED, "reason": step.left_out if step else ""}
    return sources.certified(policy, key, facts["title"], result)


def _kept(case: Case, key: str) -> list[dict[str, Any]]:
    rows = [row for row in case.plan["rows"] if row.get("source") == key]
    return [{"count": row["count"], "because": row["because"], "until": row["until"]} for row in rows]


def unconfirmed(case: Case) -> list[str]:
    """The titles of what a finished erasure could not confirm, as the certificate has them."""
    return [str(each["title"]) for each in case.outcome.get("sources", []) if each["state"] == sources.UNCONFIRMED]
