"""What was searched in vain: the answer "we hold nothing" is an answer too. Source: GDPR art. 15(1)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst

from tasks import collector
from tasks.collector import Source, StoreSource, Subject
from tasks.collector.graph import graph
from tasks.collector.reading import reading_alias
from tasks.datamap import SourcePrivacy, registry
from tasks.datamap.vocabulary import Text


@dataclass
class Search:
    """Which sources a snapshot is of (None: all of them), and why some of them failed: ``{key: reason}``."""

    keys: Collection[str] | None = None
    failed: dict[str, Text] = field(default_factory=dict)

    def sources(self) -> list[Source]:
        """The sources that were searched to their end."""
        wanted = (each for each in collector.sources() if self.keys is None or each.key in self.keys)
        return [each for each in wanted if each.key not in self.failed]

    def nothing(
        self, subject: Subject, *, found: Collection[str], categories: Collection[str]
    ) -> Iterator[dict[str, Any]]:
        """``{label, title, category}`` of what could hold something about the person and holds nothing.

        ``categories`` limits it to what was asked for; empty means everything.
        """
        for source in self.sources():
            entries = in_store(source.policy, found) if isinstance(source, StoreSource) else in_models(subject, found)
            yield from (entry for entry in entries if not categories or entry["category"] in categories)


def in_models(subject: Subject, found: Collection[str]) -> Iterator[dict[str, Any]]:
    """Every model that could hold the person's rows and holds none; exempt ones hold nothing about people."""
    reached = graph(subject.model, using=reading_alias(subject.using))
    for model in sorted(set(reached.aliases) - set(reached.missing), key=lambda each: each._meta.label):
        if model._meta.label not in found and not registry.exemption(model):
            policy = registry.get(model)
            title = capfirst(str(policy.heading))
            yield {"label": model._meta.label, "title": title, "category": policy.context.key}


def in_store(policy: SourcePrivacy, found: Collection[str]) -> Iterator[dict[str, Any]]:
    """The declared sections of a store that hold nothing; the store itself, where all of it does."""
    some = any(registry.source(label) is policy for label in found)
    for section in policy.sections if some else ("",):
        if policy.label_of(section) not in found:
            title = capfirst(policy.heading_of(section))
            yield {"label": policy.label_of(section), "title": title, "category": policy.context.key}
