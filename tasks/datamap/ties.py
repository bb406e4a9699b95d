"""Which relations make a row the person's own, and which only name them: facts, corrected by declarations.

Source: GDPR art. 15(1), 15(4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Model

from tasks.datamap import copies
from tasks.datamap.copies import HISTORY
from tasks.datamap.policy import Match, ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.relations import Kind, Relation, concrete, incoming, path_end


class Says(StrEnum):
    """What a tie says about the rows that it finds."""

    OWNED = "owned"  # they are the person's, by the relation itself
    FOLLOWED = "followed"  # they are the person's, because a declaration says so
    NAMED = "named"  # they name the person, and are not followed further


@dataclass(frozen=True)
class Tie:
    """One way from rows that are the person's to rows of ``model``.

    By a ``relation`` or along a ``path`` from rows of ``target``, or by value (``match``), where
    ``target`` is None. ``name`` is the key, the path, or the field of the value.
    """

    model: type[Model]
    target: type[Model] | None
    name: str
    says: Says
    relation: Relation | None = None
    path: str = ""
    match: Match | None = None

    @property
    def on_delete(self) -> str:
        """What the host's models say about the row when the person's goes; ``NONE`` without a key."""
        return self.relation.on_delete if self.relation else "NONE"

    def __str__(self) -> str:
        how = (
            f"{self.name} [{self.on_delete}]" if self.relation else f"{self.name} [{'path' if self.path else 'value'}]"
        )
        return f"{self.model._meta.label}.{how}"


@dataclass(frozen=True)
class Reach:
    """Every tie that starts at a subject model. ``inner`` models may hold rows of the person's own."""

    subject: type[Model]
    inner: frozenset[type[Model]]
    ties: tuple[Tie, ...]

    @property
    def models(self) -> set[type[Model]]:
        """Every model that may hold something about a subject."""
        return {*self.inner, *(tie.model for tie in self.ties)}

    def to(self, model: type[Model]) -> list[Tie]:
        """The ties that lead to rows of ``model``."""
        return [tie for tie in self.ties if tie.model is model]

    def to_people(self) -> list[Tie]:
        """The ties by a key straight to a subject."""
        return [
            tie for tie in self.ties if tie.target is self.subject and tie.relation and tie.relation.kind is Kind.KEY
        ]


def reach(subject: type[Model]) -> Reach:
    """The models and ties that can be reached from ``subject``, by declarations and relations alone."""
    subject = concrete(subject)
    found: list[Tie] = list(by_value())
    inner, todo = {subject, *(tie.model for tie in found if tie.says is not Says.NAMED)}, [subject]
    todo += sorted(inner - {subject}, key=lambda model: model._meta.label)
    paths = list(by_path())
    while todo:
        target = todo.pop(0)
        for tie in (*by_relation(target), *(path for path in paths if path.target is target)):
            found.append(tie)
            if tie.says is not Says.NAMED and tie.model not in inner:
                inner.add(tie.model)
                todo.append(tie.model)
    return Reach(subject, frozenset(inner), tuple(found))


def by_relation(target: type[Model]) -> Iterator[Tie]:
    """The ties from rows of ``target`` along the host's relations."""
    for relation in incoming(target):
        says = verdict(relation, policy_of(relation.model))
        yield Tie(relation.model, target, relation.name, says, relation=relation)


def policy_of(model: type[Model]) -> ModelPrivacy:
    """What says whose rows of ``model`` are: its declaration, or for undeclared copies that of what they copy."""
    copy = copies.copy_of(model)
    return registry.get(copy.origin if copy and not registry.is_declared(model) else model)


def by_path() -> Iterator[Tie]:
    """The ties that declarations state as ``subject = "..."``."""
    for policy in registry:
        if policy.subject:
            end = path_end(policy.model, policy.subject)
            yield Tie(policy.model, end, policy.subject, Says.FOLLOWED, path=policy.subject)


def by_value() -> Iterator[Tie]:
    """The ties that declarations state as ``match = ...``."""
    for policy in registry:
        for match in policy.matches:
            for name in match.columns:
                says = Says.FOLLOWED if policy.follows(name) else Says.NAMED
                yield Tie(policy.model, None, name, says, match=match)


def verdict(relation: Relation, policy: ModelPrivacy) -> Says:
    """What ``relation`` says, after the model's declaration had its word."""
    if relation.kind in (Kind.CHILD, Kind.PARENT):
        return Says.OWNED  # two tables, one thing
    if relation.on_delete == HISTORY:
        return Says.NAMED if policy.follows(relation.name) is False else Says.OWNED
    follows = policy.follows(relation.name)
    if follows is None and policy.subject and policy.subject.split("__")[0] != relation.name:
        follows = False  # the path is stated: other keys only name
    if follows is False:
        return Says.NAMED
    if relation.cascades:
        return Says.OWNED
    return Says.FOLLOWED if follows else Says.NAMED
