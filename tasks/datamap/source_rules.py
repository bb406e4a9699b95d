"""What the declaration of a store or service may say: each rule a small function that yields what is wrong."""

import difflib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise

from tasks.datamap.strategies import Delete, Keep
from tasks.datamap.validation import context_is_of_its_words
from tasks.datamap.wording import Rule, Wrong

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
TEXTS = ("title", "description", "origin", "transfers", "automated")
NAMES = ("fields", "portable")
REASONS = ("withheld", "third_party", "labels", "reveal", "sections")
ONE_PLACE = ("fields", "withheld", "third_party")
RESERVED = ("_key", "_more")  # what the collector calls its own columns
HOOKS: Mapping[str, tuple[str, ...]] = {
    "count": ("subject",),
    "collect": ("subject", "ask"),
    "erase": ("subject", "ask"),
    "health": (),
}
ALIKE = 0.8  # of an unknown name and a known one: below it, it is a name of the host's own


def validate(policy: Any) -> None:
    """Hold a declaration against what one may say.

    Raises:
        DeclarationError: the first thing that is wrong: app, class, attribute, wanted, found.
    """
    for rule in RULES:
        for attribute, wanted, found in rule(policy):
            raise policy.wrong(attribute, wanted, found)


def key_is_a_name(policy: Any) -> Iterator[Wrong]:
    if not KEY.match(str(policy.key)) or policy.key == "database":
        yield "key", "a short name of small letters, digits and _ (and not 'database')", repr(policy.key)


def attributes_are_known(policy: Any) -> Iterator[Wrong]:
    """A source may have attributes of its own, such as an address; one that is nearly a known name is a slip."""
    known = {name for cls in type(policy).__mro__[1:-1] for name in (*vars(cls), *vars(cls).get("__annotations__", ()))}
    known = {name for name in known if not name.startswith("_")}
    for name, value in vars(type(policy)).items():
        if name.startswith("_") or name.isupper() or name in known or callable(value) or hasattr(value, "__get__"):
            continue
        if near := difflib.get_close_matches(name, known, 1, ALIKE):
            yield name, f"'{near[0]}', or a name that is not so near to it", repr(name)


def texts_are_texts(policy: Any) -> Iterator[Wrong]:
    for attribute in TEXTS:
        if not isinstance(getattr(policy, attribute), str | Promise):
            yield attribute, "a text", repr(getattr(policy, attribute))


def names_are_names(policy: Any) -> Iterator[Wrong]:
    for attribute in NAMES:
        value = getattr(policy, attribute)
        if not isinstance(value, tuple) or not all(isinstance(name, str) and name for name in value):
            yield attribute, "a tuple of field names", repr(value)
        elif len(set(value)) < len(value):
            yield attribute, "each field once", repr(value)


def texts_are_given(policy: Any) -> Iterator[Wrong]:
    for attribute in REASONS:
        value = getattr(policy, attribute)
        if not isinstance(value, Mapping):
            yield attribute, "{name: text}", repr(value)
            return
        for name, text in value.items():
            if not isinstance(name, str) or not name or not isinstance(text, str | Promise) or not text:
                yield attribute, "{name: text}, no text empty", f"{name!r}: {text!r}"


def names_are_not_the_collectors(policy: Any) -> Iterator[Wrong]:
    for attribute in (*NAMES, *REASONS):
        for name in getattr(policy, attribute):
            if name in RESERVED:
                yield attribute, "names that records have", f"{name!r}, which is the collector's"


def fields_are_in_one_place(policy: Any) -> Iterator[Wrong]:
    seen: dict[str, str] = {}
    for attribute in ONE_PLACE:
        for name in getattr(policy, attribute):
            if name in seen:
                yield attribute, "each field in one place", f"{name!r} also in '{seen[name]}'"
            seen[name] = attribute
    for attribute in ("portable", "reveal"):
        for name in getattr(policy, attribute):
            if name in policy.withheld or name in policy.third_party:
                yield attribute, "fields that are shown", f"{name!r}, which is in '{seen[name]}'"


def asks_are_attributes(policy: Any) -> Iterator[Wrong]:
    if not isinstance(policy.asks, tuple) or not all(isinstance(n, str) and hasattr(policy, n) for n in policy.asks):
        yield "asks", "a tuple of attributes of the adapter", repr(policy.asks)


def sections_have_keys(policy: Any) -> Iterator[Wrong]:
    for section in policy.sections:
        if ":" in section or section != section.strip():
            yield "sections", "keys without ':' and without blanks around them", repr(section)


def limits_are_limits(policy: Any) -> Iterator[Wrong]:
    for attribute in ("timeout", "time_limit"):
        value = getattr(policy, attribute)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            yield attribute, "a number of seconds above 0", repr(value)
    for attribute in ("batch_rows", "file_bytes"):
        value = getattr(policy, attribute)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            yield attribute, "a number above 0", repr(value)
    if not isinstance(policy.patience, timedelta) or policy.patience <= timedelta():
        yield "patience", "a timedelta above 0", repr(policy.patience)


def hooks_can_be_called(policy: Any) -> Iterator[Wrong]:
    """Called as agreed, and at once: nobody waits for a coroutine."""
    for name, names in HOOKS.items():
        wanted = f"a method {name}({', '.join(('self', *names))})"
        hook = getattr(policy, name)
        if getattr(hook, "__func__", None) is base_hook(name) and name in ("collect", "erase"):
            yield name, wanted, "none"
        elif not callable(hook) or not takes(hook, len(names)):
            yield name, wanted, repr(hook) if not callable(hook) else f"{name}{inspect.signature(hook)}"
        elif inspect.iscoroutinefunction(hook) or inspect.isasyncgenfunction(hook):
            yield name, wanted, "an async one"


def base_hook(name: str) -> Callable[..., Any]:
    """The hook of the root of all declarations, which does nothing."""
    from tasks.datamap.stores import SourcePrivacy  # it is made of what this module says

    found: Callable[..., Any] = getattr(SourcePrivacy, name)
    return found


def takes(hook: Callable[..., Any], count: int) -> bool:
    """Whether a function can be called with so many arguments."""
    try:
        inspect.signature(hook).bind(*range(count))
    except TypeError:
        return False
    return True


def erasure_can_be_asked_for(policy: Any) -> Iterator[Wrong]:
    """A store is told to erase, or is not: periods and masks of single rows are a model's."""
    fate = policy.erasure
    if isinstance(fate, Delete):
        return
    if not isinstance(fate, Keep):
        yield "erasure", "Delete() or Keep(because=…)", repr(fate)
    elif not fate.because:
        yield "erasure", "a Keep with because=…, which the person reads", "none"
    elif fate.for_ is not None or fate.after or fate.meanwhile is not None:
        yield "erasure", "a Keep with because=… alone", "for_, after or meanwhile, which are for models"


RULES: tuple[Rule, ...] = (
    key_is_a_name,
    attributes_are_known,
    texts_are_texts,
    context_is_of_its_words,
    names_are_names,
    texts_are_given,
    names_are_not_the_collectors,
    fields_are_in_one_place,
    asks_are_attributes,
    sections_have_keys,
    limits_are_limits,
    hooks_can_be_called,
    erasure_can_be_asked_for,
)
