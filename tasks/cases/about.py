"""What an export says about the request that it answers."""

from datetime import datetime

from tasks import export
from tasks.cases import covering
from tasks.cases.contact import masked
from tasks.cases.deadlines import zone
from tasks.cases.models import Case, Phase, StepState, Verdict

STATES = {StepState.DONE: "searched", StepState.FAILED: "failed", StepState.LEFT: "failed"}


def of(case: Case, *, at: datetime, snapshot_at: datetime | None = None) -> "export.About":
    """The cover's facts: reference, person, dates, sources that were searched, who reviewed it."""
    taken = case.snapshot.get("taken_at")
    return export.About(
        reference=case.reference,
        kind=case.kind,
        person_name=case.person,
        person_contact=masked(case.contact),
        language=case.language,
        time_zone=str(zone()),
        requested_at=case.received_at,
        snapshot_at=snapshot_at or (datetime.fromisoformat(taken) if taken else at),
        answered_at=at,
        sources=_sources(case),
        incomplete_reason=case.incomplete_reason,
        redactions=covering.coverings(case),
        categories=tuple(case.categories),
        reviewed_by=", ".join(case.decisions.filter(verdict=Verdict.APPROVE).values_list("by_name", flat=True)),
    )


def _sources(case: Case) -> "tuple[export.SourceReport, ...]":
    return tuple(
        export.SourceReport(
            key=step.source,
            title=step.title or step.source,
            state="nothing"
            if step.state == StepState.DONE and not sum(step.counts.values())
            else STATES.get(StepState(step.state), "searched"),
            count=sum(step.counts.values()),
            error=step.error,
        )
        for step in case.steps.filter(phase=Phase.COLLECT)
    )
