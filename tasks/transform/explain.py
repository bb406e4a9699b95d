"""From the collector's batches to records that mean something: one section per model, then its records."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from django.apps import apps
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.collector import Batch, Subject
from tasks.datamap import Category, ModelPrivacy, registry
from tasks.transform.columns import Column, Compiler, identifying
from tasks.transform.display import plain
from tasks.transform.records import EMPTY, FieldInfo, FileRef, Gap, Record, Section, Summary, Value
from tasks.transform.references import References, fallback, filled, names_in, template_of
from tasks.transform.text import clean, clean_json, shown

Explained = Section | Record | Summary | Gap
IDENTITY = ("key", "title", "order")


def explain(
    batches: Iterable[Batch], *, language: str, time_zone: tzinfo, subject: Subject | None = None
) -> Iterator[Explained]:
    """Yield a ``Section`` for each model or store, followed by its ``Record`` and, where something failed, ``Gap``.

    Batches of one label have to come together. Works on whole columns: no instance and no query
    per row. ``subject`` is the person: the one who reads "you" where a key points at them.
    """
    references = References(subject)
    current: Sectioned | None = None
    for batch in batches:
        with translation.override(language):  # not across a yield: the language is the thread's, and so the reader's
            if current is None or current.label != batch.label:
                current = Sectioned(batch, references, zone=time_zone)
                found: list[Explained] = [current.section, *current.records(batch)]
            else:
                found = list(current.records(batch))
        yield from found


class Sectioned:
    """What is compiled once per section."""

    def __init__(self, batch: Batch, references: References, *, zone: tzinfo) -> None:
        self.label, self.references = batch.label, references
        self.policy = registry.get(batch.model) if batch.model is not None else None
        self.failed: set[str] = set()
        if self.policy is None:
            self.columns = store_columns(batch, zone=zone)
            self.section = store_section(batch, self.columns)
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
        for number, row in enumerate(batch.rows):
            values = tuple(column[number] for column in columns)
            yield Record(clean(key_text(batch.key(row))), titles[number], values, batch.owned, self._files(values))

    def _files(self, values: tuple[Value, ...]) -> tuple[FileRef, ...]:
        pairs = zip(self.columns, values, strict=True)
        return tuple(FileRef(self.label, c.info.name, value.raw) for c, value in pairs if c.file and value.raw)

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
                except Exception as error:  # noqa: BLE001 - the host's code: its failure is told, and the value stays
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
                value = columns[place][number]
                if value != EMPTY and not self.references.is_own(value.raw):
                    columns[place][number] = covered

    def _titles(self, batch: Batch, columns: list[list[Value]]) -> list[str]:
        """How each record is called: by its label, else ``Order 12``."""
        if self.policy is None:
            return [f"{self.section.title} {clean(key_text(batch.key(row)))}" for row in batch.rows]
        model, at = self.policy.model, {column.info.name: place for place, column in enumerate(self.columns)}
        names, template = self.section.title_fields, title_template(self.policy, self.columns)
        titles = []
        for number, row in enumerate(batch.rows):
            title = filled(template, {name: columns[at[name]][number].display for name in names})
            titles.append(title or fallback(model, clean(key_text(batch.key(row)))))
        return titles


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


def title_template(policy: ModelPrivacy, columns: tuple[Column, ...]) -> str:
    """The label, as far as its fields are shown; the two sides of a row that only ties two things together."""
    if policy.model._meta.auto_created:
        return ": ".join(f"{{{column.info.name}}}" for column in columns if column.info.kind == "reference")
    shown_fields, template = {column.info.name for column in columns}, template_of(policy)
    return template if set(names_in(template)) & shown_fields else ""


def model_section(batch: Batch, policy: ModelPrivacy, compiler: Compiler, columns: tuple[Column, ...]) -> Section:
    """The section of a model."""
    hidden = ((name, compiler.label(name), reason) for name, reason in compiler.hidden().items())
    others = ((n, compiler.label(n), str(instead)) for n, instead in policy.third_party.items() if n in compiler.local)
    template, infos = title_template(policy, columns), tuple(column.info for column in columns)
    category, context = as_data(shared_context(policy)), as_data(policy.context)
    return Section(
        key=batch.label,
        source=batch.source,
        title=shown(heading(policy)),
        described=policy.described,
        category=category,
        context={name: value for name, value in context.items() if name not in IDENTITY and value != category[name]},
        fields=infos,
        withheld=tuple(hidden),
        third_party=tuple(others),
        order_by=policy.order_by,
        title_fields=tuple(dict.fromkeys(name for name in names_in(template) if name in {info.name for info in infos})),
    )


def heading(policy: ModelPrivacy) -> str:
    """The section's title; for rows that tie two kinds of things together and that nobody described, both by name."""
    meta = policy.model._meta
    if policy.title or not meta.auto_created:
        return policy.heading
    related = [field.related_model for field in meta.concrete_fields]
    sides = [model._meta.verbose_name_plural for model in related if model is not None]
    return capfirst(": ".join(str(side) for side in sides))


def shared_context(policy: ModelPrivacy) -> Category:
    """What the models of one category have in common, before a model's own word on it."""
    if isinstance(policy.category, Category):
        return policy.category
    key = policy.context.key
    title = policy.context.title if policy.described else apps.get_app_config(policy.model._meta.app_label).verbose_name
    return Category(key, title=capfirst(str(title)))


def store_columns(batch: Batch, *, zone: tzinfo) -> tuple[Column, ...]:
    """Columns of a store that is no model: by what the values are."""
    convert = plain(zone)

    def column(place: int, name: str) -> Column:
        info = FieldInfo(name, capfirst(name.replace("_", " ")), "", "text", portable=False)
        return Column(info, lambda rows: [EMPTY if row[place] is None else convert(row[place]) for row in rows])

    return tuple(column(place, name) for place, name in enumerate(batch.columns))


def store_section(batch: Batch, columns: tuple[Column, ...]) -> Section:
    """The section of a store that is no model."""
    title = capfirst(batch.label.replace("_", " "))
    category, infos = as_data(Category(batch.label, title=title)), tuple(column.info for column in columns)
    return Section(batch.label, batch.source, title, described=False, category=category, fields=infos)


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
            {"name": each.name, "place": each.place, "purpose": str(each.purpose), "outside_eu": each.outside_eu}
            for each in context.recipients
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
