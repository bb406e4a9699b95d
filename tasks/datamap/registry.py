"""Which declaration belongs to which model. Filled by every installed app's privacy.py."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import autodiscover_modules

from tasks.datamap.declaration import named
from tasks.datamap.guess import Undescribed
from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.stores import SourcePrivacy
from tasks.datamap.validation import validate
from tasks.errors import DeclarationError

Declared = TypeVar("Declared", bound=type[ModelPrivacy])
Store = TypeVar("Store", bound=type[SourcePrivacy])


class Registry:
    """Declarations by concrete model. A host's declaration replaces a default one."""

    def __init__(self) -> None:
        self._declared: dict[type[Model], ModelPrivacy] = {}
        self._defaults: dict[type[Model], ModelPrivacy] = {}
        self._exempt: dict[type[Model], str] = {}
        self._guessed: dict[type[Model], ModelPrivacy] = {}
        self._sources: dict[str, SourcePrivacy] = {}
        self.version = 0  # counts changes, so that what was compiled from declarations can be told as stale

    def register(self, *models: type[Model] | str, default: bool = False) -> Callable[[Declared], Declared]:
        """Declare what is held in ``models``: a class decorator.

        ``default=True`` is for libraries: a declaration of the host replaces it.

        Raises:
            DeclarationError: not a model, not a ModelPrivacy, or declared by somebody else already.
        """

        def decorate(declaration: Declared) -> Declared:
            for model in models:
                self._add(concrete(model), declaration, self._defaults if default else self._declared)
            return declaration

        return decorate

    def _add(self, model: type[Model], declaration: Any, where: dict[type[Model], ModelPrivacy]) -> None:
        if not (isinstance(declaration, type) and issubclass(declaration, ModelPrivacy)):
            raise DeclarationError(
                f"{model._meta.label}: wanted a subclass of datamap.ModelPrivacy, found {declaration!r}."
            )
        if rival := where.get(model):
            raise DeclarationError(
                f"{model._meta.label} is declared by {named(type(rival))} already; found {named(declaration)}. "
                "Keep one of them."
            )
        policy = declaration(model)
        validate(policy)
        where[model] = policy
        self.version += 1

    def register_source(self, declaration: Store) -> Store:
        """Declare a store or service beyond the database: a class decorator.

        Raises:
            DeclarationError: not a SourcePrivacy, something wrong in it, or its key is another's already.
        """
        if not (isinstance(declaration, type) and issubclass(declaration, SourcePrivacy)):
            raise DeclarationError(
                f"register_source: wanted a subclass of datamap.SourcePrivacy, found {declaration!r}."
            )
        source = declaration()
        source.validate()
        if rival := self._sources.get(source.key):
            raise source.wrong("key", "a key of its own", f"{source.key!r}, which is {type(rival).__qualname__}'s")
        self._sources[source.key] = source
        self.version += 1
        return declaration

    @property
    def sources(self) -> dict[str, SourcePrivacy]:
        """Every declared source by its key, in the order of the data map."""
        found = sorted(self._sources.values(), key=lambda each: (each.context.order, each.key))
        return {source.key: source for source in found}

    @property
    def policies(self) -> tuple[ModelPrivacy | SourcePrivacy, ...]:
        """Every declaration: those of models, then those of sources."""
        return (*self, *self.sources.values())

    def source(self, key: str) -> SourcePrivacy | None:
        """The declared source that a key or a section's label (``"loyalty:points"``) belongs to."""
        return self._sources.get(key.partition(":")[0])

    @contextmanager
    def with_sources(self, *declarations: type[SourcePrivacy]) -> Iterator[None]:
        """Have these sources and no other for a while. For tests, a host's among them."""
        before, self._sources = self._sources, {}
        try:
            for declaration in declarations:
                self.register_source(declaration)
            self.version += 1
            yield
        finally:
            self._sources = before
            self.version += 1

    def exempt(self, *models: type[Model] | str, because: str) -> None:
        """Say that ``models`` hold nothing about a person, and why."""
        for model in models:
            self._exempt[concrete(model)] = because
        self.version += 1

    @contextmanager
    def overridden(self, declarations: Mapping[type[Model] | str, type[ModelPrivacy] | None]) -> Iterator[None]:
        """Declare models otherwise for a while, ``None`` for not at all. For a host's tests."""
        before = dict(self._declared), dict(self._defaults)
        try:
            for model, declaration in declarations.items():
                self._declared.pop(concrete(model), None)
                if declaration is None:
                    self._defaults.pop(concrete(model), None)
                else:
                    self._add(concrete(model), declaration, self._declared)
            self.version += 1
            yield
        finally:
            self._declared, self._defaults = before
            self.version += 1

    def get(self, model: type[Model]) -> ModelPrivacy:
        """The declaration of ``model``; a careful guess where there is none (``described`` is False)."""
        model = model._meta.concrete_model or model
        found = self._declared.get(model) or self._defaults.get(model) or self._guessed.get(model)
        if found is None:
            found = self._guessed[model] = Undescribed(model)
        return found

    def is_declared(self, model: type[Model]) -> bool:
        """Whether a privacy.py describes ``model``."""
        return model in self._declared or model in self._defaults

    def is_own(self, model: type[Model]) -> bool:
        """Whether the host itself describes ``model``, not a library for it."""
        return model in self._declared

    def exemption(self, model: type[Model]) -> str:
        """Why ``model`` needs no declaration, or an empty text."""
        return self._exempt.get(model, "")

    def exemptions(self) -> list[tuple[type[Model], str]]:
        """Every exempt model with its reason, by label."""
        return sorted(self._exempt.items(), key=lambda item: item[0]._meta.label)

    def __iter__(self) -> Iterator[ModelPrivacy]:
        yield from {**self._defaults, **self._declared}.values()

    def __len__(self) -> int:
        return len({**self._defaults, **self._declared})

    @property
    def begun(self) -> bool:
        """Whether the host has a data map at all: a privacy.py of its own, not only a library's defaults."""
        return bool(self._declared)


def concrete(model: type[Model] | str) -> type[Model]:
    """The concrete model behind a class, a proxy or ``"app.Model"``."""
    try:
        found = apps.get_model(model) if isinstance(model, str) else model
    except (LookupError, ValueError) as error:
        raise DeclarationError(f"wanted an installed model, found {model!r}.") from error
    if not (isinstance(found, type) and issubclass(found, Model)):
        raise DeclarationError(f"wanted a model class or 'app.Model', found {model!r}.")
    return found._meta.concrete_model or found


registry = Registry()
register = registry.register
exempt = registry.exempt
register_source = registry.register_source


def autodiscover() -> None:
    """Import the ``privacy`` module of every installed app, and let ``manage.py check`` look at the whole."""
    from tasks.datamap import checks, defaults  # they read the registry, which is made here

    defaults.describe()
    autodiscover_modules("privacy")
    checks.enable()
