"""``kill -9`` on a real worker in each phase of a case. Started again, the case ends right; nothing is done twice."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.utils import timezone

from tasks import audit, vault
from tasks.cases import operations, queries
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.erasure.models import ErasureRun
from tests.faults import brake
from tests.mailbox import Mailbox
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
EXTRA = 40  # more addresses, so that an erasure has rows before and after the kill


@pytest.fixture
def worker(settings: Any) -> Iterator[Worker]:
    """A worker with a brake and a short lease, not started yet."""
    for name in ("queue", "queue-control", "vault", "brakes"):
        shutil.rmtree(Path(settings.VAR) / name, ignore_errors=True)
        (Path(settings.VAR) / name).mkdir()
    process = Worker(DJANGO_SETTINGS_MODULE="tests.faults.settings", DOSSIER_LEASE_SECONDS="3")
    yield process
    brake.release()
    process.stop()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def facts(alice: User, now: datetime) -> dict[str, Any]:
    EmailAddress.objects.bulk_create(EmailAddress(user=alice, email=f"alice+{n}@example.com") for n in range(EXTRA))
    return {"by": Actor.of_user(alice), "at": now, "contact": "alice@example.com", "person": "Alice Hartmann"}


def state_of(case: Case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def kill_at(worker: Worker, point: str, cause: Callable[[], Any]) -> None:
    """Bring the worker to a point by ``cause``, kill it there, and start it again without the brake."""
    brake.pull(point)
    if not worker.alive:
        worker.start()
    cause()
    worker.wait_until(lambda: brake.reached(point), f"the brake at {point}")
    worker.kill()
    brake.release()
    worker.start()


def until(worker: Worker, case: Case, state: State) -> Case:
    worker.wait_until(lambda: state_of(case) == state, f"the state {state}, which is {state_of(case)}", seconds=90)
    return Case.objects.get(pk=case.pk)


def sealed_files(case: Case, settings: Any) -> set[str]:
    """Everything of a case that lies in the vault."""
    root = Path(settings.DOSSIER["vault_dir"])
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and str(case.pk) in str(path)}


def moves(case: Case) -> Counter:
    return Counter(entry.data["to"] for entry in audit.of(case.pk) if entry.event == "case.moved")


def letters_of(mailbox: Mailbox) -> Counter:
    return Counter(str(mail["Subject"]).split(":")[0].split(" D2")[0] for mail in mailbox.to("alice@example.com"))


def test_a_copy_survives_a_kill_in_every_phase(worker, alice, axel, facts, settings, mailbox):
    subject = Subject(User, alice.pk, "default")
    opened: list[Case] = []

    kill_at(worker, "collecting", lambda: opened.append(operations.open_access(subject, **facts)))
    [case] = opened
    brake.pull("collected")  # a second kill: the snapshot is sealed, and the case does not know it
    worker.wait_until(lambda: brake.reached("collected"), "the second brake")
    worker.kill()
    brake.release()
    worker.start()
    case = until(worker, case, State.REVIEW)
    assert case.snapshot["counts"]["account.EmailAddress"] == EXTRA + 1
    worker.wait_until(lambda: sealed_files(case, settings) == set(case.snapshot["parts"]), "leftovers to go")

    def approve() -> None:
        operations.approve(case, by=Actor.of_user(axel), at=timezone.now(), seen_hash=case.snapshot_hash)

    kill_at(worker, "packaging", approve)
    brake.pull("packaged")
    worker.wait_until(lambda: brake.reached("packaged"), "the brake after the files were made")
    worker.kill()
    brake.release()
    worker.start()
    case = until(worker, case, State.READY)

    assert Counter(package.kind for package in case.packages.all()) == {"zip": 1, "pdf": 1, "json": 1}
    files = {*case.snapshot["parts"], *(package.name for package in case.packages.all())}
    worker.wait_until(lambda: sealed_files(case, settings) == files, "leftovers to go")
    for package in case.packages.all():
        with vault.reading(package.name) as clear:
            assert len(clear.read()) == package.size
    assert set(moves(case).values()) == {1}
    worker.wait_until(lambda: not case.letters.exclude(next_try_at=None).exists(), "the letters")
    assert letters_of(mailbox) == {"We received your request": 1, "Your data is ready": 1}
    assert audit.verify()


def test_an_erasure_survives_a_kill_in_every_phase(worker, alice, bob, axel, facts, mailbox):
    subject = Subject(User, alice.pk, "default")
    worker.start()
    case = until(worker, operations.open_erasure(subject, when="approved", **facts), State.REVIEW)
    planned = case.plan["totals"]

    def approve() -> None:
        operations.approve(case, by=Actor.of_user(axel), at=timezone.now(), seen_hash=case.plan_hash)

    kill_at(worker, "erasing", approve)
    for point in ("erased", "verified"):
        brake.pull(point)
        worker.wait_until(lambda point=point: brake.reached(point), f"the brake at {point}")
        worker.kill()
        brake.release()
        worker.start()
    case = until(worker, case, State.CLOSED)

    assert not User.objects.filter(pk=alice.pk).exists()
    assert not EmailAddress.objects.filter(email__startswith="alice").exists()
    assert User.objects.filter(pk=bob.pk).exists()
    assert EmailAddress.objects.filter(user=bob).exists()
    assert ErasureRun.objects.count() == 1
    assert case.outcome["totals"]["erased"] == planned["delete"] > EXTRA
    assert set(moves(case).values()) == {1}
    assert not queries.cases_of(alice).exists()
    worker.wait_until(lambda: not case.letters.exclude(next_try_at=None).exists(), "the letters")
    assert letters_of(mailbox) == {"We received your request": 1, "Your account is deleted": 1}
    assert Case.objects.get(pk=case.pk).contact == ""
    assert audit.verify()


def test_a_failing_export_never_lets_an_erasure_of_the_same_person_start(worker, alice, axel, facts, monkeypatch):
    subject = Subject(User, alice.pk, "default")
    worker.start()
    erasure = until(worker, operations.open_erasure(subject, when="approved", **facts), State.REVIEW)
    brake.pull("collecting")
    copy = operations.open_access(subject, **facts)
    worker.wait_until(lambda: brake.reached("collecting"), "the copy to be collected")

    operations.approve(erasure, by=Actor.of_user(axel), at=timezone.now(), seen_hash=erasure.plan_hash)
    worker.wait_until(lambda: "dossier.tick" in worker.said, "a tick")

    assert state_of(erasure) == State.SCHEDULED
    assert User.objects.filter(pk=alice.pk).exists()
    brake.release()
    until(worker, copy, State.REVIEW)
    assert state_of(erasure) == State.SCHEDULED
    operations.withdraw(copy, by=facts["by"], at=timezone.now())
    until(worker, erasure, State.CLOSED)
