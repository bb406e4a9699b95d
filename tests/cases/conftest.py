"""A case at every stage. Exports and erasures have stand-ins, where a test does not want the real ones."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks import erasure, export, vault
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Step, StepState
from tasks.collector import Subject


@dataclass
class StandIns:
    """What the stand-ins were asked, and what they shall do."""

    snapshots: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    fail: type[Exception] | None = None
    decisions: str = "a" * 64
    refused: int = 0
    clean: bool = True

    def trouble(self) -> None:
        if self.fail:
            raise self.fail("alice@example.com must not be seen")

    def take_snapshot(self, batches: Any, *, name: str, about: Any, **_: Any) -> Any:
        self.trouble()
        counts: dict[str, int] = {}
        with vault.writing(name) as out:
            for batch in batches:
                counts[batch.label] = counts.get(batch.label, 0) + len(batch.rows)
                out.write(json.dumps([batch.label, len(batch.rows)]).encode() + b"\n")
        self.snapshots.append(name)
        files = [name]
        return SimpleNamespace(
            name=name, sha256=out.sha256, size=out.size, counts=counts, categories=[], gaps=[], files=files
        )

    def build(self, snapshot_name: str, *, about: Any, prefix: str, **_: Any) -> list[Any]:
        self.trouble()
        built = []
        for kind in ("zip", "pdf", "json"):
            with vault.writing(f"{prefix}.{kind}") as out:
                out.write(f"{kind} of {about.reference}".encode())
            built.append(
                SimpleNamespace(
                    kind=kind,
                    name=f"{prefix}.{kind}",
                    filename=f"data.{kind}",
                    size=out.size,
                    sha256=out.sha256,
                    pages=1,
                )
            )
        self.packages.append(prefix)
        return built

    def plan(self, subject: Subject, *, at: datetime | None = None) -> Any:
        self.trouble()
        return StandInPlan(self, self.decisions)

    def apply(self, subject: Subject, plan: Any, *, run_id: Any, at: datetime, on_progress: Any = None) -> Any:
        self.trouble()
        self.erased.append(str(run_id))
        return SimpleNamespace(total=3, by_label={"auth.User": 1, "account.EmailAddress": 2})

    def verify(self, subject: Subject, *, run_id: Any, at: datetime) -> Any:
        return SimpleNamespace(clean=self.clean)

    def certificate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"hash": "c" * 64, "categories": []}


@dataclass
class StandInPlan:
    owner: StandIns
    decisions_hash: str
    total: int = 3

    @property
    def decisions(self) -> dict[str, Any]:
        return {"auth.User": [{"strategy": self.decisions_hash}]}

    @property
    def totals(self) -> dict[str, int]:
        return {"delete": 3, "anonymise": 0, "keep": 0, "refused": self.owner.refused}

    refusals: tuple[Any, ...] = ()

    def summary(self) -> dict[str, Any]:
        rows = [{"category": "account", "title": "Account", "fate": "delete", "count": 3}]
        return {"rows": rows, "totals": self.totals}

    def check_within(self, approved: dict[str, Any]) -> None:
        from tasks.errors import ApprovalVoid

        if approved != self.decisions:
            raise ApprovalVoid("Not as it was approved: auth.User.")


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    """Letters link to pages; the pages are tested elsewhere."""
    settings.ROOT_URLCONF = "tests.cases.urls"


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> StandIns:
    """Stand-ins for export and erasure; the vault and the collector are real."""
    stand_ins = StandIns()
    for module, names in ((export, ("take_snapshot", "build")), (erasure, ("plan", "apply", "verify", "certificate"))):
        for name in names:
            monkeypatch.setattr(module, name, getattr(stand_ins, name), raising=False)
    monkeypatch.setattr(export, "About", SimpleNamespace, raising=False)
    monkeypatch.setattr(export, "SourceReport", SimpleNamespace, raising=False)
    monkeypatch.setattr(export, "KINDS", ("zip", "pdf", "json"), raising=False)
    return stand_ins


@dataclass
class Office:
    """The people as actors."""

    alice: Actor
    bob: Actor
    dana: Actor
    axel: Actor
    mallory: Actor


@pytest.fixture
def office(alice: User, bob: User, dana: User, axel: User, mallory: User) -> Office:
    return Office(*(Actor.of_user(user) for user in (alice, bob, dana, axel, mallory)))


@pytest.fixture
def ask_for_copy(office: Office, alice: User, rooms: StandIns, noon: datetime) -> Callable[..., Case]:
    """Alice asks for a copy of her data."""

    def ask(**given: Any) -> Case:
        facts = {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann", **given}
        return operations.open_access(Subject(User, alice.pk, "default"), **facts)

    return ask


@pytest.fixture
def ask_for_erasure(office: Office, alice: User, rooms: StandIns, noon: datetime) -> Callable[..., Case]:
    """Alice asks for the deletion of her account."""

    def ask(**given: Any) -> Case:
        facts = {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann", **given}
        return operations.open_erasure(Subject(User, alice.pk, "default"), **facts)

    return ask


def run_due(case: Case, *, at: datetime) -> Case:
    """Be the worker: do one step of a case after the other until none is due or one fails. Work takes a moment."""
    for _ in range(20):
        at += timedelta(seconds=1)
        step = Step.objects.filter(case=case, state=StepState.DUE, next_try_at__lte=at).first()
        if step is None or not operations.work(step.pk, at=at):
            break
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def copy_in_review(ask_for_copy: Callable[..., Case], noon: datetime) -> Case:
    """Alice's copy, collected and waiting for a decision."""
    return run_due(ask_for_copy(), at=noon)


@pytest.fixture
def erasure_in_review(ask_for_erasure: Callable[..., Case], noon: datetime) -> Case:
    """Alice's erasure, planned and waiting for a decision."""
    return run_due(ask_for_erasure(), at=noon)


@pytest.fixture
def copy_ready(copy_in_review: Case, office: Office, noon: datetime) -> Case:
    """Alice's copy, ready to be fetched."""
    operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=copy_in_review.snapshot_hash)
    return run_due(copy_in_review, at=noon)


@pytest.fixture
def copies(alice: User, office: Office, noon: datetime) -> Any:
    """Alice's copy in review, with a real snapshot, in which one address is her neighbour's."""
    from tests.cases.redactions import Copies, address, asked_again

    hers, neighbours = address(alice, "Alice Hartmann"), address(alice, "Ida Lindqvist")
    return Copies(asked_again(alice, office, noon), hers, neighbours)
