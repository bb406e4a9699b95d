"""A small real server on loopback that answers a subject request as a test tells it to: well, wrong, or not at all."""

import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tasks.collector.sources.http_signing import NONCE, SIGNATURE, Secret, answer_lines, digest_of, end_lines

SECRET = Secret("dossier", "a secret that nobody guesses")
Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Takes down what came, and does what the test said for the next request; the last saying holds on."""

    protocol_version = "HTTP/1.1"
    server: "Liar"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        behaviours = self.server.behaviours
        (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(self)

    do_GET = do_POST  # noqa: N815 - the name that the server calls

    def log_message(self, *args: Any) -> None:
        pass

    def head(self, status: int, headers: dict[str, str], digest: str) -> None:
        signature = self.server.secret.sign(*answer_lines(self.headers.get(NONCE, ""), status, headers, digest))
        self.send_response(status)
        for name, value in {SIGNATURE: signature, **headers}.items():
            self.send_header(name, value)

    def give(self, told: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        self.head(status, headers, digest_of(body))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def lines(self, *told: Any, end: bool = True) -> None:
        body = b"".join(json.dumps(line).encode() + b"\n" for line in told)
        self.head(200, {"Content-Type": "application/x-ndjson"}, "stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        if end:
            count = sum("values" in line for line in told)
            proof = self.server.secret.sign(*end_lines(self.headers[NONCE], count, hashlib.sha256(body).hexdigest()))
            self.wfile.write(json.dumps({"end": {"records": count, "signature": proof}}).encode() + b"\n")
        self.close_connection = True


class Liar(ThreadingHTTPServer):
    """``behaviours`` are done one after the other; ``asked`` holds what came: method, path, headers, body."""

    daemon_threads = True

    def __init__(self, *behaviours: Behaviour, secret: Secret = SECRET, certificate: tuple[Path, Path] | None = None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = list(behaviours)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.secret, self.over, self.scheme = secret, threading.Event(), "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, certificate))
            self.socket, self.scheme = context.wrap_socket(self.socket, server_side=True), "https"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *args: Any) -> None:
        """Somebody hung up, which is what several tests are about."""

    def body(self, place: int = -1) -> dict[str, Any]:
        return json.loads(self.asked[place][3])


@contextmanager
def serving(*behaviours: Behaviour, **options: Any) -> Iterator[Liar]:
    """A server that runs until the block ends."""
    with Liar(*behaviours, **options) as liar:
        thread = threading.Thread(target=liar.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield liar
        finally:
            liar.over.set()
            liar.shutdown()
            thread.join(5)


def gives(told: Any, **options: Any) -> Behaviour:
    return lambda handler: handler.give(told, **options)


def fails(status: int) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave
