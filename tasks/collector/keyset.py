"""Sets of primary keys that are small in memory, sorted, and never change once they are built."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from operator import lt
from typing import Any, Self


class KeySet(AbstractSet[Any]):
    """Primary keys of one model: eight bytes each where they are integers, else one sorted list.

    Iterates in the one order that everything uses (``order``), and is a set otherwise: ``in``, ``len``,
    ``==``, ``&``, ``|``, ``-`` work as of any set, also with a ``set``.
    """

    __slots__ = ("_keys", "_members")

    def __init__(self, keys: Iterable[Any] = ()) -> None:
        self._keys: array[int] | list[Any] = keys._keys if isinstance(keys, KeySet) else packed(keys)
        self._members: frozenset[Any] | None = None

    def __contains__(self, key: object) -> bool:
        if isinstance(self._keys, array):
            if type(key) is not int:
                return isinstance(key, int) and int(key) in self
            place = bisect_left(self._keys, key)
            return place < len(self._keys) and self._keys[place] == key
        if self._members is None:
            self._members = frozenset(self._keys)
        return key in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __or__(self, other: Iterable[Any]) -> "KeySet":
        if isinstance(other, AbstractSet) and not other:
            return self
        return KeySet([*self, *other])

    def __sub__(self, other: AbstractSet[Any]) -> "KeySet":
        return KeySet(key for key in self if key not in other) if other else self

    # a set on the left stays a set, as with frozenset

    def __ror__(self, other: AbstractSet[Any]) -> set[Any]:
        return {*other, *self}

    def __rand__(self, other: AbstractSet[Any]) -> set[Any]:
        return {key for key in other if key in self}

    def __rsub__(self, other: AbstractSet[Any]) -> set[Any]:
        return {key for key in other if key not in self}

    def __hash__(self) -> int:
        return self._hash()  # as a frozenset of the same keys

    def __repr__(self) -> str:
        return f"<KeySet of {len(self)}>"

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> Self:
        return cls(it)

    @property
    def integers(self) -> bool:
        """Whether every key is an integer of 64 bits."""
        return isinstance(self._keys, array)

    def chunks(self, size: int) -> Iterator[list[Any]]:
        """The keys in lists of at most ``size``, in order."""
        for start in range(0, len(self._keys), size):
            yield list(self._keys[start : start + size])

    def small(self, most: int = 10_000) -> AbstractSet[Any]:
        """Something that answers ``in`` fast: a hash set as long as that costs little memory."""
        return frozenset(self._keys) if len(self._keys) <= most else self


class Gathered:
    """Keys on their way into a ``KeySet``: a key may come more than once."""

    def __init__(self) -> None:
        self._integers = array("q")
        self._others: list[Any] = []

    def add(self, keys: list[Any]) -> None:
        """Take keys; integers are held in eight bytes each."""
        try:
            self._integers.fromlist(keys)  # takes all or none
        except (TypeError, OverflowError):
            self._others += keys

    def done(self) -> KeySet:
        """Give the set; what was gathered is used up."""
        keys: Iterable[Any] = [*self._integers, *self._others] if self._others else self._integers
        found = KeySet(keys)
        self._integers, self._others = array("q"), []
        return found


def packed(keys: Iterable[Any]) -> "array[int] | list[Any]":
    """Sort keys, each once, as small as they can be held."""
    keys = keys if isinstance(keys, array) else list(keys)
    try:
        found = array("q", sorted(keys))
    except (TypeError, OverflowError):
        return sorted(set(keys), key=order)
    if all(map(lt, found, islice(found, 1, None))):
        return found
    return array("q", (key for place, key in enumerate(found) if not place or found[place - 1] != key))


def order(key: Any) -> tuple[int, Any, str]:
    """Sorts numbers by value, and before all others, which sort by their text."""
    return (0, key, "") if isinstance(key, int) else (1, 0, str(key))


EMPTY = KeySet()
