"""What becomes of rows that only name the person: by whole sets where one outcome holds, else one by one."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from tasks.collector.keyset import KeySet
from tasks.datamap import registry
from tasks.datamap.relations import Kind, Relation
from tasks.datamap.ties import Says
from tasks.erasure.links import Link, links, outgoing
from tasks.erasure.models import Action
from tasks.erasure.refusals import missing_match, settled
from tasks.erasure.rules import Verdict, following, refused

if TYPE_CHECKING:
    from tasks.erasure.decide import Verdicts


class Naming:
    """Judges named rows on which there is no verdict yet."""

    def __init__(self, verdicts: "Verdicts") -> None:
        self.verdicts = verdicts
        named = {model for model in verdicts.closure.named if registry.get(model).erasure is not None}
        self.mixed = named.union(verdicts.staying)  # models of which owned rows may stay, or named ones go
        self.ties: dict[Relation, Any] = {
            tie.relation: found
            for tie, found in verdicts.closure.ties.items()
            if tie.relation is not None and tie.says is Says.NAMED
        }

    def judge(self, model: type[Model], keys: KeySet) -> None:
        """Settle rows with ``keys`` by the keys that they hold."""
        if not keys:
            return
        relations = [relation for relation in outgoing(model) if relation.target in self.verdicts.rows]
        if self._alike(relations):
            self._by_set(model, keys, relations)
        else:
            self._one_by_one(model, keys)

    def _alike(self, relations: list[Relation]) -> bool:
        """Whether each key that the walk followed to such rows leads to a row that goes, and no other key does."""
        return not self.verdicts.subject_is_gone and all(
            relation.kind in (Kind.KEY, Kind.GENERIC) and relation.target not in self.mixed for relation in relations
        )

    def _by_set(self, model: type[Model], keys: KeySet, relations: list[Relation]) -> None:
        hits = {relation: self.ties[relation] for relation in relations if self.ties.get(relation)}
        by_value = bool(registry.get(model).matches)
        if len(hits) == 1 and not by_value:
            groups: dict[tuple[Relation, ...], Any] = {tuple(hits): keys}
        else:
            groups = {}
            for key in keys:
                groups.setdefault(tuple(r for r, found in hits.items() if key in found), []).append(key)
        for named_by, some in groups.items():
            if named_by:
                self.verdicts.stay(model, KeySet(some), settled(model, [Link(r, None) for r in named_by]))
            elif by_value:
                self.verdicts.stay(model, KeySet(some), refused(missing_match(model)))

    def _one_by_one(self, model: type[Model], keys: KeySet) -> None:
        found: dict[Verdict, list[Any]] = {}
        for key, own in links(model, keys, targets=self.verdicts.rows, lookups=self.verdicts.lookups):
            verdict = self._verdict(model, own)
            if verdict is not None:
                found.setdefault(verdict, []).append(key)
        for verdict, some in found.items():
            self.verdicts.stay(model, KeySet(some), verdict)

    def _verdict(self, model: type[Model], own: list[Link]) -> Verdict | None:
        if going := [link for link in own if self.verdicts.goes(link.target)]:
            return settled(model, going)
        stays = [found for link in own if (found := self.verdicts.verdict(link.target))]
        if stays:
            last = max(stays, key=lambda v: (v.action == Action.KEEP, v.until or date.max))
            action = Action.UPDATE if last.action == Action.UPDATE else Action.KEEP
            return Verdict(action, following(last.rule), until=last.until)
        return refused(missing_match(model)) if registry.get(model).matches else None
