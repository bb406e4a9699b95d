"""A dictionary that makes what it lacks, and forgets all when it grows too large."""

from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")
LARGEST = 20_000


class Memo(dict[Key, Made]):
    """``Memo(make)[key]`` is ``make(key)``, made once as long as it is remembered."""

    def __init__(self, make: Callable[[Key], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Made:
        if len(self) >= LARGEST:
            self.clear()
        made = self[key] = self._make(key)
        return made
