"""A service says that it is ready: its step is looked at now. Nobody else can hurry a case."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tasks.cases import limits, queue
from tasks.cases.models import Case, Step, StepState
from tasks.collector.sources import HttpSource
from tasks.collector.sources.http_signing import Secret, request_headers
from tasks.datamap import registry

SECRET = Secret("dossier", "a secret that nobody guesses")


class Loyalty(HttpSource):
    key, url, secret, callback = "loyalty", "https://loyalty.example", SECRET.value, True

    def identify(self, subject):
        return {"email": "alice@example.com"}


@pytest.fixture
def step(alice: User) -> Iterator[Step]:
    """A step of Alice's copy that is asked again in an hour."""
    now = timezone.now()
    case = Case.objects.create(
        reference="DS-2026-0001", kind="access", state="collecting", subject_label="auth.User",
        subject_key=str(alice.pk), opened_by="auth.User:1", received_at=now, due_on=now.date(),
    )  # fmt: skip
    with registry.with_sources(Loyalty):
        yield Step.objects.create(
            case=case, source="loyalty", phase="collect", next_try_at=now + timedelta(hours=1),
            began_at=now - timedelta(minutes=1),
        )  # fmt: skip


def call(step: Step, *, secret: Secret = SECRET, question: str = "", ago: float = 0, **headers: str) -> int:
    path = reverse("portal:callback", args=[question or step.question.hex])
    signed = {**request_headers(secret, "POST", path, b"{}", now=time.time() - ago), **headers}
    return Client(enforce_csrf_checks=True).post(path, b"{}", "application/json", headers=signed).status_code


def is_due(step: Step) -> bool:
    return Step.objects.filter(pk=step.pk, next_try_at__lte=timezone.now()).exists()


@pytest.mark.django_db
def test_a_genuine_call_makes_the_step_due_now(step):
    assert call(step) == 204
    assert is_due(step)


@pytest.mark.django_db
def test_the_message_that_a_call_sends_has_the_limit_of_its_source(
    step, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(queue, "_publish", lambda task, ids, seconds: sent.append((task, ids, seconds)))
    monkeypatch.setattr(queue, "_quiet_until", 0.0)
    with django_capture_on_commit_callbacks(execute=True):
        assert call(step) == 204
    assert limits.hard_limit("loyalty", "collect")
    assert sent == [("dossier.work", {"step_id": str(step.pk)}, limits.hard_limit("loyalty", "collect"))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": Secret("dossier", "a secret that somebody guessed")},
        {"secret": Secret("another", SECRET.value)},
        {"ago": 600},
        {"Dossier-Signature": ""},
        {"Dossier-Timestamp": "now"},
        {"question": "0" * 32},
        {"question": "no-question"},
    ],
)
def test_a_call_that_is_not_genuine_is_answered_as_an_address_that_is_not_there(step, wrong):
    assert call(step, **wrong) == 404
    assert not is_due(step)


@pytest.mark.django_db
def test_a_call_does_not_hurry_a_step_that_was_just_asked_is_done_or_is_of_another_source(step):
    for facts in ({"began_at": timezone.now()}, {"began_at": None, "state": StepState.DONE}):
        Step.objects.filter(pk=step.pk).update(**facts)
        assert call(step) == 204
        assert not is_due(step)
    Step.objects.filter(pk=step.pk).update(state=StepState.DUE, source="preferences")
    assert call(step) == 404
    assert not is_due(step)


@pytest.mark.django_db
def test_strangers_cost_no_query_and_large_calls_are_not_read(step, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert call(step, secret=Secret("dossier", "a secret that somebody guessed")) == 404
        path = reverse("portal:callback", args=[step.question.hex])
        assert Client().post(path, b"x" * 5000, "application/json").status_code == 413
        assert Client().get(path).status_code == 405
