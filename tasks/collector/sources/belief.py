"""What is believed of what a source gives: values that every later room can hold, numbers that add up."""

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from tasks.datamap.stores import Content, Kept, Outcome

PLAIN = (str, bool, int, float, Decimal, date, time, timedelta, UUID, IPv4Address, IPv6Address, Promise)
EXACTLY = frozenset({type(None), *PLAIN})  # most values are of one of them, and asking so costs least
BYTES = (bytes, bytearray, memoryview)
LISTS = (list, tuple, set, frozenset)
DEEPEST = 60  # below it nobody looks: the transformation tells what lies deeper as text

Sound = tuple[bool, str, object]  # whether it holds, what was wanted, what was found


def is_plain(value: object, *, depth: int = 0) -> bool:
    """Whether a value is one of those that a record may hold: no instance of somebody's class."""
    if type(value) in EXACTLY or isinstance(value, PLAIN) or depth > DEEPEST:
        return True
    if isinstance(value, Content):
        return sound_content(value)
    if isinstance(value, Mapping):
        return all(is_plain(part, depth=depth + 1) for part in value.values())
    if isinstance(value, LISTS):
        return all(is_plain(part, depth=depth + 1) for part in value)
    return isinstance(value, BYTES)


def sound_content(value: Content) -> bool:
    """Whether a file has a name, can be opened, and has a size that a file can have."""
    size = value.size is None or (type(value.size) is int and value.size >= 0)
    return isinstance(value.name, str) and callable(value.open) and size and isinstance(value.media_type, str)


def outcome_is_sound(outcome: Outcome) -> Iterator[Sound]:
    """What has to hold of the outcome of an erasure before a certificate repeats it."""
    for count in (outcome.erased, outcome.changed):
        yield is_count(count), "numbers of records", count
    yield isinstance(outcome.kept, tuple | list), "kept=(Kept(count, because, until), …)", outcome.kept
    for each in outcome.kept:
        yield isinstance(each, Kept), "kept=(Kept(count, because, until), …)", each
        yield is_count(each.count), "numbers of records", each.count
        yield is_text(each.because) and bool(each.because), "a Kept with because=…", each.because
        yield isinstance(each.until, date | None), "a date for until=", each.until
    yield isinstance(outcome.notes, tuple | list) and all(map(is_text, outcome.notes)), "notes=(text, …)", outcome.notes
    yield isinstance(outcome.proof, str), "a text for proof=", outcome.proof


def is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def is_text(value: Any) -> bool:
    return isinstance(value, str | Promise)
