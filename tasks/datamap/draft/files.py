"""Which files a draft is for: a new privacy.py per app, or the lines that an existing one lacks."""

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import AppConfig, apps
from django.db.models import Model

from tasks.datamap.checks import open_fields
from tasks.datamap.draft.merging import Source, new_fields
from tasks.datamap.draft.models import ModelDraft
from tasks.datamap.draft.reaching import beyond, reached_by_draft
from tasks.datamap.draft.writing import category, classes, module
from tasks.datamap.registry import registry
from tasks.datamap.ties import Reach
from tasks.errors import DeclarationError


@dataclass(frozen=True)
class Draft:
    """One file's whole new text. ``by_hand`` are lines that no program could put in their place."""

    app: str
    path: Path
    text: str
    models: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = field(default=())

    @property
    def is_new(self) -> bool:
        return not self.path.exists()

    @property
    def changes(self) -> bool:
        return bool(self.models or self.fields)


def drafts(labels: Iterable[str], *, folder: Path | None = None) -> list[Draft]:
    """A draft per app, into the app's own folder or as modules of ``folder``.

    Raises:
        DeclarationError: no such app, or nothing of it leads to a person.
    """
    configs = [config_of(label) for label in dict.fromkeys(labels)]
    found = reached_by_draft()
    wanted = {*found.models, *beyond(found)}
    return [draft_of(app, wanted, found, folder=folder) for app in configs]


def config_of(label: str) -> AppConfig:
    for app in apps.get_app_configs():
        if label in (app.label, app.name):
            return app
    known = ", ".join(sorted(app.label for app in apps.get_app_configs()))
    raise DeclarationError(f"No app '{label}' is installed. There are: {known}.")


def draft_of(app: AppConfig, wanted: set[type[Model]], found: Reach, *, folder: Path | None) -> Draft:
    models = sorted((m for m in wanted if is_here(m, app)), key=lambda model: model._meta.label)
    undescribed = [ModelDraft(m, found) for m in models if not registry.is_own(m)]
    path = folder / f"{app.label}.py" if folder else place_of(app)
    if path.exists():
        return extended(app, path, undescribed, incomplete(models, found))
    labels = tuple(draft.label for draft in undescribed)
    return Draft(app.label, path, module(app, undescribed) if undescribed else "", labels)


def is_here(model: type[Model], app: AppConfig) -> bool:
    """Whether a draft of this app speaks of the model."""
    return model._meta.app_config is app and not model._meta.auto_created and not registry.exemption(model)


def place_of(app: AppConfig) -> Path:
    """Where the app's privacy module is, or would be."""
    spec = importlib.util.find_spec(f"{app.name}.privacy")
    return Path(spec.origin) if spec and spec.origin else Path(app.path) / "privacy.py"


def incomplete(models: list[type[Model]], found: Reach) -> Iterator[tuple[ModelDraft, str, list[str]]]:
    """Declared models with fields that nobody classified: the draft, the class, the names."""
    for model in models:
        if registry.is_own(model) and (names := open_fields(registry.get(model), found)):
            yield ModelDraft(model, found), type(registry.get(model)).__name__, names


def extended(
    app: AppConfig, path: Path, undescribed: list[ModelDraft], missing: Iterable[tuple[ModelDraft, str, list[str]]]
) -> Draft:
    """An existing module with what it lacks; what is there stays as it is, word for word."""
    source = Source(path.read_text())
    edits: list[tuple[int, list[str]]] = []
    named, by_hand = [], []
    for draft, class_name, names in missing:
        guesses = [draft.field(draft.model._meta.get_field(name)) for name in names]
        inside, left = new_fields(source, class_name, guesses)
        edits += inside
        named += [f"{draft.label}.{guess.name}" for guess in guesses if guess not in left]
        by_hand += [f"{class_name}.{guess.place}: “{guess.name}”" for guess in left]
    if undescribed:
        edits += appended(app, source, undescribed)
    text = source.insert(edits)
    return Draft(app.label, path, text, tuple(d.label for d in undescribed), tuple(named), tuple(by_hand))


def appended(app: AppConfig, source: Source, drafts: list[ModelDraft]) -> Iterator[tuple[int, list[str]]]:
    """New declarations at the end, and the imports that they need."""
    if lines := source.missing_imports():
        yield source.after_imports(), lines
    known = {target.id for node in source.tree.body for target in targets_of(node)}
    first = [] if app.label.upper() in known else ["", *category(app)]
    yield len(source.lines), [*first, *classes(app, drafts)]


def targets_of(node: ast.stmt) -> Iterator[ast.Name]:
    if isinstance(node, ast.Assign):
        yield from (target for target in node.targets if isinstance(target, ast.Name))
