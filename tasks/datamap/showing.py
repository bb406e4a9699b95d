"""System checks of what declarations show: secrets among the fields, serializers that cannot be made."""

from collections.abc import Iterator

from django.core import checks
from django.core.checks import CheckMessage

from tasks.datamap.declaration import named
from tasks.datamap.guess import secrets
from tasks.datamap.registry import registry
from tasks.datamap.wording import serialized


def messages() -> Iterator[CheckMessage]:
    """Everything that is wrong with what declarations show."""
    yield from shown_secrets()
    yield from unusable_serializers()
    yield from of_sources()


def of_sources() -> Iterator[CheckMessage]:
    """What is wrong with what sources beyond the database say."""
    yield from silent_sources()
    yield from shown_secrets_of_sources()


def shown_secrets() -> Iterator[CheckMessage]:
    """W004: a field that looks like a secret is declared as shown. It is withheld all the same."""
    for policy in registry:
        hidden = secrets(policy)
        for name in (name for name in policy.fields if name in hidden):
            yield checks.Warning(
                f"{policy.model._meta.label}.{name} looks like a secret, so that it is withheld although 'fields' "
                "names it.",
                hint=f"Move it to 'withheld' of {type(policy).__qualname__} with a reason, or say "
                f"reveal = {{'{name}': '…'}} with the reason why it is none.",
                obj=policy.model,
                id="dossier.W004",
            )


def unusable_serializers() -> Iterator[CheckMessage]:
    """E005: the serializer of a declaration cannot be made. Its section would be marked as incomplete."""
    for policy in registry:
        if wrong := serialized(policy)[1]:
            yield checks.Error(
                f"{policy.model._meta.label}: the serializer of {type(policy).__qualname__} cannot be used ({wrong}).",
                hint="It is made with context={}: it must not need a request. Is Django REST framework installed?",
                obj=policy.model,
                id="dossier.E005",
            )


def silent_sources() -> Iterator[CheckMessage]:
    """W005: a source does not say why it holds data, on what ground or how long. Its category may say it."""
    for source in registry.sources.values():
        lacking = [name for name in ("purposes", "legal_basis", "retention") if not getattr(source.context, name)]
        if lacking:
            yield checks.Warning(
                f"Source '{source.key}' does not say {' nor '.join(lacking)}: its chapter tells people what is held, "
                "and not why or how long.",
                hint=f"Say it in {named(type(source))}, or in its category. How: docs/sources.md.",
                obj=source,
                id="dossier.W005",
            )


def shown_secrets_of_sources() -> Iterator[CheckMessage]:
    """W004, of a source."""
    for source in registry.sources.values():
        for name in (name for name in source.fields if source.hides(name)):
            yield checks.Warning(
                f"Source '{source.key}': {name} looks like a secret, so it is withheld although 'fields' names it.",
                hint=f"Move it to 'withheld' of {named(type(source))} with a reason, or say "
                f"reveal = {{'{name}': '…'}} with the reason why it is none.",
                obj=source,
                id="dossier.W004",
            )
