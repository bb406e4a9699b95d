"""Cases of Alice at every stage, worked on in this process, and clients that are signed in."""

import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from portal.confirmation import SESSION_KEY
from tasks import export, vault
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tasks.cases.subjects import subject_of
from tasks.export.about import About, Built


def signed_in(user: User) -> Client:
    """A browser of ``user`` that has signed in and confirmed nothing."""
    client = Client()
    client.force_login(user)
    return client


def confirm(client: Client, user: User, *, minutes_ago: float = 0) -> Client:
    """Let ``client`` have confirmed by password some minutes ago."""
    session = client.session
    session[SESSION_KEY] = {"user": str(user.pk), "method": "password", "at": time.time() - 60 * minutes_ago}
    session.save()
    return client


def work_off() -> None:
    """Do what the worker would do now: every step that is due."""
    for _ in range(20):
        steps = list(operations.due_steps(at=timezone.now()))
        for step in steps:
            operations.work(step, at=timezone.now())
        if not steps:
            return


def build(parts: object, *, about: About, prefix: str, **_told: object) -> list[Built]:
    """Seal three small files, as ``export.build`` seals large ones."""
    built = []
    for kind in ("zip", "pdf", "json"):
        with vault.writing(f"{prefix}.{kind}") as out:
            out.write(f"{kind} of {about.reference}".encode())
        filename = f"my-data-{about.reference}.{kind}"
        built.append(Built(kind, f"{prefix}.{kind}", filename, out.size, out.sha256, pages=3))
    return built


@pytest.fixture
def hers(alice: User) -> Client:
    """Alice's browser, signed in."""
    return signed_in(alice)


@pytest.fixture
def sure(hers: Client, alice: User) -> Client:
    """Alice's browser, signed in and confirmed just now."""
    return confirm(hers, alice)


@pytest.fixture
def strange(mallory: User) -> Client:
    """Mallory's browser, signed in and confirmed just now."""
    return confirm(signed_in(mallory), mallory)


@pytest.fixture
def copy(alice: User) -> Case:
    """Alice has asked for a copy a moment ago."""
    return operations.open_access(
        subject_of(alice), by=Actor.of_user(alice), at=timezone.now(), contact=alice.email, person="Alice Hartmann"
    )


@pytest.fixture
def deletion(alice: User) -> Case:
    """Alice has asked for the deletion of her account a moment ago, after the days of grace."""
    return operations.open_erasure(
        subject_of(alice), by=Actor.of_user(alice), at=timezone.now(), contact=alice.email, person="Alice Hartmann"
    )


@pytest.fixture
def approve(axel: User) -> Callable[[Case], Case]:
    """``approve(case)``: collect what is due, and Axel approves what he sees."""

    def as_axel(case: Case) -> Case:
        work_off()
        case.refresh_from_db()
        return operations.approve(case, by=Actor.of_user(axel), at=timezone.now(), seen_hash=case.content_hash)

    return as_axel


@pytest.fixture
def ready(copy: Case, approve: Callable[[Case], Case], monkeypatch: pytest.MonkeyPatch) -> Case:
    """Alice's copy is ready, with small files in the vault; the journeys make real ones."""
    monkeypatch.setattr(export, "build", build)
    approve(copy)
    work_off()
    copy.refresh_from_db()
    return copy
