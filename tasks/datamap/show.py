"""The data map as text: per category what is held, why, how long, and what an erasure does to it."""

from collections.abc import Iterator
from itertools import groupby

from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.stores import SourcePrivacy
from tasks.datamap.strategies import Anonymise, Delete, Fate, Keep
from tasks.datamap.vocabulary import Category

Policy = ModelPrivacy | SourcePrivacy


def everything() -> list[Policy]:
    """Every declaration, of models and of sources beyond the database, in the order of the data map."""
    return sorted(registry.policies, key=place)


def lines() -> Iterator[str]:
    """The whole map, category by category."""
    policies = everything()
    if not policies:
        yield "No privacy.py describes anything yet. How to begin: docs/declare.md."
    for _, group in groupby(policies, key=lambda policy: place(policy)[:2]):
        described = list(group)
        yield from chapter(described[0].context)
        for policy in described:
            yield from section(policy)
        yield ""
    for model, because in registry.exemptions():
        yield f"exempt  {model._meta.label}: {because}"


def place(policy: Policy) -> tuple[int, str, str]:
    return policy.context.order, policy.context.key, name(policy)


def name(policy: Policy) -> str:
    """The label of a model; a source's key, which says that it is one."""
    return policy.model._meta.label if isinstance(policy, ModelPrivacy) else str(policy)


def chapter(context: Category) -> Iterator[str]:
    ground = f"{context.legal_basis.text}, {context.legal_basis.article}" if context.legal_basis else "no ground given"
    yield f"{context.title}: {context.description or 'not described'}"
    yield f"  why: {'; '.join(str(purpose.text) for purpose in context.purposes) or 'no purpose given'} ({ground})"
    yield f"  how long: {context.retention.text if context.retention else 'no period given'}"


def section(policy: Policy) -> Iterator[str]:
    counts = (("shown", policy.fields), ("withheld", policy.withheld), ("of others", policy.third_party))
    said = ", ".join(f"{len(names)} {word}" for word, names in counts if names)
    nothing = "no field" if isinstance(policy, ModelPrivacy) else "what comes is shown"
    yield f"  {name(policy)} “{policy.heading}”: {said or nothing}; erasure: {fate(policy.erasure)}"


def fate(given: Fate | None) -> str:
    """A declared fate in a few words."""
    match given:
        case Delete():
            return "deleted"
        case Keep(for_=None):
            return "kept"
        case Keep():
            return f"kept {given.for_} after {given.after}"
        case Anonymise():
            return f"anonymised ({', '.join(given.changes)})"
    return "as the relation says"
