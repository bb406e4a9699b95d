"""What a service answered: genuine to the last byte, or not believed; and what an erasure came to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tasks.collector.sources.http_client import Answer
from tasks.collector.sources.http_signing import SIGNATURE, STREAM, Secret, answer_lines, end_lines
from tasks.datamap.stores import Kept, Outcome
from tasks.errors import SourceFault

JSON, NDJSON, ZIP = "application/json", "application/x-ndjson", "application/zip"
MAX_LINE = 16_000_000  # bytes of one record, or of a whole answer in JSON
MAX_END = 4096  # bytes of the line that ends a streamed answer
MAX_TEXT = 500


@dataclass(frozen=True)
class Reading:
    """One answer being read. ``who`` stands in the errors, ``nonce`` is that of the question."""

    who: str
    answer: Answer = field(repr=False)
    secret: Secret = field(repr=False)
    nonce: str = field(repr=False)
    language: str = "en"

    def fault(self, found: str) -> SourceFault:
        """The error for what is not as agreed."""
        return SourceFault(f"{self.who}: {found}")

    def check(self) -> None:
        """Check who answers, and that it is an answer to this question, to the last byte.

        Raises:
            SourceFault: the signature is not that of this answer.
        """
        streamed = self.answer.media_type == NDJSON
        digest = STREAM if streamed else self.answer.digest
        lines = answer_lines(self.nonce, self.answer.status, self.answer.headers, digest)
        if not self.secret.agrees(self.answer.headers.get(SIGNATURE, ""), *lines):
            raise self.fault("its answer is not signed as agreed. Compare the secrets; or somebody came between.")
        if streamed:
            self._check_end()

    def document(self) -> dict[str, Any]:
        """The answer as one JSON object.

        Raises:
            SourceFault: it is none.
        """
        if self.answer.media_type != JSON:
            raise self.fault(f"wanted {JSON}, found another type of content.")
        if self.answer.size > MAX_LINE:
            raise self.fault(f"an answer in JSON is at most {MAX_LINE:,} bytes; NDJSON and ZIP may be larger.")
        self.answer.body.seek(0)
        return self.object(self.answer.body.read())

    def outcome(self) -> Outcome:
        """What an erasure came to.

        Raises:
            SourceFault: it does not say so.
        """
        told = self.document()
        kept, notes = told.get("kept", []), told.get("notes", [])
        if not isinstance(kept, list) or not isinstance(notes, list) or "erased" not in told:
            raise self.fault('wanted {"erased": …, "changed": …, "kept": […], "notes": […]}, found something else.')
        return Outcome(
            self.number(told["erased"]),
            self.number(told.get("changed", 0)),
            tuple(self._kept(each) for each in kept),
            tuple(self.text(note) for note in notes),
            str(told.get("reference") or "")[:200],
        )

    def object(self, text: bytes) -> dict[str, Any]:
        """A JSON object out of its text.

        Raises:
            SourceFault: it is none.
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise self.fault("what it gave is no JSON.") from None
        if not isinstance(found, dict):
            raise self.fault(f"wanted a JSON object, found {type(found).__name__}.")
        return found

    def text(self, told: Any) -> str:
        """A text for people in the language of the question: plain, or by language.

        Raises:
            SourceFault: it is neither.
        """
        said = in_language(told, self.language)
        if not isinstance(said, str) or not said.strip():
            raise self.fault('wanted a text, or texts by language such as {"en": …, "de": …}, found something else.')
        return said.strip()[:MAX_TEXT]

    def number(self, told: Any) -> int:
        """A number of records.

        Raises:
            SourceFault: it is none.
        """
        if type(told) is not int or told < 0:
            raise self.fault("wanted a number of records, found something else.")
        return told

    def _kept(self, told: Any) -> Kept:
        if not isinstance(told, dict):
            raise self.fault('kept: wanted {"count": …, "because": …, "until": …}, found something else.')
        try:
            until = date.fromisoformat(told["until"]) if told.get("until") else None
        except (TypeError, ValueError):
            raise self.fault("kept: wanted until as a date such as 2034-12-31, found something else.") from None
        return Kept(self.number(told.get("count")), self.text(told.get("because")), until)

    def _check_end(self) -> None:
        """Check the signature that stands in the last line of NDJSON, over all that is before it."""
        begins, last = self._last_line()
        try:
            end = self.object(last).get("end")
        except SourceFault:
            end = None
        if not isinstance(end, dict) or type(end.get("records")) is not int:
            raise self.fault('its answer is not complete: the last line {"end": …} is missing.')
        wanted = end_lines(self.nonce, end["records"], self._digest(begins))
        if not self.secret.agrees(str(end.get("signature")), *wanted):
            raise self.fault("the end of its answer is not signed as agreed; somebody came between.")

    def _last_line(self) -> tuple[int, bytes]:
        """Where the last line begins, and the line."""
        begins = max(0, self.answer.size - MAX_END)
        self.answer.body.seek(begins)
        tail = self.answer.body.read()
        at = tail.rstrip(b"\n").rfind(b"\n") + 1
        return begins + at, tail[at:]

    def _digest(self, size: int) -> str:
        self.answer.body.seek(0)
        digest = hashlib.sha256()
        while size and (chunk := self.answer.body.read(min(size, 1 << 20))):
            digest.update(chunk)
            size -= len(chunk)
        return digest.hexdigest()


def in_language(told: Any, language: str) -> Any:
    """What is said in a language, or in the nearest that there is; what is not said by language, as it is."""
    if not isinstance(told, Mapping) or not told:
        return told
    short = language.partition("-")[0]
    return told.get(language) or told.get(short) or told.get("en") or next(iter(told.values()))
