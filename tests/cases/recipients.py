"""Recipients of what is erased, and Alice's account erased: what tests of telling them share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tasks import erasure
from tasks.cases import notifying, operations
from tasks.cases.models import Case
from tasks.cases.states import State
from tasks.datamap import Recipient, TellByLetter, Webhook
from tests.cases.conftest import Office, run_due
from tests.collector.loopback import SECRET

HOUR = timedelta(hours=1)
DONE = [
    {"category": "orders", "title": "Orders", "erased": 3, "anonymised": 0, "kept": 0},
    {"category": "reviews", "title": "Reviews", "erased": 0, "anonymised": 2, "kept": 0},
    {"category": "billing", "title": "Billing", "erased": 0, "anonymised": 0, "kept": 9},
]


def by_mail(subject: Any) -> dict[str, str]:
    return {"customer e-mail": subject.row.email}


def carrier(url: str, **given: Any) -> Recipient:
    told = {"url": url, "secret": SECRET.value, "identify": by_mail, **given}
    return Recipient("Talweg Logistik", "Leipzig", tell=Webhook(**told))


def printer(email: str = "", **given: Any) -> Recipient:
    return Recipient("Brieftaube Mail", "Halle", tell=TellByLetter(**{"identify": by_mail, "email": email, **given}))


@pytest.fixture
def receive(monkeypatch: pytest.MonkeyPatch, rooms: Any, noon: datetime) -> Callable[..., None]:
    """Say which recipients there are, and have an erasure do what ``DONE`` says."""
    outcome = {"begun_at": noon.isoformat(), "categories": DONE, "hash": "c" * 64}
    monkeypatch.setattr(erasure, "certificate", lambda *_, **__: dict(outcome))

    def declare(*recipients: Recipient, category: str = "orders") -> None:
        found = {each.name: (each, {category: category.title()}) for each in recipients}
        monkeypatch.setattr(notifying, "declared", lambda: found)

    return declare


@pytest.fixture
def erased(ask_for_erasure: Callable[..., Case], office: Office, noon: datetime) -> Callable[[], Case]:
    """Alice's account is erased."""

    def erase() -> Case:
        case = run_due(ask_for_erasure(when="approved"), at=noon)
        operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
        case = run_due(case, at=noon)
        assert case.state == State.CLOSED
        return case

    return erase
