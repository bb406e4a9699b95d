"""The steps of a plan: rows of one model that share one verdict."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model

from tasks.collector.keyset import EMPTY, KeySet
from tasks.datamap import FieldStrategy
from tasks.erasure.decide import Verdicts
from tasks.erasure.judged import Staying
from tasks.erasure.keys import as_json
from tasks.erasure.models import Action
from tasks.erasure.rules import Cleared, Rule


@dataclass(eq=False)
class Step:
    """Rows of one model under one action, rule and set of cleared keys."""

    model: type[Model]
    action: Action
    rule: Rule
    cleared: Cleared = ()
    keys: AbstractSet[Any] = field(default=EMPTY, repr=False)
    until: dict[Any, date] = field(default_factory=dict, repr=False)
    position: int = 0

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def count(self) -> int:
        return len(self.keys)

    @property
    def changes(self) -> dict[str, FieldStrategy]:
        """What happens to the fields of the rows: as declared, and keys that lead to deleted rows."""
        return {**dict(self.rule.changes), **dict(self.cleared)}

    @property
    def latest(self) -> date | None:
        """The day after which none of the rows may be there any more."""
        return max(self.until.values(), default=None)

    def decisions(self) -> Iterator[dict[str, Any]]:
        """What an approval binds: the rule, and for each key what becomes of it. No row counts."""
        yield self.rule.as_data()
        for name, strategy in self.cleared:
            yield {"strategy": "relation", "key": name, "becomes": strategy.as_data()}

    def as_json(self) -> dict[str, Any]:
        """The step for people and scripts; no key of a row but of refused ones, which somebody has to look at."""
        data: dict[str, Any] = {
            "position": self.position,
            "label": self.label,
            "action": str(self.action),
            "strategy": self.rule.strategy,
            "count": self.count,
            "ground": str(self.rule.ground),
            "law": self.rule.law,
            "period": self.rule.period,
            "until": self.latest.isoformat() if self.latest else None,
            "changes": {name: str(strategy) for name, strategy in self.changes.items()},
        }
        if self.action == Action.REFUSED:
            data |= {"missing": self.rule.missing, "keys": [as_json(key) for key in self.keys]}
        return data


def steps_of(verdicts: Verdicts) -> list[Step]:
    """Group the verdicts: one step for the rows of a model that share everything but their own end date."""
    steps = [
        Step(model, Action.DELETE, rule, keys=keys)
        for model, going in verdicts.going.items()
        for rule, keys in going.rules.items()
    ]
    for model, staying in verdicts.staying.items():
        steps += _of_staying(model, staying)
    return steps


def _of_staying(model: type[Model], staying: Staying) -> list[Step]:
    parts: dict[tuple[Action, Rule, Cleared], list[tuple[date | None, KeySet]]] = {}
    for own, keys in staying.groups():
        parts.setdefault((own.action, own.rule, own.cleared), []).append((own.until, keys))
    found = []
    for (action, rule, cleared), groups in parts.items():
        keys = groups[0][1] if len(groups) == 1 else KeySet([key for _, some in groups for key in some])
        until = {key: end for end, some in groups if end is not None for key in some}
        found.append(Step(model, action, rule, cleared, keys, until))
    return found
