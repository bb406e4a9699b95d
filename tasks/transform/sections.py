"""What a section says of itself: its heading, why the data is there, and what of it is not shown."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tasks.collector import Batch
from tasks.datamap import Category, ModelPrivacy, SourcePrivacy, registry
from tasks.transform.columns import Column, Compiler
from tasks.transform.records import FieldInfo, Section
from tasks.transform.references import template_of
from tasks.transform.summary import moment_of
from tasks.transform.templates import Template
from tasks.transform.text import clean_json, shown

IDENTITY = ("key", "title", "order")


def model_section(batch: Batch, policy: ModelPrivacy, compiler: Compiler, columns: tuple[Column, ...]) -> Section:
    """The section of a model whose records have these columns."""
    infos = tuple(column.info for column in columns)
    names = {info.name for info in infos}
    shared = shared_context(policy)
    category = as_data(shared) if shared is policy.category else said(shared)
    context = as_data(policy.context)
    order_by = next(iter(policy.ordering), "")
    local = [name for name in policy.third_party if name in compiler.local]
    return Section(
        key=batch.label,
        source=batch.source,
        title=shown(heading(policy)),
        described=policy.described,
        category=category,
        context={name: value for name, value in context.items() if name not in IDENTITY and value != category[name]},
        fields=infos,
        withheld=tuple((name, compiler.label(name), shown(why)) for name, why in compiler.hidden.items()),
        third_party=tuple((name, compiler.label(name), shown(str(policy.third_party[name]))) for name in local),
        order_by=order_by,
        ordering=policy.ordering,
        group_by=policy.group_by,
        moment=moment_of(infos, order_by=order_by),
        title_fields=tuple(name for name in title_template(policy, infos).names if name in names),
        sentence_fields=tuple(name for name in Template(str(policy.sentence)).names if name in names),
        computed={name: made_from(policy, name) for name in policy.computed},
        worded=tuple(name for name in names_in_order(infos) if hasattr(policy, f"display_{name}")),
        targets={column.info.name: column.target for column in columns if column.target},
        key_fields=tuple(field.name for field in key_fields(policy)),
    )


def names_in_order(infos: Iterable[FieldInfo]) -> list[str]:
    return [info.name for info in infos]


def made_from(policy: ModelPrivacy, name: str) -> tuple[str, ...]:
    """The fields that a computed one is made from; ``*`` where it does not say."""
    names = {f.attname: f.name for f in policy.model._meta.concrete_fields}
    roots = (path.split("__")[0] for path in policy.computed[name].needs)
    return tuple(dict.fromkeys(names.get(each, each) for each in roots)) or ("*",)


def key_fields(policy: ModelPrivacy) -> list[Any]:
    """The fields of the primary key."""
    meta: Any = policy.model._meta
    return list(getattr(meta, "pk_fields", [meta.pk]))


def title_template(policy: ModelPrivacy, infos: Iterable[FieldInfo]) -> Template:
    """The label; the two sides of a row that only ties two things together."""
    if policy.model._meta.auto_created and not policy.label:
        return Template(": ".join(f"{{{info.name}}}" for info in infos if info.kind == "reference"))
    return template_of(policy)


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


def store_section(batch: Batch, infos: tuple[FieldInfo, ...]) -> Section:
    """The section of a store."""
    policy = registry.source(batch.label)
    if policy is None:
        return bare_section(batch, infos)
    shared, context = policy.shared, as_data(policy.context)
    category = as_data(shared) if shared in (policy.category, policy.context) else said(shared)
    return Section(
        key=batch.label,
        source=batch.source,
        title=shown(policy.heading_of(batch.label.partition(":")[2])),
        described=policy.described,
        category=category,
        context={name: value for name, value in context.items() if name not in IDENTITY and value != category[name]},
        fields=infos,
        withheld=tuple((name, shown(policy.words_of(name)), shown(str(why))) for name, why in hidden(batch, policy)),
        third_party=tuple(
            (info.name, info.label, shown(str(policy.third_party[info.name])))
            for info in infos
            if info.kind == "covered"
        ),
        moment=moment_of(infos, order_by=""),
    )


def bare_section(batch: Batch, infos: tuple[FieldInfo, ...]) -> Section:
    """The section of what nobody declares."""
    title = capfirst(batch.label.replace("_", " "))
    category, moment = as_data(Category(batch.label, title=title)), moment_of(infos, order_by="")
    return Section(batch.label, batch.source, title, described=False, category=category, fields=infos, moment=moment)


def broken_section(batch: Batch) -> Section:
    """The section of what could not be begun."""
    try:
        return store_section(replace(batch, rows=[], columns=()), ())
    except Exception:  # noqa: BLE001 - a declaration that broke may break here, too
        return bare_section(batch, ())


def hidden(batch: Batch, policy: SourcePrivacy) -> Iterable[tuple[str, Any]]:
    """What a store's section withholds, and why: what its records have, or may have later."""
    more = len(batch.rows) >= policy.batch_rows
    names = dict.fromkeys((*(policy.withheld if more else ()), *batch.columns))
    return [(name, why) for name in names if (why := policy.hides(name))]


_said: dict[tuple[int, str], tuple[Category, dict[str, Any]]] = {}


def as_data(context: Category) -> dict[str, Any]:
    """A category's context in the language that is active: what art. 15(1) asks for, JSON-able.

    Said once per language: declarations live as long as the process, and each has dozens of texts.
    """
    key = (id(context), get_language() or "")
    if key not in _said or _said[key][0] is not context:  # which keeps the object, so that no other has its id
        _said[key] = (context, said(context))
    return _said[key][1]


def said(context: Category) -> dict[str, Any]:
    """A category's context in words."""
    basis, retention = context.legal_basis, context.retention
    data = {
        "key": context.key,
        "title": str(context.title),
        "description": str(context.description),
        "purposes": [{"term": purpose.term, "text": str(purpose.text)} for purpose in context.purposes],
        "legal_basis": {"text": _(basis.text), "article": _(basis.article), "term": basis.term} if basis else None,
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
