"""The office before a browser: people signed in, and Alice's cases at the stages that the office sees.

Exports and erasures are real, the worker is this process.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Step, StepState
from tasks.collector import Subject
from tests import people


@pytest.fixture
def now() -> datetime:
    """The pages read the real clock, so what they show has to be of today."""
    return timezone.now()


def sign_in(user: User, *, fresh: bool = False) -> Client:
    """A client of somebody who is signed in; ``fresh``: who confirmed a moment ago, too."""
    client = Client()
    client.force_login(user)
    if fresh:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)  # allauth asks whose they are
        session.save()
    return client


@pytest.fixture
def axels(axel: User) -> Client:
    """Axel, the approver, who confirmed a moment ago."""
    return sign_in(axel, fresh=True)


@pytest.fixture
def danas(dana: User) -> Client:
    """Dana, the DPO and handler."""
    return sign_in(dana, fresh=True)


@pytest.fixture
def auditor(db: None) -> User:
    """Somebody who only reads."""
    user = people.make("nora", last_name="Adeyemi", groups=("Privacy auditors",))
    people.totp.TOTP.activate(user, people.TOTP_SECRETS["dana"])
    return user


@pytest.fixture
def copy_of(now: datetime) -> Callable[..., Case]:
    """``copy_of(user)``: somebody asks for a copy; facts of ``open_access`` may be given."""

    def ask(user: User, **given: object) -> Case:
        facts = {"at": now, "contact": user.email, "person": user.get_full_name(), **given}
        return operations.open_access(Subject(User, user.pk, "default"), by=Actor.of_user(user), **facts)

    return ask


@pytest.fixture
def erasure_of(now: datetime) -> Callable[..., Case]:
    """``erasure_of(user)``: somebody asks for the deletion of their account."""

    def ask(user: User, **given: object) -> Case:
        facts = {"at": now, "contact": user.email, "person": user.get_full_name(), **given}
        return operations.open_erasure(Subject(User, user.pk, "default"), by=Actor.of_user(user), **facts)

    return ask


def run_due(case: Case, *, at: datetime) -> Case:
    """Be the worker: do one step after the other until none is due."""
    for _ in range(20):
        at += timedelta(milliseconds=10)
        step = Step.objects.filter(case=case, state=StepState.DUE, next_try_at__lte=at).first()
        if step is None or not operations.work(step.pk, at=at):
            break
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def copy(copy_of: Callable[..., Case], alice: User, now: datetime) -> Case:
    """Alice's copy in review."""
    return run_due(copy_of(alice), at=now)


@pytest.fixture
def erasure(erasure_of: Callable[..., Case], alice: User, now: datetime) -> Case:
    """Alice's erasure in review."""
    return run_due(erasure_of(alice), at=now)
