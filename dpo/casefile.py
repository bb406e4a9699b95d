"""A case as its page draws it: tables, timeline and ways, each from one reading."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from dpo import recipients, ways, words
from dpo.clock import clock
from dpo.forms import Office, Text
from dpo.nextstep import next_step
from dpo.steps import steps
from tasks.cases import holds, preview, queries
from tasks.cases.actors import Actor
from tasks.cases.completeness import lacks, named_gaps
from tasks.cases.models import Case, Letter, StepState, Verdict
from tasks.cases.operations import redacting
from tasks.cases.states import FINAL, Kind, State

#: A look is no event of the case; the audit keeps it.
LOOKS = "case.viewed"


@dataclass(frozen=True)
class PlanRow:
    """What becomes of one category in an erasure."""

    title: str
    labels: str
    status: tuple[str, str, str]
    because: str
    law: str
    until: date | None
    changes: list[str]
    count: int
    unknown: bool = False


def context(case: Case, *, by: Actor, at: datetime, typed: Mapping[str, Office] | None = None) -> dict[str, Any]:
    """Everything that the page of a case shows to this person."""
    typed = typed or {}
    decisions = ways.decisions(case, by=by, at=at, typed=typed)
    works = ways.work(case, by=by, at=at, typed=typed)
    events, work = queries.timeline(case), steps(case, by=by, at=at)
    return {
        "case": case,
        "kind": words.kind(case),
        "status": words.status(case),
        "state": words.state(case),
        "identity": words.identity(case.identity_method),
        "contact": queries.contact_of(case),
        "clock": clock(case, at=at),
        "next": next_step(case, decisions),
        "decisions": decisions,
        "work": works,
        "unsent": unsent(typed, offered={way.action for way in (*decisions, *works) if way.form}),
        "approvals": case.decisions.filter(verdict=Verdict.APPROVE, binds=case.content_hash),
        "advice": [event for event in events if event.tone == "advice"],
        "chapters": preview.chapters(case),
        "readable": State(case.state) not in FINAL,
        "lacks": lacks(case) if case.kind == Kind.ACCESS else [],
        "gaps": named_gaps(case),
        "may_cover": redacting.may_redact(case, by=by),
        "redactions": case.redactions.count(),
        "suspected": sum(case.snapshot.get("suspected", {}).values()),
        "suspect": next(iter(case.snapshot.get("suspected", {})), ""),
        "plan": plan_rows(case),
        "totals": case.plan.get("totals", {}),
        "total": sum((case.plan.get("totals") or case.snapshot.get("counts", {})).values()),
        "made_at": parse_datetime(case.plan.get("made_at") or case.snapshot.get("taken_at") or ""),
        "short_hash": words.short_hash(case.content_hash),
        "steps": work,
        "answered": sum(one.step.state == StepState.DONE for one in work),
        "timeline": [event for event in events if event.event != LOOKS],
        "looks": sum(event.event == LOOKS for event in events),
        "letters": [(words.letter(one.template), one) for one in case.letters.filter(audience=Letter.SUBJECT)],
        "others": others(case),
        "holds": holds.on_case(case, at=at),
        "outcome": case.outcome,
        "recipients": recipients.rows(case),
    }


def unsent(typed: Mapping[str, Office], *, offered: Collection[str]) -> list[tuple[str, str]]:
    """Texts that were typed into a form which is not offered any more, with its label: nobody types twice."""
    forms = (form for action, form in typed.items() if action not in offered)
    fields = ((form[name], field) for form in forms for name, field in form.fields.items() if isinstance(field, Text))
    return [(str(field.label), str(bound.value() or "")) for bound, field in fields if bound.value()]


def plan_rows(case: Case) -> list[PlanRow]:
    """The plan of an erasure, in the order of the data map."""
    return [
        PlanRow(
            title=row["title"],
            labels=", ".join(row.get("labels", [])),
            status=words.FATES[row["fate"]],  # type: ignore[arg-type]
            because=row.get("because", ""),
            law=_law(row),
            until=date.fromisoformat(row["until"]) if row.get("until") else None,
            changes=row.get("changes", []),
            count=row["count"],
            unknown=row.get("unknown", False),
        )
        for row in case.plan.get("rows", [])
    ]


def _law(row: Mapping[str, Any]) -> str:
    """The law that keeps something, where the ground does not name it already."""
    law = row.get("law") or ""
    return law if row["fate"] == "keep" and law not in row.get("because", "") else ""


def others(case: Case) -> list[tuple[Case, tuple[str, str], tuple[str, str, str]]]:
    """The same person's other cases, newest first."""
    if not case.subject_key:
        return []
    found = Case.objects.filter(subject_label=case.subject_label, subject_key=case.subject_key).exclude(pk=case.pk)
    return [(other, words.kind(other), words.status(other)) for other in found.order_by("-received_at")[:5]]
