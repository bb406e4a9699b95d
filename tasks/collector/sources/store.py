"""A declared store or service as a source: asked through its hooks, believed only after a look at what it gives."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any

from django.utils import timezone

from tasks.collector.sources.base import Batch, Progress
from tasks.collector.subject import Subject
from tasks.datamap.stores import Ask, Item, Kept, Outcome, SourcePrivacy
from tasks.datamap.vocabulary import Text
from tasks.errors import DossierError, SourceFault, SourceUnavailable

KEY, MORE = "_key", "_more"  # the first column, and the last: what later records have and the first ones had not
END = object()


@dataclass(frozen=True)
class StoreSource:
    """What a ``SourcePrivacy`` declares, as the rest of the house asks a source."""

    policy: SourcePrivacy

    @property
    def key(self) -> str:
        return self.policy.key

    @property
    def title(self) -> Text:
        return self.policy.title or self.policy.heading

    def count(self, subject: Subject) -> dict[str, int]:
        """Records per label; nothing where the source cannot tell without fetching."""
        with self.speaking():
            found = self.policy.count(subject)
        if found is None:
            return {}
        sections = found if isinstance(found, Mapping) else {"": found}
        for section, count in sections.items():
            self._want(isinstance(section, str), "count", "sections by their keys", section)
            self._want(type(count) is int and count >= 0, "count", "numbers of records", count)
        return {self.policy.label_of(section): count for section, count in sections.items()}

    def collect(self, subject: Subject, *, progress: Progress | None = None, ask: Ask | None = None) -> Iterator[Batch]:
        """Everything about ``subject``: the columns of a section are those declared, then those of its first records.

        Raises:
            SourceUnavailable: it did not answer, or what it gave is not what was agreed.
            SourceWaiting, SourceRefused: see ``SourcePrivacy.collect``.
        """
        done, total = 0, sum(self.count(subject).values()) if progress is not None else 0
        for batch in self._batches(subject, ask or Ask("", timezone.now())):
            yield batch
            done += len(batch.rows)
            if progress is not None:
                progress(done, max(done, total))

    def erase(self, subject: Subject, ask: Ask) -> Outcome:
        """Have everything about ``subject`` erased.

        Raises:
            SourceUnavailable, SourceWaiting, SourceRefused: see ``SourcePrivacy.erase``.
        """
        with self.speaking():
            outcome = self.policy.erase(subject, ask)
        self._want(isinstance(outcome, Outcome), "erase", "a datamap.Outcome", outcome)
        numbers = (outcome.erased, outcome.changed, *(each.count for each in outcome.kept if isinstance(each, Kept)))
        self._want(all(type(n) is int and n >= 0 for n in numbers), "erase", "numbers of records", numbers)
        kept = all(isinstance(k, Kept) and k.because and isinstance(k.until, date | None) for k in outcome.kept)
        self._want(kept, "erase", "kept=(Kept(count, because, until), …)", outcome.kept)
        return outcome

    def gaps(self, subject: Subject) -> dict[str, str]:
        """Nothing: what a store cannot answer is an error."""
        return {}

    def health(self) -> str:
        """A word or two on how it is.

        Raises:
            SourceUnavailable: it is not well.
        """
        with self.speaking():
            said = self.policy.health()
        self._want(isinstance(said, str), "health", "a text", said)
        return said[:200]

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Say it in Dossier's words when a hook fails. Its own words may hold anything, and are not repeated.

        Raises:
            SourceUnavailable: naming the source and the kind of error.
        """
        try:
            yield
        except DossierError:
            raise
        except Exception as error:
            raise SourceUnavailable(f"{self.key}: {type(error).__name__}.") from error

    def _batches(self, subject: Subject, ask: Ask) -> Iterator[Batch]:
        seen: set[str] = set()
        for section, items in groupby(self._items(subject, ask), key=lambda item: item.section):
            self._want(section not in seen, "collect", "the records of a section one after the other", section)
            seen.add(section)
            yield from self._section(section, items)

    def _section(self, section: str, items: Iterable[Item]) -> Iterator[Batch]:
        label, rest = self.policy.label_of(section), iter(items)
        chunk = list(islice(rest, self.policy.batch_rows))
        names = tuple(dict.fromkeys([*self.policy.fields, *(str(name) for item in chunk for name in item.values)]))
        columns = (KEY, *(name for name in names if name not in (KEY, MORE)), MORE)
        while chunk:
            rows = [row(item, columns[1:-1]) for item in chunk]
            yield Batch(self.key, label, None, columns, rows, owned=True)
            chunk = list(islice(rest, self.policy.batch_rows))

    def _items(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        with self.speaking():
            given = self.policy.collect(subject, ask)
            self._want(isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping),
                       "collect", "an iterable of records", given)  # fmt: skip
            found = iter(given)
        place = 0
        while True:
            with self.speaking():
                one: Any = next(found, END)
            if one is END:
                return
            place += 1
            yield self._item(one, place)

    def _item(self, one: Any, place: int) -> Item:
        if isinstance(one, Mapping):
            one = Item(str(one.get("id") or one.get("key") or place), one)
        self._want(isinstance(one, Item), "collect", "datamap.Item or a mapping", one)
        self._want(isinstance(one.values, Mapping), "collect", "an Item whose values are a mapping", one.values)
        self._want(isinstance(one.section, str), "collect", "an Item whose section is a text", one.section)
        return Item(str(one.key), one.values, one.section)

    def _want(self, holds: bool, hook: str, wanted: str, found: object) -> None:  # noqa: FBT001 - a condition
        if not holds:
            raise SourceFault(f"{self.key}.{hook}: wanted {wanted}, found {type(found).__name__}.")


def row(item: Item, names: tuple[str, ...]) -> tuple[Any, ...]:
    """A record as a row: what has no column stands together in the last one."""
    more = {str(name): value for name, value in item.values.items() if str(name) not in names}
    return (item.key, *(item.values.get(name) for name in names), more or None)
