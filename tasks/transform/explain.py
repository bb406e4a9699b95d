"""From the collector's batches to records that mean something: one section per model, then its records."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.collector import Batch, Subject
from tasks.datamap import Category, ModelPrivacy, registry
from tasks.transform.columns import Column, Compiler, identifying
from tasks.transform.display import EMPTY
from tasks.transform.records import FieldInfo, FileRef, Gap, Record, Section, Value
from tasks.transform.references import References, fallback, filled, names_in, template_of
from tasks.transform.text import clean, clean_json, shown

Explained = Section | Record | Gap


def explain(
    batches: Iterable[Batch], *, language: str, time_zone: tzinfo, subject: Subject | None = None
) -> Iterator[Explained]:
    """Yield a ``Section`` for each model or store, followed by its ``Record`` and, where something failed, ``Gap``.

    Batches of one label have to come together. Works on whole columns: no instance and no query
    per row. ``subject`` is the person: the one who reads "you" where a key points at them.
    """
    references = References(subject)
    current: Sectioned | None = None
    with translation.override(language):
        for batch in batches:
            if current is None or current.label != batch.label:
                current = Sectioned(batch, references, zone=time_zone)
                yield current.section
            yield from current.records(batch)


class Sectioned:
    """What is compiled once per section."""

    def __init__(self, batch: Batch, references: References, *, zone: tzinfo) -> None:
        self.label, self.references = batch.label, references
        self.policy = registry.get(batch.model) if batch.model is not None else None
        self.failed: set[str] = set()
        if self.policy is None:
            self.columns, self.section = store_columns(batch), store_section(batch)
            return
        compiler = Compiler(batch, self.policy, references, zone=zone)
        self.columns = compiler.columns()
        self.section = model_section(batch, self.policy, compiler, self.columns)

    def records(self, batch: Batch) -> Iterator[Record | Gap]:
        """The records of one batch, its columns converted one by one."""
        columns = [column.values(batch.rows) for column in self.columns]
        if self.policy is not None:
            yield from self._hooked(self.policy, batch, columns)
            self._cover(self.policy, batch, columns)
        titles = self._titles(batch, columns)
        files = [place for place, column in enumerate(self.columns) if column.file]
        for number, row in enumerate(batch.rows):
            values = tuple(column[number] for column in columns)
            found = tuple(FileRef(batch.label, self.columns[p].info.name, values[p].raw) for p in files if values[p].raw)
            yield Record(clean(key_text(batch.key(row))), titles[number], values, batch.owned, found)

    def _hooked(self, policy: ModelPrivacy, batch: Batch, columns: list[list[Value]]) -> Iterator[Gap]:
        """Let ``display_<field>`` say how a value reads; one that fails leaves the value as it was."""
        place = {name: position for position, name in enumerate(batch.columns)}
        for at, column in enumerate(self.columns):
            hook = getattr(policy, f"display_{column.info.name}", None)
            if hook is None:
                continue
            for number, row in enumerate(batch.rows):
                try:
                    words = hook(Row(row, place))
                    columns[at][number] = Value(columns[at][number].raw, shown("" if words is None else str(words)))
                except Exception as error:  # the host's code: its failure is told, and the value stays
                    if column.info.name not in self.failed:
                        self.failed.add(column.info.name)
                        yield Gap(batch.label, column.info.name, type(error).__name__)

    def _cover(self, policy: ModelPrivacy, batch: Batch, columns: list[list[Value]]) -> None:
        """Cover what may identify somebody else, in rows that nobody described and that are not this person's alone."""
        if policy.described:
            return
        numbers = range(len(batch.rows)) if not batch.owned else batch.shared
        covered = Value(None, _("covered: another person"))
        for place in identifying(self.columns):
            for number in numbers:
                if columns[place][number] != EMPTY:
                    columns[place][number] = covered

    def _titles(self, batch: Batch, columns: list[list[Value]]) -> list[str]:
        """How each record is called: by its label, else ``Order 12``."""
        if self.policy is None:
            return [f"{self.section.title} {clean(key_text(batch.key(row)))}" for row in batch.rows]
        template, model = template_of(self.policy), self.policy.model
        at = {column.info.name: place for place, column in enumerate(self.columns)}
        names = [name for name in names_in(template) if name in at]
        found = [filled(template, {n: columns[at[n]][i].display for n in names}) for i in range(len(batch.rows))] if names else []
        return [(found[i] if names else "") or fallback(model, clean(key_text(batch.key(row)))) for i, row in enumerate(batch.rows)]


class Row:
    """A row as ``display_`` methods see it: attributes, without an instance of the model."""

    __slots__ = ("_place", "_values")

    def __init__(self, values: tuple[Any, ...], place: dict[str, int]) -> None:
        self._values, self._place = values, place

    def __getattr__(self, name: str) -> Any:
        place = self._place.get(name, self._place.get(f"{name}_id"))
        if place is None:
            raise AttributeError(name)
        return self._values[place]


def model_section(batch: Batch, policy: ModelPrivacy, compiler: Compiler, columns: tuple[Column, ...]) -> Section:
    """The section of a model."""
    hidden = ((name, compiler.label(name), reason) for name, reason in compiler.hidden().items())
    others = ((n, compiler.label(n), str(instead)) for n, instead in policy.third_party.items() if n in compiler.local)
    return Section(
        key=batch.label,
        source=batch.source,
        title=shown(policy.heading),
        described=policy.described,
        category=as_data(policy.context),
        fields=tuple(column.info for column in columns),
        withheld=tuple(hidden),
        third_party=tuple(others),
        order_by=policy.order_by,
    )


def store_columns(batch: Batch) -> tuple[Column, ...]:
    """Columns of a store that is no model: by what the values are."""
    from tasks.transform.display import plain

    def column(place: int, name: str) -> Column:
        from datetime import UTC

        convert = plain(UTC)
        info = FieldInfo(name, capfirst(name.replace("_", " ")), "", "text", portable=False)
        return Column(info, lambda rows: [EMPTY if row[place] is None else convert(row[place]) for row in rows])

    return tuple(column(place, name) for place, name in enumerate(batch.columns))


def store_section(batch: Batch) -> Section:
    """The section of a store that is no model."""
    title = capfirst(batch.label.replace("_", " "))
    infos = tuple(column.info for column in store_columns(batch))
    return Section(batch.label, batch.source, title, False, as_data(Category(batch.label, title=title)), infos)


def as_data(context: Category) -> dict[str, Any]:
    """A category's context in the language that is active: what art. 15(1) asks for, JSON-able."""
    basis, retention = context.legal_basis, context.retention
    data = {
        "key": context.key,
        "title": str(context.title),
        "description": str(context.description),
        "purposes": [{"term": purpose.term, "text": str(purpose.text)} for purpose in context.purposes],
        "legal_basis": {"text": _(basis.text), "article": basis.article, "term": basis.term} if basis else None,
        "retention": {"text": str(retention.text), "law": retention.law} if retention else None,
        "recipients": [
            {"name": r.name, "place": r.place, "purpose": str(r.purpose), "outside_eu": r.outside_eu} for r in context.recipients
        ],
        "origin": str(context.origin),
        "transfers": str(context.transfers),
        "automated": str(context.automated),
        "order": context.order,
    }
    return dict(clean_json(data))


def key_text(key: Any) -> str:
    """A primary key as text; a composite one with slashes."""
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
