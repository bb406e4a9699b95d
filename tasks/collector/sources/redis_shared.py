"""A person's part of what stands under everybody's key: one field of a hash, one member of a set or a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from tasks.collector.sources.redis_patterns import Found, Pattern
from tasks.collector.sources.redis_values import FOUND, Element, Key, of_hash, of_set, of_sorted, plain_name, spread
from tasks.datamap.vocabulary import Text


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


def elements(client: Any, key: Key, wanted: Found) -> Iterator[Element]:
    """The person's elements under ``key``. A list cannot be asked by a glob: see Pattern.unfit."""
    if wanted.is_glob:
        return FOUND[key.kind](client, key, wanted.text)
    return exactly(client, key, wanted.text.encode())


def exactly(client: Any, key: Key, element: bytes) -> Iterator[Element]:
    """The one element, without looking at any other."""
    if key.kind == "hash":
        value = client.hget(key.name, element)
        if value is not None:
            yield of_hash(element, value)
    elif key.kind == "zset":
        score = client.zscore(key.name, element)
        if score is not None:
            yield of_sorted(element, score)
    elif key.kind == "set":
        if client.sismember(key.name, element):
            yield of_set(element)
    else:
        times = len(client.lpos(key.name, element, count=0))  # 0: all of them
        if times:
            yield element, (plain_name(element), {**spread(element), "times": times})


def remove(client: Any, key: Key, element: bytes) -> int:
    """Take the element out; 1 where it was there. What others have stays."""
    if key.kind == "hash":
        return int(client.hdel(key.name, element))
    if key.kind == "zset":
        return int(client.zrem(key.name, element))
    if key.kind == "set":
        return int(client.srem(key.name, element))
    return min(1, int(client.lrem(key.name, 0, element)))
