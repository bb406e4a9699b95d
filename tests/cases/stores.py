"""Stores for the cases' tests: what they hold, and what they shall do, stands in the test's hands."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tasks.collector import Subject
from tasks.datamap import Item, Keep, Outcome, SourcePrivacy
from tasks.datamap.stores import Ask

Doing = Callable[[Ask], Any]


@dataclass
class Shelf:
    """What one store holds about Alice, what it was asked, and what it does instead of answering."""

    records: list[dict[str, Any]] = field(default_factory=list)
    asks: list[tuple[str, Ask]] = field(default_factory=list)
    whom: list[dict[str, list[str]]] = field(default_factory=list)
    instead: dict[str, list[Doing]] = field(default_factory=dict)  # hook -> what it does, one call after the other

    def do(self, hook: str, *doing: Doing) -> None:
        self.instead[hook] = list(doing)

    def act(self, hook: str, ask: Ask) -> Any:
        self.asks.append((hook, ask))
        if waiting := self.instead.get(hook):
            return (waiting.pop(0) if len(waiting) > 1 else waiting[0])(ask)
        return None


class ShelfPrivacy(SourcePrivacy):
    """A store whose shelf is a class attribute."""

    shelf: Shelf
    time_limit = 5.0

    def count(self, subject: Subject) -> int | dict[str, int] | None:
        found = self.shelf.act("count", Ask("", None))
        return len(self.shelf.records) if found is None else found

    def collect(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        self.shelf.whom.append(subject.identifiers())
        self.shelf.act("collect", ask)
        yield from (Item(str(n), record) for n, record in enumerate(self.shelf.records))

    def erase(self, subject: Subject, ask: Ask) -> Outcome:
        self.shelf.whom.append(subject.identifiers())
        if found := self.shelf.act("erase", ask):
            return found
        erased, self.shelf.records = len(self.shelf.records), []
        return Outcome(erased=erased, proof="LP-1")


def declared(key: str, shelf: Shelf, **attributes: Any) -> type[ShelfPrivacy]:
    """A source with this key on that shelf."""
    return type(
        f"{key.title()}Privacy", (ShelfPrivacy,), {"key": key, "title": key.title(), "shelf": shelf, **attributes}
    )


def raises(error: BaseException) -> Doing:
    def do(ask: Ask) -> None:
        raise error

    return do


def hangs(ask: Ask) -> None:
    """Longer than any test waits."""
    time.sleep(600)


KEPT = Keep(because="§ 257 HGB")
