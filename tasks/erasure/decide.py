"""Which row of a closure goes, which stays, and why: each falls under exactly one verdict.

In this order: what declarations say; what hangs on a row that stays, stays with it; what else is
owned goes; what only names gets what its keys say. Then the keys of everything that stays are
looked at: none may lead to a row that goes. Rows are judged by whole sets, and one by one only
where they differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import timezone

from tasks import conf
from tasks.collector.anyof import any_of
from tasks.collector.keyset import EMPTY, KeySet
from tasks.collector.lookup import Lookups
from tasks.collector.selection import Selection
from tasks.collector.shared import others
from tasks.collector.walk import Closure
from tasks.datamap import Anonymise, Delete, Keep, registry
from tasks.datamap.relations import Kind, incoming
from tasks.datamap.vocabulary import Period
from tasks.erasure.held import hold_rows
from tasks.erasure.inherit import Inheritance
from tasks.erasure.judged import Going, Staying
from tasks.erasure.keys import pieces, plain
from tasks.erasure.links import Link, Row, hangs, links, outsiders
from tasks.erasure.models import Action, Hold
from tasks.erasure.named import Naming
from tasks.erasure.refusals import missing_follow, settled, unfit
from tasks.erasure.rules import OWNED, THEIRS, VIEW, Rule, Verdict, declared_rule, refused

Rows = dict[type[Model], KeySet]


@dataclass(frozen=True)
class Left:
    """Rows that an earlier erasure left behind, or that a backup brought back: ``on`` is the day of that erasure.

    Of the rows in ``masked`` it changed already what is changed while they are kept; that is not done again.
    """

    rows: Rows
    on: date
    masked: Rows = field(default_factory=dict)


class Verdicts:
    """The verdicts on all rows of a closure. ``going`` and ``staying`` have no row in common."""

    def __init__(
        self, closure: Closure, lookups: Lookups, *, at: datetime, held: Iterable[Hold] = (), left: "Left | None" = None
    ) -> None:
        self.closure, self.lookups, self.today = closure, lookups, local_date(at)
        self.left, self.holds = left, list(held)
        self.going: dict[type[Model], Going] = {}
        self.staying: dict[type[Model], Staying] = {}
        self.rows: Rows = self._existing(closure.keys())
        self.theirs = {
            model: KeySet(others(closure, model, keys, lookups.reader, cleared=left is not None))
            for model, keys in self.rows.items()
            if registry.get(model).erasure is not None or self.holds
        }

    def find(self) -> "Verdicts":
        """Judge every row. Reads keys of rows that stay, and of what may stay with them; never whole rows."""
        hold_rows(self)
        self._declared()
        Inheritance(self).spread()
        for model, keys in self.closure.owned.items():
            self.go(model, self.open(model, keys), OWNED)
        naming = Naming(self)
        for model, keys in self.closure.named.items():
            self._named(model, self.open(model, keys), naming)
        self._outside()
        self._keys_of_staying()
        return self

    def goes(self, row: Row) -> bool:
        """Whether this row is to be deleted."""
        return row[0] in self.going and row[1] in self.going[row[0]]

    def verdict(self, row: Row) -> Verdict | None:
        """Why this row stays, if it does."""
        return self.staying[row[0]].get(row[1]) if row[0] in self.staying else None

    def go(self, model: type[Model], keys: KeySet, rule: Rule) -> None:
        if keys:
            self.going.setdefault(model, Going()).put(keys, rule)

    def stay(self, model: type[Model], keys: KeySet, verdict: Verdict) -> None:
        """Let rows stay, all alike."""
        if keys:
            self.staying.setdefault(model, Staying()).put(keys, verdict)

    def stay_alone(self, row: Row, verdict: Verdict) -> None:
        """Let one row stay by a verdict of its own."""
        self.staying.setdefault(row[0], Staying()).single[row[1]] = verdict

    def open(self, model: type[Model], keys: Iterable[Any]) -> KeySet:
        """Those of ``keys`` on which there is no verdict yet."""
        decided = [found for found in (self.staying.get(model), self.going.get(model)) if found is not None]
        if not decided and not (self.subject_is_gone and model is self.closure.subject.model):
            return keys if isinstance(keys, KeySet) else KeySet(keys)
        known = self.rows.get(model, EMPTY)
        return KeySet([key for key in keys if key in known and not any(key in found for found in decided)])

    @cached_property
    def subject_is_gone(self) -> bool:
        """Whether the person's own row is deleted already: the closure starts from its key all the same."""
        return bool(self.gone)

    @cached_property
    def gone(self) -> set[Any]:
        """The keys that the closure starts from and whose rows are deleted already."""
        subject = self.closure.subject
        if self.left is not None:
            return set(subject.keys) - set(self.left.rows.get(subject.model, EMPTY))
        table = plain(subject.model, self.lookups.graph.alias(subject.model))
        there: set[Any] = set()
        for piece in pieces(subject.keys):
            there.update(key for (key,) in self.lookups.reader.rows(table.filter(any_of("pk", piece)), "pk"))
        return set(subject.keys) - there

    @property
    def erased_on(self) -> date:
        """The day of the erasure: today, or when rows that were left behind were left."""
        return self.left.on if self.left is not None else self.today

    @cached_property
    def family(self) -> set[Row]:
        """The subject's own row with its multi-table parents and children: all one thing. A selection is no person."""
        subject = self.closure.subject
        if isinstance(subject, Selection) or (self.left is not None and self.subject_is_gone):
            return set()
        return family_of((subject.model, subject.pk), self.rows, self.lookups)

    def _existing(self, rows: Any) -> Rows:
        found = {model: keys if isinstance(keys, KeySet) else KeySet(keys) for model, keys in rows.items()}
        if self.subject_is_gone:
            subject = self.closure.subject
            found[subject.model] = KeySet(key for key in found.get(subject.model, ()) if key not in self.gone)
        return found

    # what declarations say

    def _declared(self) -> None:
        for model, keys in self.rows.items():
            if model in self.lookups.graph.views:
                self.stay(model, keys, Verdict(Action.KEEP, VIEW))
            elif registry.get(model).erasure is not None:
                undecided = self.open(model, keys) if model in self.staying else keys
                self.by_declaration(model, undecided - self.theirs[model] if self.theirs[model] else undecided)

    def by_declaration(self, model: type[Model], keys: KeySet) -> None:
        """Do with rows what the ``erasure`` of their model says."""
        policy = registry.get(model)
        if policy.erasure is None or not keys:
            return
        rule = declared_rule(
            model, policy.erasure, law=policy.context.retention.law if policy.context.retention else ""
        )
        if missing := unfit(model, rule, self.closure.subject, alias=self.lookups.graph.alias(model)):
            self.stay(model, keys, refused(missing))
            return
        match rule.declared:
            case Delete():
                self.go(model, keys, rule)
            case Anonymise():
                self.stay(model, keys, Verdict(Action.UPDATE, rule))
            case Keep(for_=None):
                masked = self._masked(model) & keys
                self.stay(model, KeySet(masked), Verdict(Action.KEEP, replace(rule, changes=())))
                self.stay(model, keys - masked, Verdict(Action.KEEP, rule))
            case Keep(for_=Period() as period) as keep:
                self._keep(model, keys, keep, period, rule)

    def _keep(self, model: type[Model], keys: KeySet, keep: Keep, period: Period, rule: Rule) -> None:
        over: list[Any] = []
        by_day: dict[tuple[date, bool], Verdict] = {}
        masked, as_it_is = self._masked(model), replace(rule, changes=())
        for key, end in self._ends(model, keys, keep, period):
            if end < self.today:
                over.append(key)
                continue
            done = key in masked
            verdict = by_day.setdefault((end, done), Verdict(Action.KEEP, as_it_is if done else rule, until=end))
            self.stay_alone((model, key), verdict)
        self.go(model, KeySet(over), rule)

    def _masked(self, model: type[Model]) -> KeySet:
        """Rows in which everything is changed already that is changed while they are kept."""
        return self.left.masked.get(model, EMPTY) if self.left is not None else EMPTY

    def _ends(self, model: type[Model], keys: KeySet, keep: Keep, period: Period) -> Iterator[tuple[Any, date]]:
        """Each row's last day. One without a date counts from the erasure's, so that it does not stay for ever."""
        columns = ("pk", keep.after) if keep.after else ("pk",)
        for piece in pieces(keys):
            rows = plain(model, self.lookups.graph.alias(model)).filter(any_of("pk", piece))
            for row in self.lookups.reader.rows(rows, *columns):
                yield row[0], period.after(local_date(row[-1]) if keep.after and row[-1] else self.erased_on)

    # what only names

    def _named(self, model: type[Model], keys: KeySet, naming: Naming) -> None:
        theirs = self.theirs.get(model)
        if theirs:
            self._theirs(model, KeySet(keys & theirs))
            keys = KeySet(keys - theirs)
        naming.judge(model, keys)

    def _theirs(self, model: type[Model], keys: KeySet) -> None:
        """Rows that are somebody else's alone: no declaration touches them, unless they lead to what goes."""
        if not keys:
            return
        found = links(model, keys, targets=self.rows, lookups=self.lookups)
        hit = KeySet([key for key, own in found if any(self.goes(link.target) for link in own)])
        self.by_declaration(model, hit)
        if registry.get(model).shared != "mine_only":
            self.stay(model, keys - hit, Verdict(Action.KEEP, THEIRS))

    def _outside(self) -> None:
        """Rows beyond the closure that name rows which go although they are not owned."""
        beyond: dict[Row, list[Link]] = {}
        for model, going in list(self.going.items()):
            owned = self.closure.owned.get(model, EMPTY)
            named = [key for key in going if key not in owned] if model in self.closure.named else []
            for relation, key in outsiders(model, named, lookups=self.lookups):
                if not self.goes((relation.model, key)) and self.verdict((relation.model, key)) is None:
                    beyond.setdefault((relation.model, key), []).append(Link(relation, None))
        for (model, key), own in beyond.items():
            self.rows[model] = self.rows.get(model, EMPTY) | [key]
            hanging = [link.relation for link in own if hangs(link.relation)]
            self.stay_alone((model, key), refused(missing_follow(hanging[0])) if hanging else settled(model, own))

    def _keys_of_staying(self) -> None:
        for model, rows in self.staying.items():
            own_rule = [
                key
                for verdict, keys in rows.groups()
                if verdict.rule.strategy in ("keep", "anonymise", "follows", "held")
                for key in keys
            ]
            for key, own in links(model, own_rule, targets=self.going, lookups=self.lookups):
                if going := [link for link in own if self.goes(link.target) and link.relation.kind != Kind.PARENT]:
                    rows.single[key] = settled(model, going, stays=rows.get(key))


def family_of(row: Row, models: Iterable[type[Model]], lookups: Lookups) -> set[Row]:
    """A row with its multi-table parents and children."""
    found: set[Row] = set()
    todo: list[Row] = [row]
    while todo:
        model, key = own = todo.pop()
        if own not in found:
            found.add(own)
            kin = (r for r in incoming(model) if r.kind in (Kind.CHILD, Kind.PARENT) and r.model in models)
            todo += [(r.model, other) for r in kin for other in lookups.along(r, [key])]
    return found


def local_date(moment: Any) -> date:
    """The controller's date of a moment or date."""
    if not isinstance(moment, datetime):
        return moment  # type: ignore[no-any-return]
    zone = ZoneInfo(conf.time_zone) if conf.time_zone else None
    return timezone.localtime(moment, zone).date() if timezone.is_aware(moment) else moment.date()
