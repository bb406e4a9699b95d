"""Signatures, as docs/subject-requests.md describes them: the server's side. Standard library only."""

import hashlib
import hmac
from collections.abc import Mapping

VERSION, STREAM = "dossier-v1", "stream"
TOLERANCE_SECONDS = 300
Keys = Mapping[str, str]  # key id -> secret; two of them while one replaces the other


def sign(secret: str, *lines: str) -> str:
    """HMAC-SHA256 over the lines, the version before them, in hexadecimal letters."""
    return hmac.new(secret.encode(), "\n".join((VERSION, *lines)).encode(), hashlib.sha256).hexdigest()


def digest(body: bytes) -> str:
    """SHA-256 in hexadecimal letters."""
    return hashlib.sha256(body).hexdigest()


def refusal(headers: Mapping[str, str], method: str, path: str, body: bytes, *, keys: Keys, now: float) -> str:
    """Why a request is not believed; empty where it is. Whether its nonce is new is asked after this."""
    secret, stamp = keys.get(headers.get("Dossier-Key") or ""), headers.get("Dossier-Timestamp") or ""
    if secret is None:
        return "unknown key"
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16 and abs(now - int(stamp)) <= TOLERANCE_SECONDS):
        return "the timestamp is not of now"
    nonce = headers.get("Dossier-Nonce") or ""
    wanted = sign(secret, "request", stamp, nonce, method, path, digest(body))
    if not nonce or not hmac.compare_digest(wanted.encode(), (headers.get("Dossier-Signature") or "").encode()):
        return "the signature is another one"
    return ""


def answer_signature(secret: str, nonce: str, status: int, content_type: str, location: str, body_digest: str) -> str:
    """The signature of an answer: the nonce of the question ties it to that question."""
    return sign(secret, "answer", nonce, str(status), content_type, location, body_digest)


def end_signature(secret: str, nonce: str, records: int, body_digest: str) -> str:
    """The signature in the last line of NDJSON: over the number of records, and every byte before that line."""
    return sign(secret, "end", nonce, str(records), body_digest)
