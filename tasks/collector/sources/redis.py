"""Redis as a source: what stands under a person's keys, and their part of what stands under everybody's.

Asked with SCAN, never KEYS; every command is about one key, so that it works in a cluster; read in pieces, so that
memory does not grow. Source: the Redis commands SCAN, UNLINK, PTTL.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any, BinaryIO

from tasks.collector.sources.personal import PersonalSource, check_port
from tasks.collector.sources.placeholders import Person
from tasks.collector.sources.redis_client import connect, speaking
from tasks.collector.sources.redis_keys import chunks, file_of, looked_at, pipelined, texts
from tasks.collector.sources.redis_patterns import Found, Pattern
from tasks.collector.sources.redis_shared import AnyPart, HashField, Member, elements, remove, slug_of
from tasks.collector.sources.redis_values import Key, Record, as_text, once, plain_name, records_of, spread
from tasks.collector.subject import Subject
from tasks.datamap.stores import Ask, Content, Item, Outcome
from tasks.datamap.strategies import Keep
from tasks.datamap.vocabulary import Text
from tasks.errors import SourceFault

SCANNED = 1000  # keys that the server looks at in one step of SCAN; others are served in between


__all__ = ["HashField", "Member", "RedisSource"]


class RedisSource(PersonalSource):
    """What a Redis server or cluster holds about people.

    ``patterns`` are the person's own keys with their headings, ``parts`` what of everybody's keys is theirs. A key
    that goes by itself says when in ``expires_at``. Erasing is UNLINK; HDEL, SREM, ZREM or LREM for a part.
    """

    url = ""  # redis://user:password@host:6379/0, rediss://…, unix:///path
    cluster = False
    asks = ("patterns", "parts")
    patterns: Mapping[str, Text] = {}  # "cart:{user.pk}" -> its heading
    parts: tuple[AnyPart, ...] = ()
    as_one = 100  # a hash of at most so many fields is one record
    largest_text = 1 << 20  # bytes; a larger string is a file

    def connect(self) -> Any:
        """A client of redis-py that is closed after use. Override it for Sentinel or a pool of your own."""
        return connect(self.url, timeout=self.timeout, cluster=self.cluster)

    # --- what a source is asked

    def count(self, subject: Subject) -> dict[str, int]:
        """Records per section, without their values."""
        found = dict.fromkeys(self.headings(), 0)
        with self._client() as client:
            person = self._person(subject)
            for section, key in self._keys(client, person):
                found[section] += key.records(as_one=self.as_one)
            for section, _key, _element, _part in self._elements(client, person):
                found[section] += 1
        return found

    def collect(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        """Every record under the person's keys, then their part of shared ones."""
        person = self._person(subject)
        for section in self.headings():
            with self._client() as client:
                for names, is_glob in self._names(client, person, section):
                    yield from self._read(client, names, section, is_glob=is_glob, at=ask.at)
                for _section, key, _element, record in self._elements(client, person, only=section, at=ask.at):
                    yield item(section, plain_name(key.name), record, key)

    def erase(self, subject: Subject, ask: Ask) -> Outcome:
        """Take away the person's keys and their part of shared ones. Run again it counts only what was still there."""
        if ask.dry_run or isinstance(self.erasure, Keep):
            return self._left(sum(self.count(subject).values()))
        person, erased = self._person(subject), 0
        with self._client() as client:
            for section in self.headings():
                for names, _ in self._names(client, person, section):
                    erased += self._unlink(client, names)
            for _section, key, element, _part in self._elements(client, person):
                erased += remove(client, key, element)
        return Outcome(erased=erased)

    def health(self) -> str:
        """ "PONG", where it is well."""
        with self._client() as client:
            return "PONG" if client.ping() else ""

    # --- what it says

    def headings(self) -> dict[str, Text]:
        """Section -> heading, from the words of patterns and shared keys: ``"cart:{user.pk}"`` is ``"cart"``."""
        own = {Pattern(text).slug: title for text, title in self.patterns.items()}
        return {**own, **{slug_of(each): each.title for each in self.parts}}

    def validate(self) -> None:
        """Check what the class says.

        Raises:
            DeclarationError: app, class, attribute, wanted, found.
        """
        super().validate()
        self._check_url()
        if not isinstance(self.patterns, Mapping) or not (self.patterns or self.parts):
            raise self.wrong("patterns", "{'cart:{user.pk}': heading, …}", repr(self.patterns))
        for text in self.patterns:
            if why := Pattern(text).unfit():
                raise self.wrong("patterns", "a key with a place such as {user.pk} or {email}", why)
        for each in self.parts:
            self._check_part(each)
        self._check_headings()
        self.sections = {**{name: title for name, title in self.headings().items() if title}, **self.sections}

    def _check_url(self) -> None:
        overridden = type(self).connect is not RedisSource.connect
        if not overridden and not str(self.url).startswith(("redis://", "rediss://", "unix://")):
            raise self.wrong("url", "redis://, rediss:// or unix://", "another text" if self.url else "none")
        check_port(self)

    def _check_part(self, each: Any) -> None:
        if not isinstance(each, HashField | Member):
            raise self.wrong("parts", "HashField(…) or Member(…)", type(each).__name__)
        element, key = Pattern(each.element), Pattern(each.key)
        if why := element.unfit() or key.unfit(nobody=True):
            raise self.wrong("parts", "a key, and an element with a place such as {user.pk}", why)

    def _check_headings(self) -> None:
        titles: dict[str, Text] = {}
        said = [(Pattern(text).slug, title) for text, title in self.patterns.items()]
        for slug, title in [*said, *((slug_of(each), each.title) for each in self.parts)]:
            if not slug:
                raise self.wrong("patterns", "a key that begins with a word", "none")
            if titles.setdefault(slug, title) != title:
                raise self.wrong("patterns", "one heading for keys that begin alike", f"two for {slug!r}")

    # --- how it is asked

    @contextmanager
    def _client(self) -> Iterator[Any]:
        with speaking(self.key, timeout=self.timeout):
            client = self.connect()
            try:
                yield client
            finally:
                client.close()

    def _names(self, client: Any, person: Person, section: str) -> Iterator[tuple[list[bytes], bool]]:
        """The names of a section's keys, some at a time, each once, and whether a glob found them."""
        patterns = [pattern for pattern in map(Pattern, self.patterns) if pattern.slug == section]
        for is_glob in (False, True):
            found = [each for pattern in patterns if pattern.is_glob is is_glob for each in pattern.found(person)]
            names = once(chain.from_iterable(names_of(client, each) for each in found), by=bytes)
            for some in chunks(names):
                yield some, is_glob

    def _keys(self, client: Any, person: Person) -> Iterator[tuple[str, Key]]:
        for section in self.headings():
            for names, _ in self._names(client, person, section):
                for key in looked_at(client, names, who=self.key):
                    yield section, key

    def _elements(
        self, client: Any, person: Person, *, only: str = "", at: datetime | None = None
    ) -> Iterator[tuple[str, Key, bytes, Record]]:
        for each in self.parts:
            section = slug_of(each)
            if only in ("", section):
                for key in self._shared_keys(client, person, each, at=at):
                    for wanted in Pattern(each.element).found(person):
                        for element, part in elements(client, self._fit(each, key, wanted), wanted):
                            yield section, key, element, part

    def _shared_keys(self, client: Any, person: Person, one: AnyPart, *, at: datetime | None) -> Iterator[Key]:
        found = Pattern(one.key).found(person)
        for names in chunks(once(chain.from_iterable(names_of(client, each) for each in found), by=bytes)):
            yield from looked_at(client, names, who=self.key, at=at)

    def _fit(self, one: AnyPart, key: Key, wanted: Found) -> Key:
        if key.kind not in one.kinds or (wanted.is_glob and key.kind == "list"):
            raise SourceFault(f"{self.key}.parts: {one.key!r}: wanted {one.wanted}, found a {key.kind}.")
        return key

    def _read(self, client: Any, names: list[bytes], section: str, *, is_glob: bool, at: datetime) -> Iterator[Item]:
        keys = looked_at(client, names, who=self.key, at=at)
        short = texts(client, keys, largest=self.largest_text)
        for key in keys:
            name = sha256(key.name).hexdigest()[:16] if is_glob else plain_name(key.name)  # a wildcard may hide a token
            if key.kind == "string":
                if key.name in short or key.size > self.largest_text:
                    yield item(section, name, ("", self._text(key, name, short.get(key.name))), key)
                continue
            for part in records_of(client, key, as_one=self.as_one):
                yield item(section, name, part, key)

    def _text(self, key: Key, name: str, value: bytes | None) -> dict[str, Any]:
        """A string's values: what it says, or a file where it is large or no text."""
        if value is not None and as_text(value) is not None:
            return spread(value)
        size = key.size if value is None else len(value)
        return {"file": Content(f"{name}.bin", lambda: self._open(key), size, "application/octet-stream")}

    @contextmanager
    def _open(self, key: Key) -> Iterator[BinaryIO]:
        with self._client() as client, file_of(client, key, who=self.key) as file:
            yield file

    def _unlink(self, client: Any, names: list[bytes]) -> int:
        """Take the keys away; the number of records that went. A key that another try took is not counted."""
        keys = looked_at(client, names, who=self.key)
        gone = pipelined(client, [("unlink", key.name) for key in keys])
        return sum(key.records(as_one=self.as_one) for key, went in zip(keys, gone, strict=True) if went)


def names_of(client: Any, found: Found) -> Iterator[bytes]:
    """The one key, or all that the glob matches, in every node of a cluster."""
    if not found.is_glob:
        return iter([found.text.encode()])
    matches: Iterator[bytes] = client.scan_iter(match=found.text, count=SCANNED)
    return matches


def item(section: str, name: str, part: Record, key: Key) -> Item:
    """A record: which element of which key, its values, and until when it is there."""
    which, values = part
    if key.expires_at is not None:
        values = {**values, ("key_expires_at" if "expires_at" in values else "expires_at"): key.expires_at}
    return Item(f"{name}#{which}" if which else name, values, section)
