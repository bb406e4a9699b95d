"""What an erasure will do: data that is shown, hashed, approved and carried out."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.utils import timezone

from tasks.collector import Subject
from tasks.collector.graph import graph
from tasks.collector.keyset import KeySet
from tasks.collector.lookup import Lookups
from tasks.collector.reading import Reader
from tasks.collector.walk import walk
from tasks.erasure import holds, ledger
from tasks.erasure.decide import Left, Verdicts
from tasks.erasure.keys import as_json, sort_keys
from tasks.erasure.left import there
from tasks.erasure.models import Action
from tasks.erasure.order import Stage, arrange
from tasks.erasure.rules import hash_of
from tasks.erasure.steps import Step, steps_of
from tasks.erasure.summary import rows, totals
from tasks.erasure.weave import Atom, Bundle, Part
from tasks.errors import ApprovalVoid, PlanRefused

Decisions = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Refusal:
    """Rows that nothing says what to do with, and the declaration that is missing."""

    label: str
    keys: list[Any]
    missing: str


@dataclass
class Plan:
    """Every row of a person's closure, under exactly one of delete, update, keep and refused.

    ``steps`` are in the order of work: whatever names a row comes before that row. ``decisions``
    say per model what is done and why, without row counts: that is what an approval binds, and
    ``decisions_hash`` is its hash. The same declarations over the same models give the same hash.
    """

    subject: Subject
    stages: list[Stage] = field(default_factory=list, repr=False)
    before: Decisions = field(default_factory=dict, repr=False)  # of a run that was begun and not finished
    at: datetime | None = None  # when it was made; None: it holds decisions, and no rows

    def is_of(self, subject: Subject, at: datetime) -> bool:
        """Whether it holds the rows of ``subject`` as they were found at this very moment."""
        return self.at == at and self.subject == subject

    @property
    def steps(self) -> list[Step]:
        return [step for stage in self.stages for step in stage.steps]

    @property
    def decisions(self) -> Decisions:
        """``{model label: [rules]}``, sorted; JSON-able and in no language."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for label, rules in self.before.items():
            found[label] = {hash_of({label: [rule]}): rule for rule in rules}
        for step in self.steps:
            for rule in step.decisions():
                found.setdefault(step.label, {})[hash_of({step.label: [rule]})] = rule
        return {label: [rules[name] for name in sorted(rules)] for label, rules in sorted(found.items())}

    @property
    def decisions_hash(self) -> str:
        """What an approval binds, in 64 hex digits."""
        return hash_of(self.decisions)

    @property
    def refusals(self) -> list[Refusal]:
        """What keeps the plan from being carried out; empty if nothing does."""
        refused = [step for step in self.steps if step.action == Action.REFUSED]
        return [Refusal(step.label, sort_keys(step.keys), step.rule.missing) for step in refused]

    @property
    def total(self) -> int:
        """The rows of all steps."""
        return sum(step.count for step in self.steps)

    def check(self) -> None:
        """Let nothing pass that is not decided.

        Raises:
            PlanRefused: rows are refused; names them and what to declare.
        """
        if not self.refusals:
            return
        refused: dict[str, list[object]] = {}
        for refusal in self.refusals:
            refused.setdefault(refusal.label, []).extend(as_json(key) for key in refusal.keys)
        named = "; ".join(f"{refusal.missing} ({_some(refusal.keys)})" for refusal in self.refusals)
        raise PlanRefused(f"Nothing was touched. Missing in privacy.py: {named}.", rows=refused)

    def check_within(self, approved: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """Let nothing pass that ``approved`` decisions do not hold; fewer are allowed, for rows may have gone.

        Raises:
            ApprovalVoid: a model, or a rule for one, that was not approved; names the models.
        """
        hashes = {label: {hash_of({label: [dict(rule)]}) for rule in rules} for label, rules in approved.items()}
        surplus = [
            label
            for label, rules in self.decisions.items()
            if any(hash_of({label: [rule]}) not in hashes.get(label, ()) for rule in rules)
        ]
        if surplus:
            raise ApprovalVoid(
                f"Not as it was approved: {', '.join(surplus)}. Look at the plan again and approve it anew."
            )

    def without(self, done: Mapping[str, set[Any]]) -> Self:
        """Drop rows that stay and were worked on already, but not those whose keys lead to deleted rows again."""
        for stage in self.stages:
            stage.steps = [_rest(step, done) for step in stage.steps]
            left: list[Part] = []
            for part in stage.parts:
                if isinstance(part, Bundle):
                    pass  # reads the keys of its steps
                elif isinstance(part, Atom):
                    part.rows = [(step, key) for step, key in part.rows if key in step.keys]
                elif is_settled(part.step, done):
                    part.keys = [key for key in part.keys if key in part.step.keys]
                left += [part] if _holds(part) else []
            stage.parts = left
        return self

    def keys(self) -> dict[str, dict[str, list[Any]]]:
        """``{"app.Model": {"delete": [..], "update": [..], "keep": [..], "refused": [..]}}``, sorted, JSON-able."""
        found: dict[str, dict[str, list[Any]]] = {}
        for step in self.steps:
            parts = found.setdefault(step.label, {str(action): [] for action in Action})
            parts[str(step.action)] += step.keys
        return {
            label: {action: [as_json(key) for key in sort_keys(keys)] for action, keys in parts.items()}
            for label, parts in sorted(found.items())
        }

    def as_json(self) -> dict[str, Any]:
        """The whole plan, JSON-able: steps, decisions and their hash, totals."""
        return {
            "subject": {"model": self.subject.label, "key": as_json(self.subject.pk)},
            "steps": [step.as_json() for step in self.steps],
            "decisions": self.decisions,
            "decisions_hash": self.decisions_hash,
            "totals": self.totals,
        }

    @property
    def totals(self) -> dict[str, int]:
        """Rows per fate as people read it: delete, anonymise, keep, refused."""
        return totals(self.steps)

    def summary(self) -> dict[str, Any]:
        """What people read: ``rows``, one per category, fate, ground and end date, and ``totals``."""
        return {"rows": rows(self.steps), "totals": self.totals}


def plan(subject: Subject, *, at: datetime | None = None) -> Plan:
    """Decide on every row of ``subject``'s closure, at one consistent moment of the database. Writes nothing.

    ``at`` is the day that end dates are compared with; now, if left out. Refusals are part of the
    plan: ``Plan.check()`` raises them. After an erasure that was begun and not finished, the plan
    holds what is left of it, and its decisions still are those that were approved.

    Raises:
        SourceUnavailable: the database did not answer.

    Source: GDPR art. 17(1), 17(3).
    """
    at = at or timezone.now()
    stages = _stages(subject, at)
    run = ledger.unfinished(subject)
    return Plan(subject, stages, run.decisions if run else {}, at)


def plan_left(subject: Subject, left: Left, *, at: datetime) -> Plan:
    """Decide on rows that an earlier erasure left behind, or that a backup brought back, and on what hangs on them.

    The person's own row is looked at only if it is among them. Writes nothing.

    Raises:
        SourceUnavailable: the database did not answer.
    """
    with Reader() as reader:
        found = replace(left, rows=there(subject, left.rows, reader))
    return Plan(subject, _stages(subject, at, found), at=at)


def _stages(subject: Subject, at: datetime, left: Left | None = None) -> list[Stage]:
    held = [hold for hold in holds.held(subject) if hold.category]  # of everything: nothing begins, see holds.check
    with Reader() as reader:
        compiled = graph(subject.model, using=subject.using)
        lookups = Lookups(subject, compiled, reader)
        closure = walk(subject, compiled, reader, seeds=left.rows if left else None)
        return arrange(steps_of(Verdicts(closure, lookups, at=at, held=held, left=left).find()), lookups)


def resume(run_id: uuid.UUID | str) -> Plan | None:
    """The plan of a run that was begun: its approved decisions, without rows, which ``apply`` looks for anew.

    None where nothing was begun, or where rows came up since that have to be approved first.
    """
    run = ledger.get(run_id)
    if run is None or run.void_at is not None:
        return None
    return Plan(ledger.subject_of(run), before=run.decisions)


def _some(keys: list[Any]) -> str:
    shown = ", ".join(str(as_json(key)) for key in keys[:5])
    return f"rows {shown}" + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")


def is_settled(step: Step, done: Mapping[str, set[Any]]) -> bool:
    """Whether rows of the step were worked on already, and no key of theirs leads to deleted rows again."""
    return step.action in (Action.KEEP, Action.UPDATE) and not step.cleared and step.label in done


def _rest(step: Step, done: Mapping[str, set[Any]]) -> Step:
    if is_settled(step, done):
        step.keys = KeySet([key for key in step.keys if key not in done[step.label]])
    return step


def _holds(part: Part) -> bool:
    if isinstance(part, Bundle):
        return any(step.keys for step in part.steps)
    return bool(part.rows if isinstance(part, Atom) else part.keys)
