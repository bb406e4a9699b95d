"""Rows under a legal hold of one category: they stay as they are, and so does what they cannot be without."""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from tasks.collector.keyset import EMPTY, KeySet
from tasks.datamap import registry
from tasks.datamap.relations import Kind, Relation
from tasks.erasure.links import links
from tasks.erasure.models import Action
from tasks.erasure.rules import Rule, Verdict

if TYPE_CHECKING:
    from tasks.erasure.decide import Verdicts

LAW = "Art. 17(3)(e) GDPR"


def hold_rows(verdicts: "Verdicts") -> None:
    """Let the rows of held categories stay unchanged, with the rows that they name by keys that cannot be emptied."""
    for hold in sorted(verdicts.holds, key=lambda hold: hold.category):
        _hold(verdicts, hold.category, told=hold.told)


def _hold(verdicts: "Verdicts", category: str, *, told: bool) -> None:
    verdict = Verdict(Action.KEEP, held_rule(category, told=told))
    frontier = {
        model: keys - verdicts.theirs.get(model, EMPTY)
        for model, keys in verdicts.rows.items()
        if registry.get(model).context.key == category
    }
    while frontier:
        model, keys = frontier.popitem()
        fresh = verdicts.open(model, keys)
        if model in verdicts.lookups.graph.views or not fresh:
            continue
        verdicts.stay(model, fresh, verdict)
        for target, needed in needed_by(verdicts, model, fresh).items():
            frontier[target] = frontier.get(target, EMPTY) | needed


@cache
def held_rule(category: str, *, told: bool) -> Rule:
    """The rule for rows under a hold. It names no hold, for a new reason is not a new decision.

    The law stands there only if the person may read it.
    """
    return Rule("held", law=LAW if told else "", via=category, held=category)


def needed_by(verdicts: "Verdicts", model: type[Model], keys: KeySet) -> dict[type[Model], set[Any]]:
    """The person's rows without which rows with ``keys`` cannot be."""
    found: dict[type[Model], set[Any]] = {}
    for _key, own in links(model, keys, targets=verdicts.rows, lookups=verdicts.lookups):
        for link in own:
            target, key = link.target
            if is_needed(link.relation) and key in verdicts.rows.get(target, EMPTY):
                found.setdefault(target, set()).add(key)
    return found


def is_needed(relation: Relation) -> bool:
    """Whether the row that holds the key cannot stay without the one that it names."""
    if relation.kind in (Kind.CHILD, Kind.PARENT):
        return True
    return relation.kind == Kind.KEY and not relation.model._meta.get_field(relation.name).null
