"""The loyalty service. ``python -m examples.loyalty.serve --port 8090 --data var/loyalty.sqlite3 --demo``

LOYALTY_KEYS names the shared secrets: ``id=secret``, or two of them with a comma while one replaces the other.
"""

import argparse
import hashlib
import json
import logging
import os
import secrets
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from . import answers, members, signing
from .desk import LOOK_AGAIN_SECONDS, Desk, Question, Reply, Wrong
from .store import Store

ASK, HEALTH = "/subject-requests", "/health"
LARGEST_QUESTION = 65_536
SHORTEST_SECRET = 16
logger = logging.getLogger("loyalty")
Work = Callable[[bytes], Reply]


class Service(ThreadingHTTPServer):
    """The server with its keys, its store and its desk."""

    daemon_threads = True

    def __init__(self, port: int, data: Path, keys: signing.Keys, *, prepare_above: int, calls_to: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.keys, self.store, self.calls_to = keys, Store(data), calls_to
        self.desk = Desk(self.store, prepare_above=prepare_above, call_back=self.call_back)

    def call_back(self, url: str) -> None:
        """Tell Dossier that an answer is ready: only where it was agreed, for an address in a question is a guess."""
        if not self.calls_to or not url.startswith(self.calls_to.rstrip("/") + "/"):
            return
        key, secret = next(iter(self.keys.items()))
        stamp, nonce, path = str(int(time.time())), secrets.token_urlsafe(18), urlsplit(url).path
        headers = {
            "Dossier-Key": key,
            "Dossier-Timestamp": stamp,
            "Dossier-Nonce": nonce,
            "Dossier-Signature": signing.sign(secret, "request", stamp, nonce, "POST", path, signing.digest(b"{}")),
            "Content-Type": answers.JSON,
        }
        try:
            question = urllib.request.Request(url, b"{}", headers, method="POST")  # noqa: S310 - calls_to names the scheme
            with urllib.request.urlopen(question, timeout=10):  # noqa: S310 - calls_to names the scheme
                return
        except OSError as error:  # Dossier asks by itself, a little later
            logger.warning("nobody took the call: %s", type(error).__name__)


class Handler(BaseHTTPRequestHandler):
    """One request: believed or not, answered, signed."""

    server: Service
    protocol_version = "HTTP/1.1"
    timeout = 30
    nonce = secret = ""

    def do_POST(self) -> None:
        """A question."""
        self._believed(self._ask if self.path == ASK else None)

    def do_GET(self) -> None:
        """How the service is, or where an answer stands."""
        if self.path == HEALTH:
            self._believed(lambda body: Reply(body=b'{"says": "at your service"}'))
        elif self.path.startswith(f"{ASK}/"):
            self._believed(lambda body: self.server.desk.look(self.path.removeprefix(f"{ASK}/")))
        else:
            self._believed(None)

    def _ask(self, body: bytes) -> Reply:
        if self.headers.get("Idempotency-Key") != Question.read(body).id:
            raise Wrong("Idempotency-Key is the question's id")
        return self.server.desk.answer(body, now=time.time())

    def _believed(self, work: Work | None) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LARGEST_QUESTION:
            self._say(413, "a question is smaller")
            return
        body, now = self.rfile.read(int(length)), time.time()
        headers = {name.title(): value for name, value in self.headers.items()}
        why = signing.refusal(headers, self.command, self.path, body, keys=self.server.keys, now=now)
        self.nonce = headers.get("Dossier-Nonce", "")
        if not why and not self.server.store.is_new(self.nonce, now=now, keep_seconds=2 * signing.TOLERANCE_SECONDS):
            why = "this nonce was used before"
        if why:
            self._say(401, why)
            return
        self.secret = self.server.keys[headers["Dossier-Key"]]
        if work is None:
            self._say(404, "no such address")
            return
        try:
            self._send(work(body))
        except Wrong as wrong:
            self._say(400, str(wrong))
        except Exception as error:  # noqa: BLE001 - told by its kind: its text may hold anything
            logger.error("a question failed: %s", type(error).__name__)
            self._say(500, "something failed here")

    def _say(self, status: int, why: str) -> None:
        self._send(Reply(status, body=json.dumps({"error": why}).encode()))
        self.close_connection = True

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        digest = signing.STREAM if reply.lines is not None else signing.digest(reply.body)
        self._head("Content-Type", reply.content_type)
        self._head("Location", reply.location)
        self._head("Retry-After", str(LOOK_AGAIN_SECONDS) if reply.status == 202 else "")
        if self.secret:
            told = (reply.status, reply.content_type, reply.location, digest)
            self._head("Dossier-Signature", signing.answer_signature(self.secret, self.nonce, *told))
        if reply.lines is not None:
            self._stream(reply)
            return
        self._head("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _head(self, name: str, value: str) -> None:
        if value:
            self.send_header(name, value)

    def _stream(self, reply: Reply) -> None:
        """Lines as they come, and the line that proves that these were all of them."""
        self._head("Transfer-Encoding", "chunked")
        self.end_headers()
        digest, records = hashlib.sha256(), -1  # the first line tells about the records
        for line in reply.lines or ():
            digest.update(line)
            records += 1
            self._chunk(line)
        proof = signing.end_signature(self.secret, self.nonce, records, digest.hexdigest())
        self._chunk(json.dumps({"end": {"records": records, "signature": proof}}).encode() + b"\n")
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%X\r\n%s\r\n" % (len(data), data))

    def log_message(self, format: str, *args: object) -> None:
        """Method and status; addresses and bodies are nobody's to keep."""
        logger.info("%s %s", self.command, args[1] if len(args) > 1 else "")


def main() -> int:
    """Serve until somebody ends it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=8090, help="0: any that is free; it is printed")
    parser.add_argument("--data", type=Path, default=Path("var/loyalty.sqlite3"))
    parser.add_argument("--demo", action="store_true", help="put the demo's members in")
    parser.add_argument("--prepare-above", type=int, default=500, help="records: larger answers take two visits")
    parser.add_argument("--calls-to", default="", help="https://dossier.example: where calls back may go")
    options = parser.parse_args()
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"), format="loyalty: %(message)s")
    keys = dict(pair.split("=", 1) for pair in os.environ.get("LOYALTY_KEYS", "").split(",") if "=" in pair)
    if not keys or any(len(secret) < SHORTEST_SECRET for secret in keys.values()):
        sys.stderr.write(f"LOYALTY_KEYS: wanted id=secret, at least {SHORTEST_SECRET} characters.\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Service(
        options.port, options.data, keys, prepare_above=options.prepare_above, calls_to=options.calls_to
    ) as service:
        if options.demo:
            members.fill(service.store)
        sys.stdout.write(f"loyalty: http://127.0.0.1:{service.server_address[1]}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            service.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
