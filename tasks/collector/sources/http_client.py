"""One question over HTTP, and a whole answer or none: bounded in time and size, from the address that was meant."""

import hashlib
import socket
import ssl
import tempfile
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Self

from tasks.collector.sources.libraries import library
from tasks.errors import SourceFault, SourceUnavailable

CHUNK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """How long and how much: ``timeout`` seconds of silence, ``deadline`` seconds and ``max_bytes`` in all."""

    timeout: float = 20.0
    deadline: float = 300.0
    max_bytes: int = 200_000_000
    ca_file: str = ""  # of a certificate authority of one's own
    proxy: str = field(default="", repr=False)  # its address may hold a password


@dataclass(frozen=True)
class Question:
    """One request. ``who`` stands in the errors; personal data is in ``body``, never in ``url``."""

    who: str
    method: str
    url: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class AnswerTooLarge(SourceFault):
    """An answer is larger than was agreed; asked for less, it may fit."""


class Answer:
    """A whole answer, its body in an unnamed file that goes with it. ``digest`` is SHA-256 in hexadecimal."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status, self.headers = status, {name.title(): value for name, value in headers.items()}
        self.body: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._hash, self.size = hashlib.sha256(), 0
        weakref.finalize(self, self.body.close)

    def add(self, chunk: bytes) -> None:
        self.body.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Watch:
    """Cuts the line when the time is over, whatever it is that drips: headers, too, come byte by byte."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._line is not None:
                self._line.close()
            self._line = None

    def follow(self, event: str, info: dict[str, Any]) -> None:
        """Take note of the line when there is one: httpx calls this (its extension "trace")."""
        if event != "connection.connect_tcp.complete":
            return
        with self._lock:
            self._line = info["return_value"].get_extra_info("socket").dup()
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.is_over = True
            if self._line is not None:
                with suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)


def fetch(question: Question, limits: Limits) -> Answer:
    """Ask, and read the answer to its end. No redirect is followed, TLS is always verified, nothing is decompressed.

    Raises:
        SourceUnavailable: nobody answered, or not in time.
        SourceFault: the answer is too large, or coded in a way that nobody asked for.
    """
    with Watch(limits.deadline) as watch, _told(question.who, limits, watch), _client(question, limits) as client:
        headers = {**question.headers, "Accept-Encoding": "identity"}
        extensions = {"trace": watch.follow}
        with client.stream(
            question.method, question.url, content=question.body, headers=headers, extensions=extensions
        ) as response:
            return _read(question.who, response, limits, watch)


def client_library() -> Any:
    """The package httpx.

    Raises:
        DeclarationError: it is not installed.
    """
    return library("httpx", who="An HTTP source", extra="http")


def _client(question: Question, limits: Limits) -> Any:
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody: http:// needs none, and reading the list takes a while
    if question.url.startswith("https:") or limits.proxy:
        trusted = _trusted(limits.ca_file)
    # Neither proxies nor passwords from the environment or ~/.netrc: what is used is what is declared.
    return client_library().Client(
        verify=trusted, timeout=limits.timeout, follow_redirects=False, trust_env=False, proxy=limits.proxy or None
    )


def _trusted(ca_file: str) -> ssl.SSLContext:
    """Whom we trust: the authority of ``ca_file``, else this machine's list of them, as the file is now.

    Raises:
        OSError: there is no such file.
    """
    place = ca_file or ssl.get_default_verify_paths().cafile
    return _trusting(ca_file, place, Path(place).stat().st_mtime_ns if place else 0)


@lru_cache(maxsize=8)
def _trusting(ca_file: str, _place: str | None, _changed: int) -> ssl.SSLContext:
    """Read once, which takes up to 100 ms. Every thread has the same one: whoever gets it changes nothing in it."""
    return ssl.create_default_context(cafile=ca_file or None)


def _read(who: str, response: Any, limits: Limits, watch: Watch) -> Answer:
    answer = Answer(response.status_code, dict(response.headers))
    _fits(who, int(answer.headers.get("Content-Length", "0")), limits)
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise SourceFault(f"{who}: its answer is compressed, which nobody asked for.")
    for chunk in response.iter_raw(CHUNK):
        answer.add(chunk)
        _fits(who, answer.size, limits)
    if watch.is_over:  # without a length, a line that was cut looks like an end
        raise SourceUnavailable(_late(who, limits))
    answer.body.seek(0)
    return answer


def _fits(who: str, size: int, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise AnswerTooLarge(f"{who}: its answer is larger than {limits.max_bytes:,} bytes (max_bytes).")


def _late(who: str, limits: Limits) -> str:
    return f"{who}: its answer was not complete after {limits.deadline:g} seconds (deadline)."


@contextmanager
def _told(who: str, limits: Limits, watch: Watch) -> Iterator[None]:
    """Say in our words what went wrong; the library's own hold addresses."""
    httpx = client_library()
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SourceUnavailable(_late(who, limits) if watch.is_over else _why(who, error, limits)) from None


def _why(who: str, error: Exception, limits: Limits) -> str:
    httpx = client_library()
    if isinstance(error, httpx.TimeoutException):
        return f"{who}: no answer within {limits.timeout:g} seconds (timeout)."
    if _is_tls(error):
        return f"{who}: we do not trust its certificate. Renew it, or name its authority in ca_file."
    if isinstance(error, httpx.ConnectError):
        return f"{who}: nobody answers at its address."
    if isinstance(error, httpx.ProtocolError | httpx.NetworkError):
        return f"{who}: its answer broke off."
    return f"{who}: {type(error).__name__}."


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
