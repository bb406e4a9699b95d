"""The verdicts on rows of one model: sets of rows under one verdict, single rows only where they differ."""

from collections.abc import Iterable, Iterator
from typing import Any

from tasks.collector.keyset import KeySet
from tasks.erasure.rules import Rule, Verdict


class Staying:
    """Rows of one model that stay (or are refused). A row's own verdict outweighs that of its set."""

    def __init__(self) -> None:
        self.sets: dict[Verdict, KeySet] = {}
        self.single: dict[Any, Verdict] = {}

    def __contains__(self, key: object) -> bool:
        return key in self.single or any(key in keys for keys in self.sets.values())

    def __len__(self) -> int:
        return (
            sum(1 for _ in self) if self.single and self.sets else len(self.single) + sum(map(len, self.sets.values()))
        )

    def __iter__(self) -> Iterator[Any]:
        yield from self.single
        for keys in self.sets.values():
            yield from self._own(keys)

    def get(self, key: Any) -> Verdict | None:
        """The verdict on one row, if it stays."""
        if key in self.single:
            return self.single[key]
        return next((verdict for verdict, keys in self.sets.items() if key in keys), None)

    def put(self, keys: KeySet, verdict: Verdict) -> None:
        """Judge rows on which there is no verdict yet, all alike."""
        if keys:
            self.sets[verdict] = self.sets[verdict] | keys if verdict in self.sets else keys

    def groups(self) -> Iterator[tuple[Verdict, KeySet]]:
        """Each verdict with its rows; single rows that share one come together."""
        found: dict[Verdict, list[Any]] = {}
        for key, verdict in self.single.items():
            found.setdefault(verdict, []).append(key)
        for verdict, keys in self.sets.items():
            if own := found.pop(verdict, None):
                yield verdict, KeySet([*own, *self._own(keys)])
            else:
                yield verdict, KeySet(self._own(keys)) if self.single else keys
        for verdict, own in found.items():
            yield verdict, KeySet(own)

    def _own(self, keys: KeySet) -> Iterable[Any]:
        return (key for key in keys if key not in self.single) if self.single else keys


class Going:
    """Rows of one model that are deleted, by the rule that says so."""

    def __init__(self) -> None:
        self.rules: dict[Rule, KeySet] = {}

    def __contains__(self, key: object) -> bool:
        return any(key in keys for keys in self.rules.values())

    def __iter__(self) -> Iterator[Any]:
        for keys in self.rules.values():
            yield from keys

    def put(self, keys: KeySet, rule: Rule) -> None:
        """Let rows go on which there is no verdict yet."""
        if keys:
            self.rules[rule] = self.rules[rule] | keys if rule in self.rules else keys
