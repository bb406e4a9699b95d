"""A place beyond the database that holds something about people: its declaration, and the four things it is asked.

``count``, ``collect``, ``erase`` and ``health`` are hooks: an adapter (Redis, CouchDB, HTTP) fills them, or a host does
in its privacy.py. Whatever they give is type-checked before anybody builds on it (``tasks.collector.sources.store``).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, BinaryIO

from django.utils.text import capfirst

from tasks.datamap import source_rules
from tasks.datamap.declaration import Declaration, in_context
from tasks.datamap.guess import HUMP, SECRET_REASON, names_secret
from tasks.datamap.strategies import Delete, Fate
from tasks.datamap.vocabulary import Category, Text


@dataclass(frozen=True)
class Ask:
    """One question to a source. ``id`` is the same at every try of it, so it serves as an idempotency key.

    ``memo`` is JSON-able and stays with the question between two tries: the ticket of a service that takes
    its time. ``language`` is the person's. With ``dry_run`` nothing may be changed.
    """

    id: str
    at: datetime
    language: str = "en"
    dry_run: bool = False
    memo: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Content:
    """A file that a source holds, as a cell of a record or in a list of them.

    ``open`` gives its bytes as often as it is called; it is called once, when the snapshot is made. ``size`` in
    bytes, where known: a file of another size is a named gap. A ``SourceUnavailable`` that ``open`` raises fails
    the section, so that it is tried again; any other error is a named gap.
    """

    name: str = field(repr=False)
    open: Callable[[], AbstractContextManager[BinaryIO]] = field(repr=False)
    size: int | None = None
    media_type: str = ""


@dataclass(frozen=True)
class Item:
    """One record of a source. ``values`` are plain Python values, JSON structures or ``Content``.

    ``key`` tells it from the others of its section and stays the same. ``section`` is a key of the declaration's
    ``sections``, or a new one; none is the source's own.
    """

    key: str = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    section: str = ""


@dataclass(frozen=True)
class Kept:
    """Records that a source keeps although erasure was asked for: how many, on what ground, until when.

    Source: GDPR art. 17(3).
    """

    count: int
    because: Text
    until: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What an erasure came to in one source: records, not bytes. ``notes`` go into the certificate.

    ``proof`` is what the service gave as such: a reference of its own, without personal data.
    """

    erased: int = 0
    changed: int = 0
    kept: tuple[Kept, ...] = ()
    notes: tuple[Text, ...] = ()
    proof: str = ""


class SourcePrivacy(Declaration):
    """What a store or service holds about people, why, how long, and how it is asked. One instance per process.

    The context attributes are those of ``Declaration``. A store has no fixed columns: what comes and is in none of
    ``fields``, ``withheld`` and ``third_party`` is shown under its own name, unless it looks like a secret.
    """

    key = ""  # its name in steps, reports and settings: "loyalty"
    title: Text = ""
    category: Category | str = ""
    sections: Mapping[str, Text] = {}  # key of a section -> its heading

    fields: tuple[str, ...] = ()  # in this order, before what else comes
    withheld: Mapping[str, Text] = {}  # field -> reason that the person reads
    third_party: Mapping[str, Text] = {}  # field -> what stands in place of it
    portable: tuple[str, ...] = ()  # fields of art. 20
    labels: Mapping[str, Text] = {}  # field -> heading
    reveal: Mapping[str, Text] = {}  # field that looks like a secret and is none -> why it is none

    erasure: Fate = Delete()  # or Keep(because=…)
    timeout = 20.0  # seconds that one answer may take
    time_limit = 600.0  # seconds that a step may work
    patience = timedelta(days=3)  # how long a service may prepare an answer
    batch_rows = 500  # records that are held in memory at once
    file_bytes = 1_000_000_000  # the largest file that is taken over

    described = True
    asks: tuple[str, ...] = ()  # attributes of an adapter that say what is searched; the map compares them

    def __str__(self) -> str:
        return f"source {self.key}"

    @property
    def heading(self) -> str:
        """What people read, in the language that is active now."""
        return str(self.title) or self.words_of(self.key)

    @cached_property
    def shared(self) -> Category:
        """What everything of its category has in common, before its own word on it."""
        if isinstance(self.category, Category):
            return self.category
        title = self.words_of(self.category) if self.category else self.title or self.words_of(self.key)
        return Category(self.category or self.key, title=title)

    @cached_property
    def context(self) -> Category:
        """Purposes, ground, retention …: its own where it says so, else its category's."""
        return in_context(self, self.shared)

    def words_of(self, name: str) -> str:
        """The heading of a field or section: what is declared for it, else its name in words."""
        if name in self.labels:
            return str(self.labels[name])
        spaced = HUMP.sub(" ", name)
        return str(capfirst((spaced if spaced == name else spaced.lower()).replace("_", " ").strip()))

    def heading_of(self, section: str = "") -> str:
        """What people read over a section."""
        if not section:
            return self.heading
        return str(self.sections.get(section) or self.words_of(section))

    def label_of(self, section: str = "") -> str:
        """The label of a section in counts and reports: ``"loyalty"``, ``"loyalty:points"``."""
        return f"{self.key}:{section}" if section else self.key

    def hides(self, name: str) -> Text:
        """Why a field is withheld: as declared, or because its name is a secret's. Empty where it is not."""
        if name in self.withheld:
            return self.withheld[name]
        shown = name in self.reveal or name in self.third_party
        return "" if shown or not names_secret(name) else SECRET_REASON

    def count(self, subject: Any) -> int | Mapping[str, int] | None:
        """How many records there are (per section), without fetching them. None: it cannot tell.

        Raises:
            SourceUnavailable: it did not answer.
        """
        return None

    def collect(self, subject: Any, ask: Ask) -> Iterable[Item | Mapping[str, Any]]:
        """Every record about ``subject`` (a ``collector.Subject``). Records of one section come together.

        A plain mapping is an item whose key is its ``"id"``, ``"key"`` or place.

        Raises:
            SourceUnavailable: it did not answer, or not the truth; to be tried again.
            SourceWaiting: it has begun, and wants to be asked again later.
            SourceRefused: it answers, and says no.
        """
        raise NotImplementedError

    def erase(self, subject: Any, ask: Ask) -> Outcome:
        """Erase everything about ``subject``; called again after a crash it finishes and counts nothing twice.

        Raises:
            SourceUnavailable, SourceWaiting, SourceRefused: as for ``collect``.
        """
        raise NotImplementedError

    def health(self) -> str:
        """Whether it is well: a word or two for the operator.

        Raises:
            SourceUnavailable: it is not.
        """
        return ""

    def validate(self) -> None:
        """Check what the class says. An adapter adds its own rules.

        Raises:
            DeclarationError: app, class, attribute, wanted, found.
        """
        source_rules.validate(self)
