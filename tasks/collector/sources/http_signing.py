"""Signatures of the protocol of subject requests: HMAC-SHA256 over a few lines of text. docs/subject-requests.md

Both sides sign: the service knows that Dossier asks, and Dossier that the service answers, this question and nobody
else's.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

VERSION = "dossier-v1"
STREAM = "stream"  # in place of the digest, where a body is signed at its end
KEY, TIMESTAMP, NONCE, SIGNATURE = "Dossier-Key", "Dossier-Timestamp", "Dossier-Nonce", "Dossier-Signature"
TOLERANCE_SECONDS = 300  # how far two clocks may be apart


@dataclass(frozen=True)
class Secret:
    """A shared secret and the name that it is called by, so that it can be replaced."""

    key_id: str
    value: str = field(repr=False)

    def sign(self, *lines: str) -> str:
        """The signature of ``lines``, in hexadecimal letters."""
        return hmac.new(self.value.encode(), "\n".join((VERSION, *lines)).encode(), hashlib.sha256).hexdigest()

    def agrees(self, signature: str, *lines: str) -> bool:
        """Whether ``signature`` is that of ``lines``; takes the same time for every wrong one."""
        return hmac.compare_digest(self.sign(*lines).encode(), signature.encode("utf-8", "replace"))


def digest_of(body: bytes) -> str:
    """SHA-256 in hexadecimal letters."""
    return hashlib.sha256(body).hexdigest()


def new_nonce() -> str:
    """A word that was never used before and never will be again."""
    return secrets.token_urlsafe(18)


def request_headers(secret: Secret, method: str, path: str, body: bytes, *, now: float) -> dict[str, str]:
    """The headers that sign a request. ``path`` is with its query, as it is sent; ``now`` in seconds since 1970."""
    stamp, nonce = str(int(now)), new_nonce()
    signature = secret.sign("request", stamp, nonce, method, path, digest_of(body))
    return {KEY: secret.key_id, TIMESTAMP: stamp, NONCE: nonce, SIGNATURE: signature}


def is_genuine(headers: Mapping[str, str], secret: Secret, method: str, path: str, body: bytes, *, now: float) -> bool:
    """Whether a request was signed with ``secret``, not long ago. To remember nonces is the caller's matter."""
    stamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16 and nonce):
        return False
    if headers.get(KEY) != secret.key_id or abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return False
    wanted = ("request", stamp, nonce, method, path, digest_of(body))
    return secret.agrees(headers.get(SIGNATURE, ""), *wanted)


def answer_lines(nonce: str, status: int, headers: Mapping[str, str], digest: str) -> tuple[str, ...]:
    """What an answer's signature is over: the question's nonce ties it to that question."""
    return ("answer", nonce, str(status), headers.get("Content-Type", ""), headers.get("Location", ""), digest)


def end_lines(nonce: str, records: int, digest: str) -> tuple[str, ...]:
    """What the last line of a streamed answer signs: everything before it."""
    return ("end", nonce, str(records), digest)
