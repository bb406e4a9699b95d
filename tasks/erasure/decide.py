"""Which row of a closure goes, which stays, and why: each falls under exactly one verdict.

In this order: what declarations say; what hangs on a row that stays, stays with it; what else is
owned goes; what only names gets what its keys say. Then the keys of everything that stays are
looked at: none may lead to a row that goes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import timezone

from tasks import conf
from tasks.collector.anyof import any_of
from tasks.collector.lookup import Lookups
from tasks.collector.shared import others
from tasks.collector.walk import Closure
from tasks.datamap import Anonymise, Delete, Keep, registry
from tasks.datamap.relations import Kind, Relation, incoming
from tasks.datamap.ties import Says, verdict
from tasks.erasure.keys import pieces, plain
from tasks.erasure.links import Link, Row, links, outsiders
from tasks.erasure.models import Action
from tasks.erasure.refusals import missing_follow, missing_match, settled, unfit
from tasks.erasure.rules import OWNED, THEIRS, VIEW, Rule, Verdict, declared_rule, following, refused

Keys = dict[type[Model], set[Any]]


class Verdicts:
    """The verdicts on all rows of a closure. ``going`` and ``staying`` have no row in common."""

    def __init__(self, closure: Closure, lookups: Lookups, *, at: datetime) -> None:
        self.closure, self.lookups, self.today = closure, lookups, local_date(at)
        self.going: dict[type[Model], dict[Rule, set[Any]]] = {}
        self.staying: dict[type[Model], dict[Any, Verdict]] = {}
        self.rows = self._existing(closure.keys())
        self.theirs = {
            model: set(others(closure, model, keys, lookups.reader))
            for model, keys in self.rows.items()
            if registry.get(model).erasure is not None
        }

    def find(self) -> "Verdicts":
        """Judge every row. Reads keys of rows that stay, and of what may stay with them; never whole rows."""
        self._declared()
        self._inherited()
        for model, keys in self.closure.owned.items():
            self._go(model, self._open(model, keys), OWNED)
        for model, keys in self.closure.named.items():
            self._named(model, self._open(model, keys))
        self._outside()
        self._keys_of_staying()
        return self

    def goes(self, row: Row) -> bool:
        """Whether this row is to be deleted."""
        return any(row[1] in keys for keys in self.going.get(row[0], {}).values())

    def _existing(self, rows: Keys) -> Keys:
        """Without the subject's own row where it is gone already: the closure starts from its key."""
        subject = self.closure.subject
        own = plain(subject.model, self.lookups.graph.alias(subject.model)).filter(pk=subject.pk)
        if not any(self.lookups.reader.rows(own, "pk")):
            rows = {**rows, subject.model: rows.get(subject.model, set()) - {subject.pk}}
        return rows

    def _open(self, model: type[Model], keys: Iterable[Any]) -> set[Any]:
        """Those of ``keys`` on which there is no verdict yet."""
        found = set(keys) & self.rows.get(model, set())
        found.difference_update(self.staying.get(model, ()), *self.going.get(model, {}).values())
        return found

    def _go(self, model: type[Model], keys: set[Any], rule: Rule) -> None:
        if keys:
            self.going.setdefault(model, {}).setdefault(rule, set()).update(keys)

    def _stay(self, model: type[Model], keys: Iterable[Any], verdict: Verdict) -> None:
        self.staying.setdefault(model, {}).update(dict.fromkeys(keys, verdict))

    # what declarations say

    def _declared(self) -> None:
        for model, keys in self.rows.items():
            policy = registry.get(model)
            if model in self.lookups.graph.views:
                self._stay(model, keys, Verdict(Action.KEEP, VIEW))
            elif policy.erasure is not None:
                retention = policy.context.retention
                rule = declared_rule(model, policy.erasure, law=retention.law if retention else "")
                self._by_declaration(model, keys - self.theirs[model], rule)

    def _by_declaration(self, model: type[Model], keys: set[Any], rule: Rule) -> None:
        if missing := unfit(model, rule):
            self._stay(model, keys, refused(missing))
            return
        match rule.declared:
            case Delete():
                self._go(model, set(keys), rule)
            case Anonymise():
                self._stay(model, keys, Verdict(Action.UPDATE, rule))
            case Keep() as keep:
                for key, end in self._ends(model, keys, keep):
                    if end is not None and end < self.today:
                        self._go(model, {key}, rule)
                    else:
                        self._stay(model, [key], Verdict(Action.KEEP, rule, until=end))

    def _ends(self, model: type[Model], keys: set[Any], keep: Keep) -> Iterator[tuple[Any, date | None]]:
        """Each row's last day. A row without a date counts from today, so that it is not kept for ever."""
        if keep.for_ is None:
            yield from ((key, None) for key in keys)
            return
        columns = ("pk", keep.after) if keep.after else ("pk",)
        for piece in pieces(keys):
            rows = plain(model, self.lookups.graph.alias(model)).filter(any_of("pk", piece))
            for row in self.lookups.reader.rows(rows, *columns):
                yield row[0], keep.for_.after(local_date(row[-1]) if keep.after and row[-1] else self.today)

    # what hangs on a row that stays

    def _inherited(self) -> None:
        children = self._children()
        rows = [
            (model, key)
            for model, keys in self.staying.items()
            if model not in self.lookups.graph.views
            for key in keys
        ]
        endless = {row for row in rows if is_endless(self.staying[row[0]][row[1]])}
        for todo in ([row for row in rows if row not in endless], list(endless)):
            while todo:
                row = todo.pop()
                parent = self.staying[row[0]][row[1]]
                for child, kind in children.get(row, ()):
                    passes = row not in self.family or kind in (Kind.CHILD, Kind.PARENT)
                    if passes and self._inherit(child, parent, ends=child in endless):
                        todo.append(child)

    def _inherit(self, row: Row, parent: Verdict, *, ends: bool) -> bool:
        """Let a row stay as its parent does; of one that is kept without a period of its own, take the end only."""
        model, key = row
        old = self.staying.get(model, {}).get(key)
        if ends and old is not None:
            later = parent.until is not None and (old.until is None or parent.until > old.until)
            new = replace(old, until=parent.until) if later else old
        else:
            new = Verdict(parent.action, following(parent.rule), until=parent.until)
            later = outlasts(new, old)
        if later:
            self._stay(model, [key], new)
        return later

    def _children(self) -> dict[Row, list[tuple[Row, Kind]]]:
        """Owned rows that are undecided or kept without an end, by the rows that they hang on."""
        found: dict[Row, list[tuple[Row, Kind]]] = {}
        below = self._below(set(self.staying))
        for model in below:
            undecided = self._open(model, self.closure.owned.get(model, ()))
            undecided |= {key for key, found in self.staying.get(model, {}).items() if is_endless(found)}
            for key, own in links(model, undecided, targets=below | set(self.staying), lookups=self.lookups):
                for link in own:
                    if hangs(link.relation):
                        found.setdefault(link.target, []).append(((model, key), link.relation.kind))
        return found

    def _below(self, models: set[type[Model]]) -> set[type[Model]]:
        """Models of the closure whose rows may hang, directly or not, on rows of ``models``."""
        found: set[type[Model]] = set()
        todo = list(models)
        while todo:
            for relation in incoming(todo.pop()):
                if relation.model not in found and relation.model in self.closure.owned and hangs(relation):
                    found.add(relation.model)
                    todo.append(relation.model)
        return found

    @cached_property
    def family(self) -> set[Row]:
        """The subject's own row with its multi-table parents and children: all one thing."""
        subject = self.closure.subject
        found: set[Row] = set()
        todo: list[Row] = [(subject.model, subject.pk)]
        while todo:
            model, key = row = todo.pop()
            if row not in found:
                found.add(row)
                kin = (r for r in incoming(model) if r.kind in (Kind.CHILD, Kind.PARENT) and r.model in self.rows)
                todo += [(r.model, other) for r in kin for other in self.lookups.along(r, [key])]
        return found

    # what only names

    def _named(self, model: type[Model], keys: set[Any]) -> None:
        theirs = self.theirs.get(model, set())
        self._theirs(model, keys & theirs)
        for key, own in links(model, keys - theirs, targets=self.rows, lookups=self.lookups):
            going = [link for link in own if self.goes(link.target)]
            stays = [found for link in own if (found := self.staying.get(link.relation.target, {}).get(link.key))]
            if going:
                self._stay(model, [key], settled(model, going))
            elif stays:
                last = max(stays, key=lambda v: (v.action == Action.KEEP, v.until or date.max))
                action = Action.UPDATE if last.action == Action.UPDATE else Action.KEEP
                self._stay(model, [key], Verdict(action, following(last.rule), until=last.until))
            elif registry.get(model).matches:
                self._stay(model, [key], refused(missing_match(model)))

    def _theirs(self, model: type[Model], keys: set[Any]) -> None:
        """Rows that are somebody else's alone: no declaration touches them, unless they lead to what goes."""
        if not keys:
            return
        policy = registry.get(model)
        found = links(model, keys, targets=self.rows, lookups=self.lookups)
        hit = {key for key, own in found if any(self.goes(link.target) for link in own)}
        if hit and policy.erasure is not None:
            law = policy.context.retention.law if policy.context.retention else ""
            self._by_declaration(model, hit, declared_rule(model, policy.erasure, law=law))
        if policy.shared != "mine_only":
            self._stay(model, keys - hit, Verdict(Action.KEEP, THEIRS))

    def _outside(self) -> None:
        """Rows beyond the closure that name rows which go although they are not owned."""
        beyond: dict[Row, list[Link]] = {}
        for model, rules in list(self.going.items()):
            named = set().union(*rules.values()) - self.closure.owned.get(model, set())
            for relation, key in outsiders(model, named, lookups=self.lookups):
                if not self.goes((relation.model, key)) and key not in self.staying.get(relation.model, {}):
                    beyond.setdefault((relation.model, key), []).append(Link(relation, None))
        for (model, key), own in beyond.items():
            self.rows.setdefault(model, set()).add(key)
            hanging = [link.relation for link in own if hangs(link.relation)]
            self._stay(model, [key], refused(missing_follow(hanging[0])) if hanging else settled(model, own))

    def _keys_of_staying(self) -> None:
        for model, rows in self.staying.items():
            own_rule = {
                key: found for key, found in rows.items() if found.rule.strategy in ("keep", "anonymise", "follows")
            }
            for key, own in links(model, own_rule, targets=self.going, lookups=self.lookups):
                if going := [link for link in own if self.goes(link.target) and link.relation.kind != Kind.PARENT]:
                    rows[key] = settled(model, going, stays=rows[key])


def hangs(relation: Relation) -> bool:
    """Whether a row is part of what ``relation`` leads to: by the relation itself or by a declaration."""
    return verdict(relation, registry.get(relation.model)) is not Says.NAMED


def is_endless(verdict: Verdict) -> bool:
    """Whether a row is kept by its own declaration, which states no period: it ends with what it hangs on."""
    return isinstance(verdict.rule.declared, Keep) and verdict.rule.declared.for_ is None


def outlasts(new: Verdict, old: Verdict | None) -> bool:
    """Whether a row stays longer by ``new`` than by ``old``; kept by law before anonymous."""
    if old is None:
        return True
    return (new.action == Action.KEEP, new.until or date.max) > (old.action == Action.KEEP, old.until or date.max)


def local_date(moment: Any) -> date:
    """The controller's date of a moment or date."""
    if not isinstance(moment, datetime):
        return moment  # type: ignore[no-any-return]
    zone = ZoneInfo(conf.time_zone) if conf.time_zone else None
    return timezone.localtime(moment, zone).date() if timezone.is_aware(moment) else moment.date()
