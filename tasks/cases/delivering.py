"""How a recipient is told: a signed POST whose signed answer proves it, or a letter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from tasks.cases import letters
from tasks.cases.deadlines import local_date
from tasks.cases.models import Notification
from tasks.collector.sources import http_signing as signing
from tasks.collector.sources.http_answers import JSON, Reading
from tasks.collector.sources.http_client import Answer, Limits, Question, fetch
from tasks.datamap.addresses import path_of
from tasks.datamap.telling import TellByLetter, Webhook
from tasks.errors import SourceUnavailable

DEADLINE_SECONDS = 60.0
MAX_BYTES = 65_536


@dataclass(frozen=True)
class Proof:
    """What shows that somebody was told: the status of the answer, the recipient's reference, the answer's hash."""

    status: int | None = None
    reference: str = ""
    sha256: str = ""


def deliver(notification: Notification, tell: Webhook | TellByLetter, *, at: datetime) -> Proof:
    """Tell a recipient now.

    Raises:
        SourceUnavailable: it did not answer, or not as agreed.
        OSError: the mail server did not take the letter.
    """
    if isinstance(tell, Webhook):
        return _call(notification, tell, at=at)
    return _mail(notification, tell)


def _call(notification: Notification, hook: Webhook, *, at: datetime) -> Proof:
    """Post it, and believe only a signed answer to this very message. The id is the same at every try."""
    secret, key = signing.Secret(hook.key_id, hook.secret), f"{notification.case_id}-{notification.pk}"
    body = json.dumps(message(notification, key=key)).encode()
    headers = signing.request_headers(secret, "POST", path_of(hook.url), body, now=at.timestamp())
    headers |= {"Content-Type": JSON, "Accept": JSON, "Idempotency-Key": key}
    question = Question(notification.recipient, "POST", hook.url, body, headers)
    answer = fetch(question, Limits(deadline=DEADLINE_SECONDS, max_bytes=MAX_BYTES, ca_file=hook.ca_file))
    if answer.status not in (200, 202, 204):
        raise SourceUnavailable(f"{notification.recipient}: it answers with status {answer.status}.")
    reading = Reading(notification.recipient, answer, secret, headers[signing.NONCE])
    reading.check()
    return Proof(answer.status, _reference(reading, answer), answer.digest)


def _reference(reading: Reading, answer: Answer) -> str:
    if answer.media_type != JSON or not answer.size:
        return ""
    return str(reading.document().get("reference") or "")[:200]


def message(notification: Notification, *, key: str) -> dict[str, Any]:
    """What a webhook is sent. docs/recipients.md"""
    return {
        "id": key,
        "event": "erasure",
        "subject": json.loads(notification.about),
        "categories": [each["key"] for each in notification.categories],
        "erased_on": local_date(begun_at(notification)).isoformat(),
    }


def _mail(notification: Notification, tell: TellByLetter) -> Proof:
    letters.mail(tell.email, letter(notification, tell))
    return Proof()


def letter(notification: Notification, tell: TellByLetter) -> letters.Rendered:
    """The letter to a recipient, to be mailed or printed. It holds what the declaration says that it needs."""
    about: Mapping[str, str] = json.loads(notification.about or "{}")
    return letters.render(
        notification.case,
        "recipient",
        language=tell.language or settings.LANGUAGE_CODE,
        recipient=notification.recipient,
        about=about,
        categories=[each["title"] for each in notification.categories],
        erased_on=local_date(begun_at(notification)),
    )


def begun_at(notification: Notification) -> datetime:
    """When the erasure began that this is about."""
    return datetime.fromisoformat(notification.case.outcome["begun_at"])
