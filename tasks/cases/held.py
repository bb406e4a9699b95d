"""What is held about a person, for the pages: counts by category, and what an erasure would do."""

from datetime import datetime
from typing import Any

from tasks import collector, erasure
from tasks.cases import glance
from tasks.cases.steps import DATABASE
from tasks.collector.subject import Subject
from tasks.datamap.labels import category_of, heading_of
from tasks.erasure import sources
from tasks.erasure.plan import Plan


def held(subject: Subject) -> list[dict[str, Any]]:
    """Categories in the order of the report: ``key, title, description, count, labels [{label, title, count}]``.

    Empty ones are left out; a store that did not answer at once is there with ``unknown``, and is asked again by
    the case. Counts rows without fetching them.
    """
    found: dict[str, dict[str, Any]] = {}
    stores = glance.stores(subject)
    silent = {key for key, counts in stores.items() if counts is None}
    counted = {**collector.source(DATABASE).count(subject), **glance.known(stores), **dict.fromkeys(silent, 0)}
    for label, count in counted.items():
        if not count and label not in silent:
            continue
        category = category_of(label)
        entry = found.setdefault(
            category.key,
            {
                "key": category.key,
                "title": str(category.title),
                "description": str(category.description),
                "order": category.order,
                "count": 0,
                "labels": [],
                "unknown": False,
            },
        )
        entry["unknown"] = entry["unknown"] or label in silent
        entry["count"] += count
        entry["labels"].append({"label": label, "title": heading_of(label), "count": count})
    return sorted(found.values(), key=lambda entry: (entry["order"], entry["title"]))


def plan_for(subject: Subject, *, at: datetime | None = None) -> dict[str, Any]:
    """What an erasure would do today: ``rows`` (one per category, fate, ground and end date) and ``totals``.

    Stores are in it with what they say at once. Changes nothing. ``hash`` is what an approval would bind.
    """
    plan = summary_of(erasure.plan(subject, at=at))
    return sources.with_sources(plan, glance.stores(subject), held=sources.held_of(subject))


def summary_of(plan: Plan) -> dict[str, Any]:
    """A plan as a case keeps it: JSON without a single key or value of a row."""
    return {
        **plan.summary(),
        "decisions": plan.decisions,
        "hash": plan.decisions_hash,
        "refusals": [
            {"label": refusal.label, "count": len(refusal.keys), "missing": refusal.missing}
            for refusal in plan.refusals
        ],
    }
