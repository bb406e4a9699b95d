"""Titles, sentences and groups: what is said of a record as a whole."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.text import capfirst
from django.utils.translation import override

from tasks.collector.reading import holding
from tasks.datamap import ModelPrivacy
from tasks.datamap.wording import found, is_children, parsed
from tasks.transform.cells import Cell, Cells, cell, raws
from tasks.transform.days import month
from tasks.transform.memo import Memo
from tasks.transform.references import References
from tasks.transform.rows import Rows
from tasks.transform.templates import SENTENCE, Slot, Template

Words = Sequence[str]


def sentence_template(policy: ModelPrivacy) -> Template:
    """The declared sentence; as its author wrote it, where a translation names other fields."""
    template = Template(str(policy.sentence))
    names, _wrong = parsed(policy.sentence)
    if {(slot.name, slot.spec) for slot in template.slots} <= set(names):
        return template
    return source_template(policy)


def source_template(policy: ModelPrivacy) -> Template:
    """The sentence as its author wrote it."""
    with override(None):
        return Template(str(policy.sentence))


class Children:
    """How many rows of another model hold a key to each row: one question per batch."""

    def __init__(self, policy: ModelPrivacy, slot: Slot, place: dict[str, int], references: References) -> None:
        relation: Any = found(policy, slot.name)
        self.field, self.bare = relation.field, slot.spec == "count"
        self.model = self.field.model
        self.place = place[self.field.target_field.attname]
        self.alias = references.alias(self.model)

    def words(self, rows: Rows) -> list[str]:
        """``3 items`` for each row, or ``3``.

        Raises:
            DatabaseError: they cannot be counted.
        """
        keys = [row[self.place] for row in rows]
        counts = self._counts(keys)
        told = {count: self._told(count) for count in {0, *counts.values()}}
        return [told[counts.get(key, 0)] for key in keys]

    def _counts(self, keys: list[Any]) -> dict[Any, int]:
        key = self.field.attname
        everything: QuerySet[Any] = QuerySet(model=self.model, using=self.alias).order_by()
        asked = everything.values(key).annotate(number=Count("pk")).values_list(key, "number")
        return dict(row for some in holding(asked, key, {*keys}) for row in some)

    def _told(self, count: int) -> str:
        meta = self.model._meta
        return str(count) if self.bare else f"{count} {meta.verbose_name if count == 1 else meta.verbose_name_plural}"


class Sentence:
    """Fills a declared sentence. A row in which one of its names says nothing has none."""

    def __init__(self, policy: ModelPrivacy, place: dict[str, int], references: References) -> None:
        self.template = sentence_template(policy)
        self.children = {
            slot: Children(policy, slot, place, references)
            for slot in self.template.slots
            if is_children(policy, slot.name)
        }

    @property
    def names(self) -> list[str]:
        """The fields that it names."""
        counted = {slot.name for slot in self.children}
        return [name for name in self.template.names if name not in counted]

    def rows(self, rows: Rows, words: Callable[[str], Words]) -> list[str]:
        """The sentence of each row; ``words`` gives the words of a field for all rows."""
        counted = {slot: each.words(rows) for slot, each in self.children.items()}
        columns = [counted[slot] if slot in counted else words(slot.name) for slot in self.template.slots]
        told = self.template.rows(columns, longest=SENTENCE)
        whole = [all(each) for each in zip(*columns, strict=True)]
        return [text if full else "" for text, full in zip(told, whole, strict=True)]


def grouped(cells: Cells, part: str) -> Cells:
    """The group of each record: by the value itself, or by the year or month of a date."""
    if not part:
        return cells
    months = Memo[str, str](lambda key: capfirst(month(date.fromisoformat(f"{key}-01"))))
    year = part == "year"

    def group(raw: Any) -> Cell:
        if not isinstance(raw, str) or len(raw) < 10:
            return None
        return raw[:4] if year else cell(raw[:7], months[raw[:7]])

    return [group(raw) for raw in raws(cells)]
