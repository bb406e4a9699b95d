r"""Redis keys by pattern: ``"cart:{user.pk}"`` is one key, ``"session:*:{email}"`` is looked for with SCAN.

Outside of the places ``*``, ``?`` and ``[…]`` are Redis's wildcards, and ``\*`` is a star. What stands in a place is
never a wildcard: an address that is ``*`` matches nothing but itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tasks.collector.sources import placeholders
from tasks.collector.sources.placeholders import Person

TOKEN = re.compile(
    r"\\(?P<plain>.)|(?P<brace>\{\{|\}\})|\{(?P<place>[^{}]*)\}|(?P<wild>\*|\?|\[[^\]]*\])|(?P<text>.)", re.DOTALL
)
WORDS = re.compile(r"[a-z0-9]+")
SPECIAL = re.compile(r"[*?\[\]\\^-]")


@dataclass(frozen=True)
class Found:
    """A pattern that was filled for one person: ``text`` is a key, or a glob where ``is_glob``."""

    text: str
    is_glob: bool

    def __repr__(self) -> str:  # a log line must not show it
        return f"<{'glob' if self.is_glob else 'key'}>"


@dataclass(frozen=True)
class Pattern:
    """A key, a field or a member, with places for what is known of a person."""

    text: str

    @cached_property
    def tokens(self) -> list[tuple[str, str]]:
        """``("place", "user.pk")``, ``("wild", "*")``, ``("text", ":")`` …, in order."""
        return [self._token(found) for found in TOKEN.finditer(self.text)]

    @staticmethod
    def _token(found: re.Match[str]) -> tuple[str, str]:
        kind = found.lastgroup or "text"
        value = found[kind]
        return ("text", value[0] if kind == "brace" else value) if kind in ("plain", "brace", "text") else (kind, value)

    @property
    def is_glob(self) -> bool:
        return any(kind == "wild" for kind, _ in self.tokens)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(value for kind, value in self.tokens if kind == "place"))

    @property
    def slug(self) -> str:
        """What of it is words: ``"session:*:{email}"`` is ``"session"``."""
        said = "".join(value if kind == "text" else " " for kind, value in self.tokens)
        return "_".join(WORDS.findall(said.lower()))[:40]

    def unfit(self, *, nobody: bool = False) -> str:
        """Why it cannot be used, or an empty text. ``nobody``: it need not name a person."""
        if why := placeholders.unfit(self.names):
            return why
        if not self.text or not (self.names or nobody):
            return f"{self.text!r}, which names nobody"
        for (kind, _), (next_kind, _) in zip(self.tokens, self.tokens[1:], strict=False):
            if {kind, next_kind} == {"wild", "place"}:
                return f"{self.text!r}, where a wildcard touches a place: for 1 it would match 12, too"
        return ""

    def found(self, person: Person) -> Iterator[Found]:
        """The pattern filled with each combination of the person's values; none where one is missing."""
        for values in person.each(self.names):
            yield Found(self._filled(values, is_glob=self.is_glob), self.is_glob)

    def _filled(self, values: dict[str, object], *, is_glob: bool) -> str:
        told = ((kind, str(values[value]) if kind == "place" else value) for kind, value in self.tokens)
        return "".join(text if kind == "wild" or not is_glob else escaped(text) for kind, text in told)


def escaped(text: str) -> str:
    """``text`` as a glob that matches nothing else."""
    return SPECIAL.sub(r"\\\g<0>", text)
