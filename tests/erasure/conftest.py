"""Accounts of the host ``fates``, and declarations that hold for one test."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import ModelPrivacy, registry
from tasks.erasure import ledger
from tests.hosts.fates.models import Account

Declare = Callable[..., None]


@pytest.fixture
def account(db: None) -> Account:
    """Alice's account."""
    return Account.objects.create(
        name="Alice Hartmann",
        email="alice@example.com",
        phone="+49 341 5550120",
        nick="ali",
        joined_at="2020-01-01T00:00Z",
    )


@pytest.fixture
def other(db: None) -> Account:
    """Bob's account."""
    return Account.objects.create(name="Bob Okafor", email="bob@example.com", nick="bob", joined_at="2021-01-01T00:00Z")


@pytest.fixture
def subject(account: Account) -> Subject:
    """Alice as a subject."""
    return Subject.find(Account, account.pk)


@pytest.fixture
def run_id() -> uuid.UUID:
    """The id of an erasure."""
    return uuid.UUID("00000000-0000-0000-0000-00000000da7a")


@pytest.fixture
def declare() -> Iterator[Declare]:
    """``declare(Order, erasure=Keep(...), follow=True)``: a privacy.py for one test."""
    with ExitStack() as stack:

        def add(model: Any, **attributes: Any) -> None:
            stack.enter_context(
                registry.overridden({model: type(f"{model.__name__}Privacy", (ModelPrivacy,), attributes)})
            )

        yield add


@pytest.fixture(autouse=True)
def _storage(settings: Any, tmp_path: Path) -> None:
    """Files of a test go where they vanish."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _no_broken_key(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test every key leads somewhere."""
    yield
    if "db" in request.fixturenames:
        connection.check_constraints()


@pytest.fixture
def ledger_apart(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second connection stands for the second database; nothing is shared but what is committed."""
    connections["ledger"] = connections.create_connection("default")
    connections["ledger"].alias = "ledger"
    monkeypatch.setattr(ledger, "alias", lambda: "ledger")
    yield
    connections["ledger"].close()
    del connections["ledger"]


@pytest.fixture
def erase(subject, run_id, noon):
    """Plan and carry out, as a case does."""

    def carry_out(**more):
        return erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon, **more)

    return carry_out


def interrupt(done: int, total: int) -> None:
    """Stop an erasure after its next transaction, as a signal would: for ``on_progress``."""
    raise KeyboardInterrupt
