"""What the service does with a question that it believes: the part that is different in every service."""

import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import answers
from .store import Store

SHOWN_DIRECTLY = 100  # records: more are streamed
TICKET_SECONDS = 24 * 3600
LOOK_AGAIN_SECONDS = 5
logger = logging.getLogger("loyalty")


class Wrong(Exception):
    """A question that is not of the protocol: one line for the other side's engineer, without personal data."""


@dataclass
class Reply:
    """What goes back. ``lines`` are streamed, their end is signed by the server."""

    status: int = 200
    content_type: str = answers.JSON
    body: bytes = field(default=b"", repr=False)
    lines: Iterator[bytes] | None = field(default=None, repr=False)
    location: str = ""


@dataclass(frozen=True)
class Question:
    """The body of a request, checked."""

    id: str
    kind: str
    subject: dict[str, str] = field(repr=False)
    language: str = "en"
    dry_run: bool = False
    callback: str = ""

    @classmethod
    def read(cls, body: bytes) -> "Question":
        """A question out of a body.

        Raises:
            Wrong: it is none.
        """
        try:
            told = json.loads(body)
            question = cls(**{name: told[name] for name in cls.__dataclass_fields__ if name in told})
        except (ValueError, TypeError, AttributeError):
            raise Wrong("the body is no question") from None
        if question.kind not in ("access", "erasure", "count") or not isinstance(question.subject, dict):
            raise Wrong("kind is access, erasure or count; subject is an object")
        return question


class Desk:
    """Answers questions about members. ``prepare_above``: answers of more records are prepared beside (202)."""

    def __init__(self, store: Store, *, prepare_above: int, call_back: Callable[[str], None]) -> None:
        self.store, self.prepare_above, self.call_back = store, prepare_above, call_back
        self._at_work: set[str] = set()
        self._lock = threading.Lock()

    def answer(self, body: bytes, *, now: float) -> Reply:
        """The answer to a question; to the same erasure twice the same answer."""
        question = Question.read(body)
        if question.kind == "erasure":
            return self._erase(question)
        with self.store.reading() as db:
            number = self.store.member(db, question.subject)
            counts = self.store.counts(db, number) if number else {}
        if question.kind == "count":
            return Reply(body=json.dumps({"counts": counts}).encode())
        if sum(counts.values()) > self.prepare_above:
            return self._prepare(question, body, now=now)
        return self._records(number, question.language, sum(counts.values()))

    # --- access

    def _records(self, number: str, language: str, count: int) -> Reply:
        if count <= SHOWN_DIRECTLY:
            with self.store.reading() as db:
                return Reply(body=answers.as_json(self.store.records(db, number), language))
        return Reply(content_type=answers.NDJSON, lines=self._lines(number, language))

    def _lines(self, number: str, language: str) -> Iterator[bytes]:
        with self.store.reading() as db:
            yield from answers.as_lines(self.store.records(db, number), language)

    def _prepare(self, question: Question, body: bytes, *, now: float) -> Reply:
        """Begin, or go on with what was begun: one ticket per question."""
        with self.store.writing() as db:
            db.execute("DELETE FROM ticket WHERE until < ?", (now,))
            found = db.execute("SELECT ticket FROM ticket WHERE body = ?", (body,)).fetchone()
            ticket = found["ticket"] if found else secrets.token_urlsafe(16)
            if not found:
                row = (ticket, body, now + TICKET_SECONDS)
                db.execute("INSERT INTO ticket (ticket, body, until) VALUES (?, ?, ?)", row)
        self._begin(ticket, question)
        return Reply(202, body=b"{}", location=f"/subject-requests/{ticket}")

    def look(self, ticket: str) -> Reply:
        """Where a prepared answer stands: 202 while it is made, 200 with it, 410 when it is gone."""
        with self.store.reading() as db:
            row = db.execute("SELECT * FROM ticket WHERE ticket = ?", (ticket,)).fetchone()
        if row is None:
            return Reply(410, body=b"{}")
        if row["answer"] is None:  # after a crash nobody makes it: begin again
            self._begin(ticket, Question.read(row["body"]))
            return Reply(202, body=b"{}", location=f"/subject-requests/{ticket}")
        return Reply(content_type=row["content_type"], body=row["answer"])

    def _begin(self, ticket: str, question: Question) -> None:
        with self._lock:
            if ticket in self._at_work:
                return
            self._at_work.add(ticket)
        threading.Thread(target=self._make, args=(ticket, question), daemon=True).start()

    def _make(self, ticket: str, question: Question) -> None:
        try:
            with self.store.reading() as db:
                number = self.store.member(db, question.subject)
                answer = answers.as_zip(self.store.records(db, number), question.language)
            with self.store.writing() as db:
                db.execute(
                    "UPDATE ticket SET answer = ?, content_type = ? WHERE ticket = ?", (answer, answers.ZIP, ticket)
                )
            if question.callback:
                self.call_back(question.callback)
        except Exception as error:  # noqa: BLE001 - the next look begins again
            logger.error("a ticket failed: %s", type(error).__name__)
        finally:
            with self._lock:
                self._at_work.discard(ticket)

    # --- erasure

    def _erase(self, question: Question) -> Reply:
        """Erase, and put down the answer in the same transaction: asked again, nothing is counted twice."""
        known_as = f"{question.id} {question.dry_run}"
        names = str(sorted(question.subject))  # tells it from another question without keeping whom it was about
        with self.store.writing() as db:
            if row := db.execute("SELECT body, answer FROM done WHERE ask = ?", (known_as,)).fetchone():
                if row["body"] != names:
                    raise Wrong("this id was used for another question")
                return Reply(body=row["answer"].encode())
            number = self.store.member(db, question.subject)
            if number and self.store.is_in_dispute(db, number):
                return Reply(
                    409, body=json.dumps({"refused": answers.WORDS["in_dispute"]}, ensure_ascii=False).encode()
                )
            nothing: dict[str, Any] = {"erased": 0, "changed": 0, "kept": 0, "until": None}
            done = self.store.erase(db, number, dry_run=question.dry_run) if number else nothing
            answer = answers.outcome(done, f"LOY-{secrets.token_hex(4).upper()}")
            db.execute("INSERT INTO done VALUES (?, ?, ?)", (known_as, names, answer.decode()))
        return Reply(body=answer)
