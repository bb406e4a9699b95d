"""A person's part of what stands under everybody's key: one field of a hash, one member of a set or a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from tasks.collector.sources.redis_patterns import Found, Pattern
from tasks.collector.sources.redis_values import Key, Record, members, pairs, plain_name, scored, spread
from tasks.datamap.vocabulary import Text

PIECE = 500


@dataclass(frozen=True)
class HashField:
    """A field of a hash that everybody shares: ``HashField("wishlists", "{user.pk}", _("Wish list"))``.

    A wildcard in ``element`` is looked for with HSCAN: ``HashField("votes", "{user.pk}:*")``.
    """

    key: str
    element: str
    title: Text = ""
    kinds: ClassVar[tuple[str, ...]] = ("hash",)
    wanted: ClassVar[str] = "a hash"


@dataclass(frozen=True)
class Member:
    """A member of a set, a sorted set or a list that everybody shares: ``Member("leaderboard", "{user.pk}")``."""

    key: str
    element: str
    title: Text = ""
    kinds: ClassVar[tuple[str, ...]] = ("set", "zset", "list")
    wanted: ClassVar[str] = "a set, a sorted set or a list"


AnyPart = HashField | Member


def slug_of(part: AnyPart) -> str:
    return Pattern(part.key).slug


def elements(client: Any, key: Key, wanted: Found) -> Iterator[tuple[bytes, Record]]:
    """The person's elements under ``key``: each as it is stored, and as a record."""
    return GLOBS[key.kind](client, key, wanted.text) if wanted.is_glob else exactly(client, key, wanted.text.encode())


def exactly(client: Any, key: Key, element: bytes) -> Iterator[tuple[bytes, Record]]:
    """The one element, without looking at any other."""
    name = plain_name(element)
    if key.kind == "hash":
        value = client.hget(key.name, element)
        if value is not None:
            yield element, (name, {"field": name, **spread(value)})
    elif key.kind == "zset":
        score = client.zscore(key.name, element)
        if score is not None:
            yield element, (name, {**spread(element), "score": score})
    elif key.kind == "set":
        if client.sismember(key.name, element):
            yield element, (name, spread(element))
    else:
        times = len(client.lpos(key.name, element, count=0))  # 0: all of them
        if times:
            yield element, (name, {**spread(element), "times": times})


def hash_glob(client: Any, key: Key, glob: str) -> Iterator[tuple[bytes, Record]]:
    for field, value in pairs(client, key.name, match=glob):
        yield field, (plain_name(field), {"field": plain_name(field), **spread(value)})


def set_glob(client: Any, key: Key, glob: str) -> Iterator[tuple[bytes, Record]]:
    for member in members(client, key.name, match=glob):
        yield member, (plain_name(member), spread(member))


def sorted_glob(client: Any, key: Key, glob: str) -> Iterator[tuple[bytes, Record]]:
    for member, score in scored(client, key.name, match=glob):
        yield member, (plain_name(member), {**spread(member), "score": score})


GLOBS = {"hash": hash_glob, "set": set_glob, "zset": sorted_glob}  # a list cannot be asked: see Pattern.unfit


def remove(client: Any, key: Key, element: bytes) -> int:
    """Take the element out; 1 where it was there. What others have stays."""
    if key.kind == "hash":
        return int(client.hdel(key.name, element))
    if key.kind == "zset":
        return int(client.zrem(key.name, element))
    if key.kind == "set":
        return int(client.srem(key.name, element))
    return min(1, int(client.lrem(key.name, 0, element)))
