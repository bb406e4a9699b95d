"""What hangs on a row that stays, stays with it: followed downwards, from the rows that stay."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from tasks.datamap import Keep
from tasks.datamap.copies import HISTORY
from tasks.datamap.relations import Kind, Relation, incoming
from tasks.erasure.links import Row, hangs, links
from tasks.erasure.models import Action
from tasks.erasure.rules import Verdict, copying, following

if TYPE_CHECKING:
    from tasks.erasure.decide import Verdicts

Frontier = dict[type[Model], set[Any]]


class Inheritance:
    """Hands verdicts down from rows that stay to owned rows that are undecided or kept without an end."""

    def __init__(self, verdicts: "Verdicts") -> None:
        self.verdicts, self.lookups = verdicts, verdicts.lookups

    def spread(self) -> None:
        """First from rows with an end of their own, then from those that have got theirs by now."""
        lasting: Frontier = {}
        endless: Frontier = {}
        for model, rows in self.verdicts.staying.items():
            if model not in self.lookups.graph.views and self._below(model):
                for verdict, keys in rows.groups():
                    (endless if is_endless(verdict) else lasting).setdefault(model, set()).update(keys)
        self._go_down(lasting)
        self._go_down(endless)

    def _below(self, model: type[Model]) -> list[Relation]:
        """The relations along which rows hang on rows of ``model``."""
        owned = self.verdicts.closure.owned
        return [relation for relation in incoming(model) if relation.model in owned and hangs(relation)]

    def _go_down(self, frontier: Frontier) -> None:
        rank = self.lookups.graph.rank
        while frontier:
            model = min(frontier, key=lambda model: (rank.get(model, 0), model._meta.label))
            keys = frontier.pop(model)
            for relation in self._below(model):
                if heirs := self._hand_down(relation, self._givers(relation, keys)):
                    frontier.setdefault(relation.model, set()).update(heirs)

    def _givers(self, relation: Relation, keys: set[Any]) -> set[Any]:
        """The person's own row passes nothing on, but to its own parts in other tables and to copies of it."""
        if relation.kind in (Kind.CHILD, Kind.PARENT) or relation.on_delete == HISTORY:
            return keys
        return keys - {key for model, key in self.verdicts.family if model is relation.target}

    def _hand_down(self, relation: Relation, keys: set[Any]) -> list[Any]:
        """Let what hangs on rows with ``keys`` stay as they do; the rows for which that is news."""
        if not keys:
            return []
        below = relation.model
        candidates = {key for key in self._along(relation, keys) if self._may_inherit((below, key))}
        heirs = []
        for key, own in links(below, sorted(candidates, key=str), targets={relation.target}, lookups=self.lookups):
            for link in own:
                parent = self.verdicts.verdict(link.target) if link.relation == relation and link.key in keys else None
                if parent is not None and self._inherit((below, key), parent, relation):
                    heirs.append(key)
        return heirs

    def _along(self, relation: Relation, keys: set[Any]) -> Iterable[Any]:
        some = list(keys)
        for start in range(0, len(some), 500):
            yield from self.lookups.along(relation, some[start : start + 500])

    def _may_inherit(self, row: Row) -> bool:
        model, key = row
        if key not in self.verdicts.closure.owned[model] or self.verdicts.goes(row):
            return False
        known = self.verdicts.verdict(row)
        return known is None or known.rule.strategy == "follows" or is_endless(known)

    def _inherit(self, row: Row, parent: Verdict, relation: Relation) -> bool:
        """Let a row stay as its parent does; of one that is kept without a period of its own, take the end only.

        A copy that cannot be changed as the row is that it copies does not stay.
        """
        old = self.verdicts.verdict(row)
        if old is not None and is_endless(old):
            later = parent.until is not None and (old.until is None or parent.until > old.until)
            new = replace(old, until=parent.until) if later else old
        else:
            rule = copying(parent.rule, row[0]) if relation.on_delete == HISTORY else following(parent.rule)
            if rule is None:
                return False
            new = Verdict(parent.action, rule, until=parent.until)
            later = outlasts(new, old)
        if later:
            self.verdicts.stay_alone(row, new)
        return later


def is_endless(verdict: Verdict) -> bool:
    """Whether a row is kept by its own declaration, which states no period: it ends with what it hangs on."""
    return isinstance(verdict.rule.declared, Keep) and verdict.rule.declared.for_ is None


def outlasts(new: Verdict, old: Verdict | None) -> bool:
    """Whether a row stays longer by ``new`` than by ``old``; kept by law before anonymous."""
    if old is None:
        return True
    return (new.action == Action.KEEP, new.until or date.max) > (old.action == Action.KEEP, old.until or date.max)
