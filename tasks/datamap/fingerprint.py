"""Which state of the data map an answer was made with: a short hash over all that it says."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from tasks.datamap.declaration import Declaration
from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.stores import SourcePrivacy

DIGITS = 12
LIMITS = ("timeout", "time_limit", "patience", "batch_rows", "file_bytes")  # of a source: they differ by installation


def version_hash() -> str:
    """Twelve hex digits: the same wherever, whenever and in whichever language the same is declared."""
    return _hashed(registry.version)


@cache
def _hashed(_version: int) -> str:
    with translation.override(None, deactivate=True):
        said = {policy.model._meta.label: declared(policy) for policy in registry}
        exempt = {model._meta.label: str(because) for model, because in registry.exemptions()}
        sources = {source.key: declared(source) for source in registry.sources.values()}
    text = json.dumps({"models": said, "exempt": exempt, "sources": sources}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def declared(policy: ModelPrivacy | SourcePrivacy) -> dict[str, Any]:
    """Everything that a declaration says about data, JSON-able: of a source not how it is asked, nor any secret."""
    base = ModelPrivacy if isinstance(policy, ModelPrivacy) else SourcePrivacy
    said = {**vars(Declaration), **vars(base)}
    names = [name for name, value in said.items() if name[0] != "_" and not _is_code(value)]
    names += policy.asks if isinstance(policy, SourcePrivacy) else ()
    return {name: plain(getattr(policy, name)) for name in names if name not in LIMITS}


def _is_code(value: object) -> bool:
    return callable(value) or hasattr(value, "__get__")


def plain(value: Any) -> Any:
    """A declared value without anything that differs from process to process."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, Promise):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        inside = {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        return {"": type(value).__name__, **inside}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(part) for part in value)
    return getattr(value, "__qualname__", type(value).__qualname__)
