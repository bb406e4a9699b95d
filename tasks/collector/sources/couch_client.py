"""CouchDB over HTTP: one question, one JSON answer that is not believed before it was looked at.

Source: CouchDB 3.5, "API Reference".
"""

import base64
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from tasks.collector.sources.http_client import Answer, Limits, Question, fetch
from tasks.errors import SourceFault, SourceUnavailable

ALSO = {
    401: "CouchDB does not let us in (401). Look at user and password in url.",
    403: "CouchDB forbids it (403). Look at what the user may do in this database, and at validate_doc_update.",
    404: "CouchDB has no such database, view or document (404).",
    413: "CouchDB finds our question too large (413).",
    429: "CouchDB has too much to do (429). We try again.",
}


class HostOnly(logging.Filter):
    """httpx logs every address, and the address of an attachment has its document's id: keep only the host."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                urlsplit(str(one)).netloc.rpartition("@")[2] if is_url(one) else one for one in record.args
            )
        return True


def is_url(value: object) -> bool:
    return type(value).__name__ == "URL" or (isinstance(value, str) and "://" in value)


HOST_ONLY = HostOnly()


@dataclass(frozen=True)
class Couch:
    """One database of a CouchDB. ``url`` may hold user and password; no error and no log repeats them."""

    who: str
    url: str = field(repr=False)
    database: str
    timeout: float
    max_bytes: int
    ca_file: str = ""

    def ask(self, method: str, path: str = "", body: Any = None) -> Any:
        """The JSON that is answered.

        Raises:
            SourceUnavailable: no answer, or one that says no.
            SourceFault: an answer that is none: too large, no JSON, a redirect.
        """
        limits = Limits(self.timeout, self.timeout, self.max_bytes, self.ca_file)
        data = b"" if body is None else json.dumps(body).encode()
        answer = self._fetch(Question(self.who, method, self.address(path), data, self._headers), limits)
        try:
            return json.load(answer.body)
        except (ValueError, RecursionError):
            raise SourceFault(f"{self.who}: wanted JSON from CouchDB, found something else.") from None
        finally:
            answer.body.close()

    @contextmanager
    def download(self, path: str, *, size: int, seconds: float) -> Iterator[BinaryIO]:
        """A file as it is stored, whole: it waits in a temporary file."""
        limits = Limits(self.timeout, seconds, size, self.ca_file)
        answer = self._fetch(Question(self.who, "GET", self.address(path), b"", self._headers), limits)
        with answer.body as file:
            if answer.size != size:
                raise SourceUnavailable(f"{self.who}: an attachment is not as large as CouchDB says.")
            yield cast("BinaryIO", file)

    def address(self, path: str = "") -> str:
        parts = urlsplit(self.url)
        base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}/{self.database}"
        return f"{base}/{path}" if path else base

    @cached_property
    def _headers(self) -> dict[str, str]:
        plain = {"Accept": "application/json", "Content-Type": "application/json"}
        userinfo, at, _ = urlsplit(self.url).netloc.rpartition("@")
        return (
            {**plain, "Authorization": f"Basic {base64.b64encode(unquote(userinfo).encode()).decode()}"}
            if at
            else plain
        )

    def _fetch(self, question: Question, limits: Limits) -> Answer:
        logging.getLogger("httpx").addFilter(HOST_ONLY)  # the same one is added once
        answer = fetch(question, limits)
        if 200 <= answer.status < 300:
            return answer
        answer.body.close()
        if 300 <= answer.status < 400:
            raise SourceFault(f"{self.who}: CouchDB wants us to go elsewhere ({answer.status}), which we do not.")
        kind = SourceFault if answer.status == 400 else SourceUnavailable
        raise kind(f"{self.who}: {ALSO.get(answer.status, f'CouchDB answers with {answer.status}.')}")

    def want(self, holds: object, wanted: str) -> None:
        """Raise SourceFault unless it holds."""
        if not holds:
            raise SourceFault(f"{self.who}: wanted {wanted} from CouchDB, found something else.")
