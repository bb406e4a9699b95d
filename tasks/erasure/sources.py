"""Stores and services in an erasure: planned beside the rows, erased before them, searched again, certified."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tasks.collector import StoreSource, Subject
from tasks.datamap import Keep, registry
from tasks.datamap.stores import Ask, Kept, SourcePrivacy
from tasks.erasure import holds
from tasks.erasure.held import LAW, held_rule
from tasks.erasure.rules import hash_of
from tasks.erasure.stats import DeleteStats
from tasks.errors import ApprovalVoid, SourceFault, SourceRefused, SourceWaiting

Counts = Mapping[str, int]
Held = Mapping[str, bool]  # category under a legal hold -> whether the person may read so
ERASED, KEPT, UNCONFIRMED = "erased", "kept", "unconfirmed"  # what became of a source, in a certificate


def held_of(subject: Subject) -> dict[str, bool]:
    """The categories of this person under a legal hold. One query where a source is declared; else none."""
    return {hold.category: hold.told for hold in holds.held(subject) if hold.category} if registry.sources else {}


def fate_of(policy: SourcePrivacy, *, held: Held) -> str:
    """``delete`` or ``keep``: because its declaration or a legal hold says so."""
    return "keep" if isinstance(policy.erasure, Keep) or policy.context.key in held else "delete"


def rule_of(policy: SourcePrivacy, *, held: Held) -> dict[str, Any]:
    """What is decided about a source, JSON-able and in no language: what an approval binds."""
    fate, category = policy.erasure, policy.context.key
    if category in held:
        return held_rule(category, told=held[category]).as_data()
    with translation.override(None):
        said = {
            "strategy": fate_of(policy, held=held),
            "ground": str(fate.because),
            "period": str(fate.for_) if isinstance(fate, Keep) and fate.for_ is not None else "",
            "via": policy.key,
        }
    return {name: value for name, value in said.items() if value}


def decisions(*, held: Held) -> dict[str, list[dict[str, Any]]]:
    """The decision on each source that is declared now, as a plan holds those of its models."""
    return {key: [rule_of(policy, held=held)] for key, policy in registry.sources.items()}


def check_within(approved: Mapping[str, Iterable[Mapping[str, Any]]], *, held: Held) -> None:
    """Let nothing pass that ``approved`` does not hold: a source that came into the map since, or another decision.

    Raises:
        ApprovalVoid: names the sources.
    """
    surplus = [
        key for key, rules in decisions(held=held).items() if rules != [dict(rule) for rule in approved.get(key, ())]
    ]
    if surplus:
        raise ApprovalVoid(f"Not as it was approved: {', '.join(surplus)}. Look at the plan again and approve it anew.")


def row_of(policy: SourcePrivacy, counts: Counts | None, *, held: Held) -> dict[str, Any]:
    """A source's row of a plan, in the shape of ``Plan.summary``; ``unknown`` where it did not say how many."""
    context = policy.context
    row = {
        "category": context.key,
        "title": str(context.title),
        "labels": sorted(counts) if counts else [policy.key],
        "fate": fate_of(policy, held=held),
        "count": sum(counts.values()) if counts else 0,
        "because": _because(policy, held),
        "until": None,
        "changes": [],
        "law": _law(policy, held),
        "source": policy.key,
    }
    return row if counts else {**row, "unknown": True}


def _because(policy: SourcePrivacy, held: Held) -> str:
    told = held.get(policy.context.key)
    if told is None:
        return str(policy.erasure.because)
    return _("It is needed for legal claims.") if told else _("It cannot be deleted at present.")


def _law(policy: SourcePrivacy, held: Held) -> str:
    category, retention = policy.context.key, policy.context.retention
    if category in held:
        return LAW if held[category] else ""
    return retention.law if retention else ""


def with_sources(plan: Mapping[str, Any], counts: Mapping[str, Counts | None], *, held: Held) -> dict[str, Any]:
    """A plan's summary with the sources that are declared now; ``counts`` are what each was found to hold.

    The hash is that of the database's plan where no source is declared.
    """
    policies = registry.sources
    if not policies:
        return dict(plan)
    found = [row_of(policy, counts.get(policy.key), held=held) for policy in policies.values()]
    totals = dict(plan["totals"])
    for row in found:
        totals[row["fate"]] += row["count"]
    decided = {**plan["decisions"], **decisions(held=held)}
    titles = {key: {"title": policy.heading, "fate": fate_of(policy, held=held)} for key, policy in policies.items()}
    return {
        **plan, "rows": placed([*plan["rows"], *found]), "totals": totals, "decisions": decided,
        "hash": hash_of(decided), "sources": titles,
    }  # fmt: skip


def placed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one category together, in the order in which the categories come first in the data map."""
    places = {policy.context.key: policy.context.order for policy in registry.policies}
    keys = {row["category"]: None for row in found}
    order = sorted(keys, key=lambda key: places.get(key, 0))
    return sorted(found, key=lambda row: order.index(row["category"]))


def count(store: StoreSource, subject: Subject) -> dict[str, int] | None:
    """How many records it holds per label; None where it cannot tell.

    Raises:
        SourceUnavailable: it did not answer.
    """
    return store.count(subject) or None


def erase(
    store: StoreSource, subject: Subject, ask: Ask, *, before: Counts | None = None, at: datetime
) -> dict[str, Any]:
    """Have a source erase a person, and search it again: what is left has to be what it says that it keeps.

    ``before`` is what it held when it was first asked. What was there and is not any more counts as erased, also
    where an earlier try erased it and died before it could say so. JSON-able.

    Raises:
        SourceFault: records are left that it does not say it keeps.
        SourceUnavailable, SourceWaiting, SourceRefused: see ``SourcePrivacy.erase``.

    Source: GDPR art. 17(1), 17(3).
    """
    outcome = store.erase(subject, ask)
    kept = sum(each.count for each in outcome.kept)
    left = _left(store, subject, ask)
    if left is not None and left > kept:
        raise SourceFault(f"{store.key}.erase: wanted nothing left, found {left - kept} records.")
    there = sum((before or {}).values())
    return {
        "erased": max(outcome.erased, there - kept - outcome.changed, 0),
        "changed": outcome.changed,
        "kept": [_kept(each) for each in outcome.kept],
        "notes": [str(note) for note in outcome.notes],
        "proof": outcome.proof,
        "left": left,
        "searched_at": at.isoformat(),
    }


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "count": kept.count,
        "because": str(kept.because),
        "until": kept.until.isoformat() if kept.until else None,
    }


def _left(store: StoreSource, subject: Subject, ask: Ask) -> int | None:
    """How many records are there after the erasure; None where it cannot be asked: only its own word stands."""
    counted = count(store, subject)
    if counted is not None:
        return sum(counted.values())
    again = Ask(f"{ask.id}-again", ask.at, ask.language)
    try:
        return sum(len(batch.rows) for batch in store.collect(subject, ask=again))
    except (SourceWaiting, SourceRefused):
        return None


def stats(results: Mapping[str, Mapping[str, Any]]) -> DeleteStats:
    """What went, per source."""
    return DeleteStats({key: int(result["erased"]) for key, result in results.items()})


def certified(policy: SourcePrivacy | None, key: str, title: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """A source as the certificate lists it. ``result`` is what ``erase`` gave, or ``kept`` or ``unconfirmed``."""
    context = policy.context if policy else None
    return {
        "key": key,
        "title": title or key,
        "category": context.key if context else key,
        "category_title": str(context.title) if context else title or key,
        "order": context.order if context else 0,
        "state": ERASED,
        "erased": 0, "changed": 0, "kept": [], "notes": [], "proof": "", "left": None, "searched_at": None,
        "law": context.retention.law if context and context.retention else "",
        "reason": "",
        **result,
    }  # fmt: skip
