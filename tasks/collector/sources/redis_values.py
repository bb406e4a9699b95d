"""What stands under a Redis key, as records: read piece by piece, so that memory does not grow with it."""

import base64
import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

PIECE = 500  # elements that are asked for at once
LARGEST = (1 << 64) - 1  # of the two numbers that the id of a stream's entry is made of
Record = tuple[str, dict[str, Any]]  # which element of the key (empty: the key is one record), its values
Element = tuple[bytes, Record]  # an element as it is stored, and as a record

SIZES = {"string": "strlen", "hash": "hlen", "list": "llen", "set": "scard", "zset": "zcard", "stream": "xlen"}


@dataclass(frozen=True)
class Key:
    """A key as it was a moment ago. ``size`` in bytes for a string, else in elements."""

    name: bytes = field(repr=False)
    kind: str
    size: int
    expires_at: datetime | None = None

    def records(self, *, as_one: int) -> int:
        """How many records it comes to. A hash of at most ``as_one`` fields is one."""
        if self.kind == "string" or (self.kind == "hash" and 0 < self.size <= as_one):
            return 1
        return self.size


def records_of(client: Any, key: Key, *, as_one: int) -> Iterator[Record]:
    """The records of a key that is no string.

    A hash of at most ``as_one`` fields is one record with the fields as values; a larger one, and everything
    else, has a record for each element. An element that is a JSON object shows its own fields.
    """
    if key.kind == "hash" and key.records(as_one=as_one) == 1:
        whole = {plain_name(name): plain(value) for name, value in pairs(client, key.name)}
        return iter([("", whole)] if whole else [])
    if key.kind in FOUND:
        return (record for _, record in FOUND[key.kind](client, key))
    return READERS[key.kind](client, key)


def pairs(client: Any, name: bytes, *, match: str | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Fields and values of a hash. HSCAN may give one twice while the hash grows; we do not."""
    return once(client.hscan_iter(name, match=match, count=PIECE), by=lambda pair: pair[0])


def once(found: Iterable[Any], *, by: Callable[[Any], bytes]) -> Iterator[Any]:
    """Each once."""
    seen = Marks()
    return (one for one in found if seen.add(by(one)))


class Marks:
    """Which names were seen. It holds some sixteen bytes of each: a set of a million names would take 100 MB."""

    def __init__(self) -> None:
        self._slots, self._used = array("Q", bytes(8 * 1024)), 0

    def add(self, name: bytes) -> bool:
        """Whether the name is new."""
        mark = hash(name) & 0xFFFFFFFFFFFFFFFF or 1  # 0 is an empty slot
        slot = self._slot(mark)
        if self._slots[slot] == mark:
            return False
        self._slots[slot] = mark
        self._used += 1
        if self._used * 2 > len(self._slots):
            self._grow()
        return True

    def _slot(self, mark: int) -> int:
        slots, size = self._slots, len(self._slots)
        slot = mark % size
        while slots[slot] and slots[slot] != mark:
            slot = (slot + 1) % size
        return slot

    def _grow(self) -> None:
        before, self._slots = self._slots, array("Q", bytes(8 * 2 * len(self._slots)))
        for mark in before:
            if mark:
                self._slots[self._slot(mark)] = mark


def in_hash(client: Any, key: Key, match: str | None = None) -> Iterator[Element]:
    """Its fields, or those that the glob ``match`` finds."""
    return (of_hash(*pair) for pair in pairs(client, key.name, match=match))


def in_set(client: Any, key: Key, match: str | None = None) -> Iterator[Element]:
    return map(of_set, once(client.sscan_iter(key.name, match=match, count=PIECE), by=bytes))


def in_sorted(client: Any, key: Key, match: str | None = None) -> Iterator[Element]:
    found = once(client.zscan_iter(key.name, match=match, count=PIECE), by=lambda pair: pair[0])
    return (of_sorted(*pair) for pair in found)


def of_hash(name: bytes, value: bytes) -> Element:
    return name, (plain_name(name), {"field": plain_name(name), **spread(value)})


def of_set(member: bytes) -> Element:
    return member, (plain_name(member), spread(member))


def of_sorted(member: bytes, score: float) -> Element:
    return member, (plain_name(member), {**spread(member), "score": score})


def read_list(client: Any, key: Key) -> Iterator[Record]:
    for start in range(0, key.size, PIECE):
        for place, value in enumerate(client.lrange(key.name, start, start + PIECE - 1), start):
            yield str(place), spread(value)


def read_stream(client: Any, key: Key) -> Iterator[Record]:
    start = "-"
    while start and (entries := client.xrange(key.name, min=start, count=PIECE)):
        for entry, values in entries:
            said = {plain_name(name): plain(value) for name, value in (values or {}).items()}
            yield entry.decode(), {"at": moment(entry), **said}
        start = after(entries[-1][0])


def moment(entry: bytes) -> datetime | None:
    """When an entry was added, which its id says unless somebody chose another."""
    try:
        return datetime.fromtimestamp(int(entry.partition(b"-")[0]) / 1000, tz=UTC)
    except (ValueError, OverflowError):
        return None


def after(entry: bytes) -> str:
    """The smallest id that comes after an entry of a stream; empty after the largest that there can be."""
    milliseconds, _, number = entry.partition(b"-")
    place = (int(milliseconds) << 64 | int(number)) + 1
    return "" if place >> 128 else f"{place >> 64}-{place & LARGEST}"


FOUND = {"hash": in_hash, "set": in_set, "zset": in_sorted}  # what can be asked for elements by a glob
READERS: dict[str, Callable[[Any, Key], Iterator[Record]]] = {"list": read_list, "stream": read_stream}


# --- values


def spread(value: bytes) -> dict[str, Any]:
    """The fields of a JSON object, or the one value."""
    said = plain(value)
    return said if isinstance(said, dict) and said else {"value": said}


def plain(value: bytes) -> Any:
    """JSON objects and lists as such, text as text, and what is no text as bytes."""
    text = as_text(value)
    if text is None:
        return value
    return structure(text) if text[:1] in ("{", "[") else text


def plain_name(value: bytes) -> str:
    """The name of a field or of a member: always a text, and always another one for another name."""
    text = as_text(value)
    return text if text is not None else "base64:" + base64.b64encode(value).decode()


def as_text(value: bytes) -> str | None:
    """The text that the bytes are; None where they are none."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def structure(text: str) -> Any:
    """What ``text`` says as JSON; the text itself where it is none, or deeper than anybody reads."""
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
