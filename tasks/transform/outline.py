"""JSON as people read it: nested lists of labels and words."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from tasks.datamap.guess import names_secret
from tasks.transform.records import Value
from tasks.transform.text import clean_json, shown


class Item(NamedTuple):
    """A part of a nested value: ``label`` (empty in a list), and either ``text`` or more ``items``."""

    label: str
    text: str
    items: tuple["Item", ...] = ()


def outline(raw: Any) -> tuple[Item, ...]:
    """The parts of a JSON value, in its order; empty ones are left out. No parts: it is a single word or nothing.

    Takes the ``raw`` of a :class:`Value` of the kind ``json``; labels and words are in the active language.
    """
    if isinstance(raw, dict):
        return tuple(item(spoken(key), part) for key, part in raw.items() if has_words(part))
    if isinstance(raw, list):
        return tuple(item("", part) for part in raw if has_words(part))
    return ()


def item(label: str, part: Any) -> Item:
    """One part; what has parts of its own has no text."""
    items = outline(part)
    return Item(label, "" if items else word(part), items)


def nested(value: Any) -> Value:
    """A JSON value, told in one line."""
    raw = clean_json(value)
    return Value(raw, shown(told(outline(raw)) if isinstance(raw, (dict, list)) else word(raw)))


def guarded(value: Any) -> Value:
    """A JSON value in which whatever its keys call a password or token is withheld."""
    return nested(without_secrets(value))


def without_secrets(value: Any) -> Any:
    """``value`` with a word in place of each part whose key names a secret."""
    if isinstance(value, dict):
        return {k: _("withheld") if is_secret(k, part) else without_secrets(part) for k, part in value.items()}
    return [without_secrets(part) for part in value] if isinstance(value, list) else value


def is_secret(key: object, part: Any) -> bool:
    """Whether a key names a secret; that something is (not) set is none."""
    return part not in (None, "", True, False) and names_secret(str(key))


def told(items: Iterable[Item]) -> str:
    """Parts in one line: ``size: M; colours: red, green``."""
    items = list(items)
    separator = "; " if any(each.label for each in items) else ", "
    return separator.join(one_line(each) for each in items)


def one_line(part: Item) -> str:
    words = told(part.items) if part.items else part.text
    if part.label:
        return f"{part.label}: {words}"
    return f"({words})" if any(each.label for each in part.items) else words


def has_words(part: Any) -> bool:
    return part is not None and part != "" and part != [] and part != {}


def word(part: Any) -> str:
    """A single value as people read it."""
    if isinstance(part, bool):
        return _("Yes") if part else _("No")
    return "" if part is None or isinstance(part, (dict, list)) else shown(str(part))


def spoken(key: object) -> str:
    """A key as a label."""
    return shown(str(key)).replace("_", " ")
