"""The whole data map as plain data: what ``accept`` writes down and ``diff`` compares.

Sorted and without anything that depends on a language or a machine, so that one change is one line.
"""

import json
from typing import Any

from django.db.models import Model
from django.utils import translation

from tasks.datamap import sweeps
from tasks.datamap.checks import open_fields, structure, subject_model
from tasks.datamap.fingerprint import plain
from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.show import fate
from tasks.datamap.stores import SourcePrivacy
from tasks.datamap.ties import Reach, Tie, reach

FORMAT = 1
Data = dict[str, Any]


def inventory() -> Data:
    """Every model that leads to a person or is declared, with its fields, ties, context and fate; JSON-able.

    Then every source beyond the database, with what it says of its fields, its context and fate; and every sweep.
    """
    found = reach(subject_model())
    models = {model for model in found.models if not model._meta.auto_created} | {policy.model for policy in registry}
    with translation.override(None):
        return {
            "format": FORMAT,
            "subject": found.subject._meta.label,
            "models": {m._meta.label: entry(m, found) for m in sorted(models, key=label) if not registry.exemption(m)},
            "exempt": {model._meta.label: str(because) for model, because in registry.exemptions()},
            "sources": {source.key: source_entry(source) for source in sorted(registry.sources.values(), key=key)},
            "sweeps": sweeps.inventory(),
        }


def entry(model: type[Model], found: Reach) -> Data:
    """One model. ``described`` is False where nobody has declared it yet."""
    policy = registry.get(model)
    described = registry.is_declared(model)
    ties = sorted({tie_text(tie) for tie in found.to(model)})
    data: Data = {"described": described, "fields": places(policy, found, described=described), "ties": ties}
    return data | context(policy) if described else data


def places(policy: ModelPrivacy, found: Reach, *, described: bool) -> dict[str, str]:
    """Where each concrete field of the model's own table belongs; ``open`` where nobody said."""
    meta = policy.model._meta
    if not described:
        return {f.name: "open" for f in meta.local_concrete_fields if not f.primary_key}
    listed = {name: place for place in ("fields", "withheld", "third_party") for name in getattr(policy, place)}
    ties = structure(policy.model, found)
    unclassified = set(open_fields(policy, found)) if registry.is_own(policy.model) else set()
    return {
        f.name: listed.get(f.name) or ("open" if f.name in unclassified else "tie" if f.attname in ties else "left out")
        for f in sorted(meta.local_concrete_fields, key=lambda field: field.name)
        if not f.primary_key
    }


def context(policy: ModelPrivacy | SourcePrivacy) -> Data:
    """Why it is held, on what ground, how long, who receives it, and what an erasure does."""
    held = policy.context
    return {
        "category": held.key,
        "purposes": sorted(purpose.term for purpose in held.purposes),
        "legal_basis": held.legal_basis.article if held.legal_basis else "",
        "retention": str(held.retention.text) if held.retention else "",
        "recipients": sorted(recipient.name for recipient in held.recipients),
        **({"shared": policy.shared} if isinstance(policy, ModelPrivacy) else {}),
        "erasure": fate(policy.erasure),
    }


def source_entry(source: SourcePrivacy) -> Data:
    """One source beyond the database. ``kind`` is the adapter that asks it."""
    listed = {name: place for place in ("fields", "withheld", "third_party") for name in getattr(source, place)}
    return {
        "kind": kind(source),
        "asks": {
            name: json.dumps(plain(said), sort_keys=True) for name in source.asks if (said := getattr(source, name))
        },
        "title": source.heading,
        "fields": dict(sorted(listed.items())),
        "sections": {name: str(title) for name, title in sorted(source.sections.items())},
        **context(source),
    }


def kind(source: SourcePrivacy) -> str:
    """The adapter that a declaration is made of, such as ``RedisSource``; of its own, where its hooks are."""
    base = type(source).__mro__[1]
    return "its own" if base is SourcePrivacy else base.__name__


def tie_text(tie: Tie) -> str:
    """A tie in a few words: ``user CASCADE from auth.User: owned``."""
    start = tie.target._meta.label if tie.target else "a known value"
    how = tie.on_delete if tie.relation else "declared"
    return f"{tie.name} {how} from {start}: {tie.says}"


def label(model: type[Model]) -> str:
    return model._meta.label


def key(source: SourcePrivacy) -> str:
    return source.key
