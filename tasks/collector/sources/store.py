"""A declared store or service as a source: asked through its hooks, believed only after a look at what it gives."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from time import monotonic
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tasks.collector.sources.base import Batch, Progress
from tasks.collector.sources.belief import is_plain, outcome_is_sound
from tasks.collector.subject import Subject
from tasks.datamap.source_rules import RESERVED
from tasks.datamap.stores import Ask, Item, Outcome, SourcePrivacy
from tasks.datamap.vocabulary import Text
from tasks.errors import DossierError, SourceFault, SourceUnavailable

KEY, MORE = RESERVED  # the first column, and the last: what later records have and the first ones had not
END = object()
LONGEST = 100  # characters of a section's key, which names files and counts


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
        for batch in self._batches(subject, ask or Ask(uuid4().hex, timezone.now())):
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
        for holds, wanted, found in outcome_is_sound(outcome):
            self._want(holds, "erase", wanted, found)
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
        """One section: what is declared first, in its order, then what its first records have beside it."""
        label, size, rest = self.policy.label_of(section), self.policy.batch_rows, iter(items)
        chunk = list(islice(rest, size + 1))
        columns = columns_of(self.policy, chunk, is_all=len(chunk) <= size)
        while chunk:
            rows = [row(item, columns[1:-1]) for item in chunk[:size]]
            yield Batch(self.key, label, None, columns, rows, owned=True)
            chunk = chunk[size:] + list(islice(rest, size))

    def _items(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        end = monotonic() + self.policy.time_limit
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
            if monotonic() > end:
                raise SourceUnavailable(f"{self.key}: not at its end after {self.policy.time_limit:g} seconds.")
            place += 1
            yield self._item(one, place)

    def _item(self, one: Any, place: int) -> Item:
        if isinstance(one, Mapping):
            key = next((one[name] for name in ("id", "key") if one.get(name) not in (None, "")), place)
            one = Item(str(key), one)
        self._want(isinstance(one, Item), "collect", "datamap.Item or a mapping", one)
        self._want(isinstance(one.key, str | int) and one.key != "", "collect", "an Item with a key", one.key)
        self._want(isinstance(one.values, Mapping), "collect", "an Item whose values are a mapping", one.values)
        self._want(isinstance(one.section, str), "collect", "an Item whose section is a text", one.section)
        short = len(one.section) <= LONGEST and (one.section.isprintable() or not one.section)
        self._want(short, "collect", f"a section of at most {LONGEST} printable characters", one.section)
        values = {str(name): value for name, value in one.values.items()}
        self._want(len(values) == len(one.values), "collect", "names that differ as texts", one.values)
        for value in values.values():
            self._want(is_plain(value), "collect", "plain values, JSON structures or datamap.Content", value)
        return Item(str(one.key), values, one.section)

    def _want(self, holds: bool, hook: str, wanted: str, found: object) -> None:  # noqa: FBT001 - a condition
        if not holds:
            raise SourceFault(f"{self.key}.{hook}: wanted {wanted}, found {type(found).__name__}.")


def columns_of(policy: SourcePrivacy, items: Iterable[Item], *, is_all: bool) -> tuple[str, ...]:
    """The columns of a section; what is declared has one even where only a later record may have it."""
    seen = dict.fromkeys(name for item in items for name in item.values)
    later = () if is_all else (*policy.fields, *policy.third_party, *policy.portable)
    names = [*(name for name in policy.fields if name in seen or not is_all), *seen, *later]
    return (KEY, *(name for name in dict.fromkeys(names) if name not in (KEY, MORE)), MORE)


def row(item: Item, names: tuple[str, ...]) -> tuple[Any, ...]:
    """A record as a row: what has no column stands together in the last one."""
    more = {name: value for name, value in item.values.items() if name not in names}
    return (item.key, *(item.values.get(name) for name in names), more or None)
