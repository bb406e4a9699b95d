"""Stores with a real worker: side by side, killed with ``kill -9`` in each hook, hanging. The case ends right."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tasks import audit
from tasks.cases import completeness, operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Step
from tasks.cases.states import State
from tasks.collector import Subject
from tests.faults import brake, stores
from tests.faults.test_worker_killed import kill_at, state_of, until
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker_with(settings: Any) -> Iterator[Callable[[str], Worker]]:
    """A worker with a short lease that loads the stores of some settings; not started yet."""
    for name in ("queue", "queue-control", "vault", "brakes", "shelves"):
        shutil.rmtree(Path(settings.VAR) / name, ignore_errors=True)
        (Path(settings.VAR) / name).mkdir()
    made: list[Worker] = []

    def make(module: str) -> Worker:
        made.append(Worker(DJANGO_SETTINGS_MODULE=f"tests.faults.{module}", DOSSIER_LEASE_SECONDS="3"))
        return made[-1]

    yield make
    brake.release()
    for process in made:
        process.kill()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def facts(alice: User, now: datetime) -> dict[str, Any]:
    return {"by": Actor.of_user(alice), "at": now, "contact": "alice@example.com", "person": "Alice Hartmann"}


@pytest.fixture
def files() -> Iterator[None]:
    stores.fill("cart", "a blue mug", "a green mug")
    stores.fill("loyalty", "forty points")
    with stores.declared(*stores.FILES):
        yield


def approve(case: Case, axel: User) -> None:
    operations.approve(case, by=Actor.of_user(axel), at=timezone.now(), seen_hash=case.content_hash)


def test_two_sources_of_a_case_are_worked_on_at_the_same_time(worker_with, alice, facts):
    """Each of them answers only while the other is asked, too: one after the other would never end."""
    worker = worker_with("settings_twins").start()
    with stores.declared(*stores.TWINS):
        case = operations.open_access(Subject(User, alice.pk, "default"), **facts)

        case = until(worker, case, State.REVIEW)

    assert (case.snapshot["counts"]["east"], case.snapshot["counts"]["west"]) == (1, 1)
    assert not completeness.is_incomplete(case)
    assert {step.attempts for step in case.steps.all()} == {1}


def test_killed_while_a_store_is_collected_and_while_it_erases(worker_with, files, alice, axel, facts):
    worker, subject = worker_with("settings_files"), Subject(User, alice.pk, "default")
    opened: list[Case] = []

    kill_at(worker, "cart collects", lambda: opened.append(operations.open_access(subject, **facts)))
    copy = until(worker, opened[0], State.REVIEW)
    assert (copy.snapshot["counts"]["cart"], copy.snapshot["counts"]["loyalty"]) == (2, 1)
    assert copy.steps.get(source="cart").attempts == 2
    operations.withdraw(copy, by=facts["by"], at=timezone.now())

    erasure = until(worker, operations.open_erasure(subject, when="approved", **facts), State.REVIEW)
    kill_at(worker, "cart erased", lambda: approve(erasure, axel))
    assert User.objects.filter(pk=alice.pk).exists()  # its row waits for every store
    erasure = until(worker, erasure, State.CLOSED)

    told = {each["key"]: (each["state"], each["erased"], each["left"]) for each in erasure.outcome["sources"]}
    assert told == {"cart": ("erased", 2, 0), "loyalty": ("erased", 1, 0)}  # nothing lost, nothing counted twice
    assert stores.times("cart", "erase") == 2
    assert stores.times("loyalty", "erase") in (1, 2)  # the kill takes the other process as well, wherever that was
    assert not User.objects.filter(pk=alice.pk).exists()
    assert audit.verify()


def test_stores_that_hang_hold_neither_the_case_nor_the_worker(worker_with, files, alice, facts):
    """One sleeps, one holds the whole interpreter, in both of the worker's processes. Both are freed."""
    stores.once("cart", "sleep")
    stores.once("loyalty", "hog")
    worker = worker_with("settings_files").start()

    case = operations.open_access(Subject(User, alice.pk, "default"), **facts)
    case = until(worker, case, State.REVIEW)

    assert (case.snapshot["counts"]["cart"], case.snapshot["counts"]["loyalty"]) == (2, 1)
    assert not completeness.is_incomplete(case)
    assert {key: case.steps.get(source=key).attempts for key in ("cart", "loyalty")} == {"cart": 2, "loyalty": 2}
    assert len(worker.children) >= 2
    failed = [entry.data["error"] for entry in audit.of(case.pk) if entry.event == "case.step.failed"]
    assert "TookTooLong" in failed
    assert "alice" not in worker.said.casefold()


def test_frozen_while_a_store_erases_and_let_go_on(worker_with, files, alice, axel, dana, facts):
    worker = worker_with("settings_files").start()
    subject = Subject(User, alice.pk, "default")
    case = until(worker, operations.open_erasure(subject, when="approved", **facts), State.REVIEW)
    brake.pull("cart erased")
    approve(case, axel)
    worker.wait_until(lambda: brake.reached("cart erased"), "the cart to be erased")

    operations.freeze(Case.objects.get(pk=case.pk), at=timezone.now())
    brake.release()
    worker.wait_until(lambda: Step.objects.filter(source="loyalty", phase="erase", state__in=["due", "done"]).exists())
    assert state_of(case) == State.ERASING
    assert User.objects.filter(pk=alice.pk).exists()

    operations.unfreeze(Case.objects.get(pk=case.pk), by=Actor.of_user(dana), at=timezone.now())
    case = until(worker, case, State.CLOSED)
    assert {each["key"]: each["erased"] for each in case.outcome["sources"]} == {"cart": 2, "loyalty": 1}
