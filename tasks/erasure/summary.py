"""A plan as people read it: by category, with counts, grounds and end dates, and no key of a row."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.datamap import registry
from tasks.erasure.models import Action
from tasks.erasure.steps import Step


def totals(steps: Iterable[Step]) -> dict[str, int]:
    """Rows per fate: delete, anonymise, keep, refused."""
    found = dict.fromkeys(("delete", "anonymise", "keep", "refused"), 0)
    for step in steps:
        found[fate(step)] += step.count
    return found


def rows(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """One row per category, fate, ground and end date, in the order of the data map."""
    entries: dict[tuple[Any, ...], dict[str, Any]] = {}
    for step in sorted(steps, key=_place):
        row = _row(step)
        name = tuple(row[part] for part in ("category", "fate", "because", "law", "until"))
        entry = entries.setdefault(name, row)
        entry["count"] += step.count
        for part, new in (("labels", [step.label]), ("changes", changes(step))):
            entry[part] += [one for one in new if one not in entry[part]]
    return list(entries.values())


def _row(step: Step) -> dict[str, Any]:
    context = registry.get(step.model).context
    return {
        "category": context.key,
        "title": str(context.title),
        "labels": [],
        "fate": fate(step),
        "count": 0,
        "because": str(step.rule.ground) or reason(step),
        "until": step.latest.isoformat() if step.latest else None,
        "changes": [],
        "law": step.rule.law,
    }


def fate(step: Step) -> str:
    """What people call it: what is changed so that it names nobody is anonymised."""
    return "anonymise" if step.action == Action.UPDATE else str(step.action)


def reason(step: Step) -> str:
    """The sentence for rows whose declaration gives no ground of its own."""
    return {
        "refused": step.rule.missing,
        "relation": _("It belongs to others; what leads to you is cleared."),
        "view": _("It only shows what is stored elsewhere."),
        "follows": _("It is part of something that stays."),
        "theirs": _("It is somebody else's."),
        "held": _("It is needed for legal claims.") if step.rule.law else _("It cannot be deleted at present."),
    }.get(step.rule.strategy, "")


def changes(step: Step) -> list[str]:
    """``["Delivery address: emptied", …]`` with the headings and in the words that people know."""
    labels = registry.get(step.model).labels
    names = {name: getattr(step.model._meta.get_field(name), "verbose_name", name) for name in step.changes}
    return [f"{labels.get(name) or capfirst(str(names[name]))}: {how.in_words()}" for name, how in step.changes.items()]


def _place(step: Step) -> tuple[int, str, str]:
    context = registry.get(step.model).context
    return context.order, context.key, step.label
