"""What was searched in vain: the answer "we hold nothing" is an answer too. Source: GDPR art. 15(1)."""

from collections.abc import Collection
from typing import Any

from django.utils.text import capfirst

from tasks.collector import Subject
from tasks.collector.graph import graph
from tasks.collector.reading import reading_alias
from tasks.datamap import registry


def nothing_found(subject: Subject, *, found: Collection[str], categories: Collection[str]) -> list[dict[str, Any]]:
    """``{label, title, category}`` of every model that could hold the person's rows and holds none.

    ``categories`` limits it to what was asked for; empty means everything. Exempt models hold nothing
    about people, and are not named.
    """
    reached = graph(subject.model, using=reading_alias(subject.using))
    entries = []
    for model in sorted(set(reached.aliases) - set(reached.missing), key=lambda each: each._meta.label):
        policy = registry.get(model)
        if model._meta.label in found or registry.exemption(model):
            continue
        if not categories or policy.context.key in categories:
            title = capfirst(str(policy.heading))
            entries.append({"label": model._meta.label, "title": title, "category": policy.context.key})
    return entries
