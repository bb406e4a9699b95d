"""The records of an answer, as JSON, NDJSON or ZIP, with what the service says of their sections, labels and files."""

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import IO, Any, BinaryIO

from tasks.collector.sources.http_answers import JSON, MAX_LINE, NDJSON, ZIP, Reading
from tasks.datamap.stores import Content, Item

FILE = "$file"
RECORDS, FILES = "records.ndjson", "files/"
KINDS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "decimal": Decimal,
}
ABOUT = ("sections", "labels", "types")
DAMAGED = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error)


@dataclass
class About:
    """What a service says about its records before it gives them: texts, or texts by language."""

    sections: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Records(Reading):
    """An answer that holds records; ``max_bytes`` is what a ZIP may grow to."""

    about: About = field(default_factory=About)
    max_bytes: int = 200_000_000

    def items(self) -> Iterator[Item]:
        """The records.

        Raises:
            SourceFault: what is there is no record, or not all records are there.
        """
        form = {JSON: self._of_document, NDJSON: self._of_stream, ZIP: self._of_archive}.get(self.answer.media_type)
        if form is None:
            raise self.fault(f"wanted {JSON}, {NDJSON} or {ZIP}, found another type of content.")
        yield from form()

    def _of_document(self) -> Iterator[Item]:
        document = self.document()
        records = document.get("records")
        if not isinstance(records, list):
            raise self.fault('wanted {"records": […]}, found an answer without records.')
        self._learn(document.get("about", {}))
        for place, record in enumerate(records, 1):
            yield self._item(record, place, self._inline)

    def _of_stream(self) -> Iterator[Item]:
        self.answer.body.seek(0)
        yield from self._of_lines(self.answer.body, self._inline)

    def _of_archive(self) -> Iterator[Item]:
        try:
            archive = zipfile.ZipFile(self.answer.body)
            self._look_at(archive)
            with archive.open(RECORDS) as lines:
                yield from self._of_lines(lines, lambda told: self._packed(archive, told))
        except DAMAGED as error:
            raise self.fault(f"wanted a ZIP with {RECORDS} and {FILES}…, found {type(error).__name__}.") from None

    def _look_at(self, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if names.count(RECORDS) != 1 or not all(name == RECORDS or name.startswith(FILES) for name in names):
            raise self.fault(f"wanted a ZIP with {RECORDS} and {FILES}…, found something else.")
        if sum(entry.file_size for entry in entries) > self.max_bytes:
            raise self.fault(f"its ZIP holds more than {self.max_bytes:,} bytes (max_bytes).")

    def _of_lines(self, lines: IO[bytes], file_of: Callable[[Any], Content]) -> Iterator[Item]:
        count = 0
        while line := lines.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                raise self.fault(f"one record is larger than {MAX_LINE:,} bytes; larger files belong in a ZIP.")
            record = self.object(line)
            if "end" in record:
                self._ended(record["end"], count, lines)
                return
            if "about" in record and not count:
                self._learn(record["about"])
                continue
            count += 1
            yield self._item(record, count, file_of)
        raise self.fault('its answer is not complete: the last line {"end": …} is missing.')

    def _ended(self, end: Any, count: int, lines: IO[bytes]) -> None:
        if lines.read(1):
            raise self.fault("something stands after the end of its records.")
        if not isinstance(end, dict) or end.get("records") != count:
            raise self.fault(f"its answer is not complete: {count} records came, and its end says another number.")

    def _learn(self, about: Any) -> None:
        told: list[Any] = [about.get(name, {}) for name in ABOUT] if isinstance(about, dict) else [None]
        if not all(isinstance(each, dict) for each in told):
            raise self.fault('wanted {"about": {"sections": …, "labels": …, "types": …}}, found something else.')
        sections, labels, types = told
        for text in (*sections.values(), *labels.values()):
            self.text(text)
        self.about.sections.update(sections)
        self.about.labels.update(labels)
        if not all(isinstance(kind, str) and kind in KINDS for kind in types.values()):
            raise self.fault(f"types: wanted one of {', '.join(KINDS)} for each, found something else.")
        self.about.types.update(types)

    def _item(self, record: Any, place: int, file_of: Callable[[Any], Content]) -> Item:
        values = record.get("values") if isinstance(record, dict) else None
        if not isinstance(values, dict):
            raise self.fault(f'record {place}: wanted {{"key": …, "values": {{…}}}}, found something else.')
        key, section = record.get("key", place), record.get("section", "")
        if not isinstance(key, str | int) or not isinstance(section, str):
            raise self.fault(f"record {place}: wanted a key and a section in letters, found something else.")
        return Item(str(key), {name: self._value(name, value, file_of) for name, value in values.items()}, section)

    def _value(self, name: str, value: Any, file_of: Callable[[Any], Content]) -> Any:
        if isinstance(value, dict) and set(value) == {FILE}:
            return file_of(value[FILE])
        kind = self.about.types.get(name)
        if kind is None or value is None:
            return value
        try:
            return KINDS[kind](str(value))
        except (ValueError, InvalidOperation):
            raise self.fault(f"a value declared as {kind} is none.") from None

    def _inline(self, told: Any) -> Content:
        name, media_type = self._named(told)
        try:
            clear = base64.b64decode(told["base64"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise self.fault("a file: wanted its content in base64, found something else.") from None
        return Content(name, lambda: io.BytesIO(clear), len(clear), media_type)

    def _packed(self, archive: zipfile.ZipFile, told: Any) -> Content:
        name, media_type = self._named(told)
        path = told.get("path")
        if not isinstance(path, str) or not path.startswith(FILES) or path not in archive.namelist():
            raise self.fault(f"a file: wanted its path below {FILES} in the ZIP, found something else.")
        opened: Callable[[], AbstractContextManager[BinaryIO]] = lambda: self._opened(archive, path)  # noqa: E731
        return Content(name, opened, archive.getinfo(path).file_size, media_type)

    @contextmanager
    def _opened(self, archive: zipfile.ZipFile, path: str) -> Iterator[BinaryIO]:
        try:
            with archive.open(path) as reader:
                yield reader  # type: ignore[misc]
        except DAMAGED:
            raise self.fault("a file in its ZIP is damaged.") from None

    def _named(self, told: Any) -> tuple[str, str]:
        if not isinstance(told, dict) or not isinstance(told.get("name"), str):
            raise self.fault("a file: wanted its name, found none.")
        return told["name"][:200], str(told.get("media_type", ""))[:100]
