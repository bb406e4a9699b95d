"""Texts with names in braces, taken apart once and filled for many rows."""

from collections.abc import Mapping, Sequence
from itertools import chain
from string import Formatter
from typing import NamedTuple

from tasks.datamap.wording import root

LABEL = 200  # characters of a label
SENTENCE = 1_000


class Slot(NamedTuple):
    """A name in a text, and what is asked of it: ``{lines:count}``."""

    name: str
    spec: str


class Template:
    """``"Order {number}"``: its slots, and the text around them. One that cannot be read has no slots and is empty."""

    def __init__(self, text: str) -> None:
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            parts = []
        self.slots = [Slot(root(name), spec or "") for _, name, spec, _ in parts if name is not None]
        pieces = ((text.replace("%", "%%"), "%s" if name is not None else "") for text, name, _, _ in parts)
        self.pattern = "".join(chain.from_iterable(pieces))

    @property
    def names(self) -> list[str]:
        """The names in the text, each once."""
        return list(dict.fromkeys(slot.name for slot in self.slots))

    def fill(self, words: Mapping[str, str]) -> str:
        """The text with each name's words; an unknown name stands empty."""
        return folded(self.pattern % tuple(words.get(slot.name, "") for slot in self.slots), LABEL)

    def rows(self, columns: Sequence[Sequence[str]], *, longest: int = LABEL) -> list[str]:
        """The text for each row; ``columns`` hold the words of each slot. Nothing where no slot says anything."""
        pattern = self.pattern
        return [folded(pattern % words, longest) if any(words) else "" for words in zip(*columns, strict=True)]


def folded(text: str, longest: int) -> str:
    """``text`` on one line, and not too long."""
    return " ".join(text.split())[:longest]
