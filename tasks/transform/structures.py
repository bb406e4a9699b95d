"""Structures that a store gives: JSON, Python's own, and files among them."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from tasks.datamap import Content
from tasks.datamap.guess import names_secret
from tasks.transform.display import binary
from tasks.transform.outline import guarded, nested, without_secrets
from tasks.transform.records import Value
from tasks.transform.text import DEEPEST, clean, shown

LISTS = (list, tuple, set, frozenset)
BYTES = (bytes, bytearray, memoryview)
BARE = frozenset({str, int, float, bool, type(None)})


def outlined(value: Any, *, guard: bool = True) -> Value:
    """A structure, told in one line; with ``guard`` what its keys call a secret is withheld."""
    plain = bare(value, guard=False)
    return guarded(plain) if guard else nested(plain)


def bare(value: Any, *, guard: bool = True) -> Any:
    """A structure of dicts, lists and words; a file is told by its name. Nothing that JSON does not have."""
    plain = simple(value)
    return without_secrets(plain) if guard else plain


def simple(value: Any, *, depth: int = 0) -> Any:
    if type(value) in BARE:  # most are, and asking so costs least
        return value
    if isinstance(value, Content):
        return clean(value.name)
    if depth > DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {str(name): simple(each, depth=depth + 1) for name, each in value.items()}
    if isinstance(value, LISTS):
        return [simple(each, depth=depth + 1) for each in value]
    if isinstance(value, BYTES):
        return binary(value).display
    return value.isoformat() if isinstance(value, date | time) else value


def files_in(value: Any, *, guard: bool = True) -> Iterator[Content]:
    """The files in a cell, however deep they lie; with ``guard`` none under a key that names a secret."""
    if type(value) in BARE:
        return
    if isinstance(value, Content):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if not (guard and names_secret(str(name))):
                yield from files_in(each, guard=guard)
    elif isinstance(value, LISTS):
        for each in value:
            yield from files_in(each, guard=guard)


def only_files(value: Any) -> bool:
    """Whether a cell is a file, or a list of nothing else."""
    listed = isinstance(value, LISTS) and len(value) > 0
    return isinstance(value, Content) or (listed and all(isinstance(each, Content) for each in value))


def named(value: Any) -> Value:
    """A file, or a list of them, by name."""
    if isinstance(value, Content):
        return Value(clean(value.name), shown(PurePosixPath(value.name).name) or _("File"))
    if only_files(value):
        return Value([clean(each.name) for each in value], ", ".join(named(each).display for each in value))
    raise TypeError("wanted files")
