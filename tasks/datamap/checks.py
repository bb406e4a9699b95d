"""System checks, tag ``privacy``: a build fails when somebody adds a model or a field and forgets the data map.

Errors begin with the host's first privacy.py or with the first accepted map; before that there is one warning and
no wall. What was open when the map was accepted (``datamap accept``) is a reminder and no error.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.db.models import Model

from tasks import conf
from tasks.datamap import showing
from tasks.datamap.copies import is_copy
from tasks.datamap.declaration import named
from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.relations import CASCADES, CLEARS, Kind, concrete, outgoing
from tasks.datamap.ties import Reach, Says, Tie, reach
from tasks.datamap.wording import serialized
from tasks.errors import DeclarationError

TAG = "privacy"
GUIDE = "docs/declare.md"
OWNING = re.compile(r"(?:^|_)(?:user|customer|buyer|owner|author|member|recipient|person|account|profile)$")
NAMING = re.compile(r"_by$|^(?:editor|agent|approver|assignee|moderator|operator|reviewer|staff)$")


def enable() -> None:
    """Let ``manage.py check`` run these checks."""
    checks.register(check_data_map, TAG)


def check_data_map(**_: Any) -> list[CheckMessage]:
    """Everything that the data map leaves open for the configured subject model."""
    try:
        known = baseline()
    except DeclarationError as error:
        return [checks.Error(str(error), hint="Run 'manage.py datamap accept' anew.", id="dossier.E004")]
    if not registry.begun and not known:
        return [no_map(), *showing.of_sources()]
    reached = reach(subject_model())
    found = [*unmapped(reached, known), *unclassified(reached, known), *undecided_keys(reached)]
    return [*found, *unclear_keys(reached), *still_open(known), *showing.messages()]


def baseline() -> dict[str, Any]:
    """``{label: entry}`` of the map as it was accepted: what was open in it is known, and no error."""
    from tasks.datamap import lock  # it is made of what this module says

    models: dict[str, Any] = (lock.accepted() or {}).get("models", {})
    return models


def is_open(entry: dict[str, Any], name: str) -> bool:
    return bool(entry.get("fields", {}).get(name) == "open")


def still_open(known: dict[str, Any]) -> Iterator[CheckMessage]:
    """W003: what was accepted without a word about it, as a reminder."""
    waiting = [label for label, entry in known.items() if any(is_open(entry, name) for name in entry["fields"])]
    if waiting:
        yield checks.Warning(
            f"The accepted data map has {len(waiting)} model{'' if len(waiting) == 1 else 's'} with fields that nobody "
            f"has classified: {', '.join(sorted(waiting)[:5])}{' …' if len(waiting) > 5 else ''}.",
            hint=f"Describe them one by one and run 'manage.py datamap accept' after each. How: {GUIDE}.",
            id="dossier.W003",
        )


def no_map() -> CheckMessage:
    return checks.Warning(
        "No app has a privacy.py: exports hold everything under the names of fields, and nothing says why it is held.",
        hint=f"Begin with the model that holds most about people. How: {GUIDE}.",
        id="dossier.W001",
    )


def unmapped(reached: Reach, known: dict[str, Any]) -> Iterator[CheckMessage]:
    """E001: a relation leads from a person to a model that nobody described."""
    for model in by_label(reached.models):
        if registry.is_declared(model) or registry.exemption(model) or model._meta.auto_created or is_copy(model):
            continue
        if known.get(model._meta.label, {}).get("described") is False:
            continue
        label, app = model._meta.label, apps.get_app_config(model._meta.app_label)
        yield checks.Error(
            f"{label} {way(model, reached)}, and no privacy.py says what it is.",
            hint=f"Register it in {app.name.replace('.', '/')}/privacy.py (or a privacy.py of your own), or say "
            f"datamap.exempt('{label}', because='…') if it holds nothing about a person. How: {GUIDE}.",
            obj=model,
            id="dossier.E001",
        )


def way(model: type[Model], reached: Reach) -> str:
    """How a person leads to the model, in words."""
    subject = reached.subject._meta.label
    if model is reached.subject:
        return "holds the people themselves"
    tie = next(iter(reached.to(model)))
    if tie.target is None:
        return f"leads to {subject} by the value of '{tie.name}'"
    through = "" if tie.target is reached.subject else f" by way of {tie.target._meta.label}"
    return f"leads to {subject} through '{tie.name}'{through}"


def unclassified(reached: Reach, known: dict[str, Any]) -> Iterator[CheckMessage]:
    """E002: a field of a described model is in none of its lists."""
    for policy in registry:
        entry = known.get(policy.model._meta.label, {})
        names = [name for name in open_fields(policy, reached) if not is_open(entry, name)]
        if policy.described and registry.is_own(policy.model) and names:
            yield checks.Error(
                f"{policy.model._meta.label}: {quoted(names)} {'is' if len(names) == 1 else 'are'} in none of "
                "'fields', 'withheld' and 'third_party'.",
                hint=f"Say in {named(type(policy))} whether the person sees "
                f"{'it' if len(names) == 1 else 'them'}. How: {GUIDE}.",
                obj=policy.model,
                id="dossier.E002",
            )


def open_fields(policy: ModelPrivacy, reached: Reach) -> list[str]:
    """The concrete fields of the model's own table that nobody classified and that say something by themselves."""
    listed = {*policy.fields, *policy.withheld, *policy.third_party, *serialized(policy)[0]}
    structural = structure(policy.model, reached)
    return [
        field.name
        for field in policy.model._meta.local_concrete_fields
        if not {field.name, field.attname} & listed and not field.primary_key and field.attname not in structural
    ]


def structure(model: type[Model], reached: Reach) -> set[str]:
    """The columns that only tie a row: keys to rows of people's own, and both halves of generic keys."""
    found = {
        column
        for relation in outgoing(model)
        if relation.target in reached.inner and relation.kind is not Kind.PARENT
        for column in (relation.column, relation.content_type)
    }
    composite = {field.attname for field in getattr(model._meta, "pk_fields", ())}
    return found | composite


def undecided_keys(reached: Reach) -> Iterator[CheckMessage]:
    """E003: a key stands in the way of an erasure, and no declaration says what becomes of its row."""
    seen: set[tuple[type[Model], str]] = set()
    for tie in reached.ties:
        if tie.relation is None or not stands_in_the_way(tie) or (tie.model, tie.name) in seen:
            continue
        seen.add((tie.model, tie.name))
        if registry.is_declared(tie.model) and registry.get(tie.model).erasure is None:
            declaration = type(registry.get(tie.model)).__qualname__
            yield checks.Error(
                f"{tie.model._meta.label}.{tie.name} is {tie.on_delete} and leads to people, and nothing says what "
                "becomes of its rows in an erasure: every plan that meets one is refused.",
                hint=f"Give {declaration} an 'erasure': Keep(…), Anonymise(…) or Delete().",
                obj=tie.model,
                id="dossier.E003",
            )


def stands_in_the_way(tie: Tie) -> bool:
    """Whether a row can neither go with the person's nor have its key cleared."""
    if tie.relation is None or tie.relation.kind is Kind.GENERIC:
        return False
    return tie.on_delete not in CLEARS and not (tie.on_delete in CASCADES and tie.says is Says.OWNED)


def unclear_keys(reached: Reach) -> Iterator[CheckMessage]:
    """W002: a key to a person does not go with them, and its name does not tell whether the row is theirs."""
    for tie in reached.to_people():
        policy = registry.get(tie.model)
        asked = policy.follows(tie.name) is None and not policy.subject and registry.is_own(tie.model)
        if not asked or tie.says is not Says.NAMED or NAMING.search(tie.name):
            continue
        guess = "It sounds as if it were" if OWNING.search(tie.name) else "The name does not tell"
        yield checks.Warning(
            f"{tie.model._meta.label}.{tie.name} is {tie.on_delete}: is the row the person's own? {guess}.",
            hint=f"Say follow = {{'{tie.name}': True}} if it is, so that what hangs on it is exported too, else False.",
            obj=tie.model,
            id="dossier.W002",
        )


def subject_model() -> type[Model]:
    return concrete(apps.get_model(conf.subject_model or settings.AUTH_USER_MODEL))


def by_label(models: set[type[Model]]) -> list[type[Model]]:
    return sorted(models, key=lambda model: model._meta.label)


def quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
