"""What became of telling the recipients: for the office's page, and for the certificate."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.cases.models import Case, Notification
from tasks.cases.models.notification import Telling
from tasks.erasure.rules import hash_of

SETTLED = (Telling.TOLD, Telling.OTHERWISE)


@dataclass(frozen=True)
class Told:
    """One recipient of what was erased: told, or not yet and why. Holds nothing about the person."""

    key: int
    recipient: str
    way: str  # "webhook", "mail" or "post"
    categories: list[str]
    state: Telling
    told_at: datetime | None
    reference: str  # the recipient's own
    error: str
    attempts: int
    next_try_at: datetime | None
    note: str
    can_try: bool
    can_print: bool

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED


def of_case(case: Case) -> list[Told]:
    """The recipients of an erasure, in the order of the data map. One query; none are there before it is done."""
    return [_one(each) for each in case.notifications.exclude(state=Telling.PREPARED)]


def _one(found: Notification) -> Told:
    known, settled = bool(found.about), found.state in SETTLED
    return Told(
        key=found.pk,
        recipient=found.recipient,
        way=found.way,
        categories=[each["title"] for each in found.categories],
        state=Telling(found.state),
        told_at=found.told_at,
        reference=found.answer_reference,
        error=found.error,
        attempts=found.attempts,
        next_try_at=found.next_try_at,
        note=found.note,
        can_try=known and not settled and found.way != "post",
        can_print=known and not settled,
    )


def with_recipients(case: Case, document: dict[str, Any]) -> dict[str, Any]:
    """A certificate with what is known of the recipients now, and its hash made anew."""
    told = [_certified(each) for each in case.notifications.exclude(state=Telling.PREPARED)]
    if not told:
        return document
    bare = {name: value for name, value in document.items() if name not in ("hash", "recipients")}
    bare["recipients"] = told
    return {**bare, "hash": hash_of(json.loads(json.dumps(bare)))}


def _certified(notification: Notification) -> dict[str, Any]:
    return {
        "name": notification.recipient,
        "categories": [each["title"] for each in notification.categories],
        "way": notification.way,
        "told": notification.state in SETTLED,
        "told_at": notification.told_at.isoformat() if notification.told_at else None,
        "status": notification.answer_status,
        "reference": notification.answer_reference,
        "sha256": notification.answer_sha256,
    }
