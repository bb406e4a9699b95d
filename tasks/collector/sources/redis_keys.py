"""Redis keys, looked at and read a hundred at a time: what they are, how large, until when, and the short texts."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BufferedReader, RawIOBase
from itertools import islice
from typing import Any, BinaryIO, cast

from tasks.collector.sources.redis_client import is_wrong_type
from tasks.collector.sources.redis_values import SIZES, Key
from tasks.errors import SourceFault, SourceUnavailable

CHUNK = 100  # keys that are looked at together
AT_ONCE = 4 << 20  # bytes of texts that are read together
LOOKS = 3
Command = tuple[Any, ...]  # name of the client's method, its arguments


def chunks(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(names)
    while some := list(islice(rest, CHUNK)):
        yield some


def pipelined(client: Any, commands: Sequence[Command]) -> list[Any]:
    """The answers to commands that are sent together, each about one key. WRONGTYPE stays an answer."""
    if not commands:
        return []
    with client.pipeline(transaction=False) as pipe:
        for method, *arguments in commands:
            getattr(pipe, method)(*arguments)
        answers = pipe.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception) and not is_wrong_type(answer):
            raise answer
    return list(answers)


def looked_at(client: Any, names: Sequence[bytes], *, who: str, at: datetime | None = None) -> list[Key]:
    """Those of the keys that are there. ``at`` is now, where it matters until when they are.

    Raises:
        SourceFault: a type that we do not know: a module's.
        SourceUnavailable: a key changes its type as often as we look.
    """
    found: dict[bytes, Key] = {}
    left = list(names)
    for _ in range(LOOKS):
        left = _look(client, left, found, who=who, at=at)
        if not left:
            return [found[name] for name in names if name in found]
    raise SourceUnavailable(f"{who}: a key changes its type while we look at it. We try again.")


def _look(client: Any, names: list[bytes], found: dict[bytes, Key], *, who: str, at: datetime | None) -> list[bytes]:
    """Fill ``found``; return the keys whose type changed meanwhile."""
    answers = pipelined(client, [(method, name) for name in names for method in ("type", "pttl")])
    kinds = {name: bytes(kind).decode() for name, kind in zip(names, answers[::2], strict=True) if kind != b"none"}
    left = dict(zip(names, answers[1::2], strict=True))
    for kind in kinds.values():
        if kind not in SIZES:
            raise SourceFault(
                f"{who}: a key is of a type that we cannot read ({kind[:20]}). Exempt it, or ask otherwise."
            )
    sizes = pipelined(client, [(SIZES[kind], name) for name, kind in kinds.items()])
    again = []
    for (name, kind), size in zip(kinds.items(), sizes, strict=True):
        if is_wrong_type(size):
            again.append(name)
        elif size or kind == "string":
            found[name] = Key(name, kind, size, expiry(left[name], at))
    return again


def expiry(milliseconds: int, at: datetime | None) -> datetime | None:
    """When a key goes by itself, to the second; None where it stays."""
    if at is None or milliseconds < 0:
        return None
    try:
        return (at + timedelta(milliseconds=milliseconds)).replace(microsecond=0)
    except OverflowError:  # after the year 9999
        return None


def texts(client: Any, keys: Sequence[Key], *, largest: int) -> dict[bytes, bytes]:
    """The strings among the keys that are not too large, as far as they are still there."""
    small = [key for key in keys if key.kind == "string" and key.size <= largest]
    found: dict[bytes, bytes] = {}
    for group in grouped(small):
        values = pipelined(client, [("get", key.name) for key in group])
        for key, value in zip(group, values, strict=True):
            if is_wrong_type(value):
                raise value
            if value is not None:
                found[key.name] = value
    return found


def grouped(keys: Sequence[Key]) -> Iterator[list[Key]]:
    """Groups whose strings come to no more than ``AT_ONCE`` bytes, as long as one alone does not."""
    group: list[Key] = []
    for key in keys:
        if group and sum(each.size for each in group) + key.size > AT_ONCE:
            yield group
            group = []
        group.append(key)
    if group:
        yield group


class Pieces(RawIOBase):
    """A string of Redis as a file: read in pieces with GETRANGE."""

    def __init__(self, client: Any, key: Key, *, who: str) -> None:
        self._client, self._key, self._who, self._place = client, key, who, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._key.size - self._place)
        if not wanted:
            return 0
        piece = self._client.getrange(self._key.name, self._place, self._place + wanted - 1)
        if len(piece) != wanted:
            raise SourceUnavailable(f"{self._who}: a key went, or became shorter, while we read it.")
        buffer[:wanted] = piece
        self._place += wanted
        return wanted


@contextmanager
def file_of(client: Any, key: Key, *, who: str) -> Iterator[BinaryIO]:
    """The string under ``key`` as an open file."""
    with BufferedReader(Pieces(client, key, who=who), buffer_size=1 << 18) as file:
        yield cast("BinaryIO", file)
