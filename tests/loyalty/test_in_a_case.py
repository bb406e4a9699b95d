"""The real service in real cases: it prepares, dies, comes back, keeps what a law keeps; nothing is complete before."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tasks.cases import operations, queries
from tasks.cases.actors import Actor
from tasks.cases.models import Case, StepState
from tasks.collector.sources import HttpSource
from tasks.collector.subject import Subject
from tasks.datamap import registry
from tests.collector.loopback import SECRET
from tests.loyalty.test_serve import Service

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


class Loyalty(HttpSource):
    """Asked wherever the service of the test is: ``url`` is set when it runs."""

    key, title, secret = "loyalty", "Loyalty programme", SECRET.value
    url = "http://127.0.0.1:9"

    def identify(self, subject: Any) -> dict[str, str]:
        return {"email": subject.identifiers()["email"][0]}


@pytest.fixture
def asked() -> Iterator[None]:
    """The service is declared, and no other."""
    with registry.with_sources(Loyalty):
        yield


@pytest.fixture
def service(tmp_path: Path, asked: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``service(*options)`` starts it, again in the same folder where it ran before; ends with the test."""
    running: list[Service] = []

    def start(*options: str) -> Service:
        running.append(Service(tmp_path, *options))
        monkeypatch.setattr(registry.sources["loyalty"], "url", running[-1].url)
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.end()


def go_on(case: Case, at: Any) -> Case:
    """Be the worker at this moment: do what is due until nothing is."""
    for _ in range(20):
        step = case.steps.filter(state=StepState.DUE, next_try_at__lte=at).first()
        if step is None:
            break
        operations.work(step.pk, at=at)
        at += timedelta(milliseconds=10)
    return Case.objects.get(pk=case.pk)


def facts(user: User, at: Any) -> dict[str, Any]:
    return {"by": Actor.of_user(user), "at": at, "contact": user.email, "person": user.get_full_name()}


def loyalty(case: Case, phase: str = "collect") -> Any:
    return case.steps.get(source="loyalty", phase=phase)


def test_a_copy_waits_for_a_prepared_answer_survives_a_dead_service_and_is_whole(service, alice):
    at = timezone.now()
    first = service("--prepare-above", "5")
    case = go_on(operations.open_access(Subject(User, alice.pk, "default"), **facts(alice, at)), at)
    assert (case.state, loyalty(case).attempts) == ("collecting", 0)  # to wait is no failed try

    first.end()
    case = go_on(case, at + MINUTES)
    step = loyalty(case)
    assert (case.state, step.state, step.attempts) == ("collecting", "due", 1)
    assert step.error.endswith("loyalty: nobody answers at its address.")

    service("--prepare-above", "5")
    for minutes in range(5, 60, 5):
        case = go_on(case, at + minutes * MINUTES)
        if case.state == "review":
            break

    assert case.state == "review"
    assert loyalty(case).counts == {"loyalty:points": 38, "loyalty:coupons": 2, "loyalty:memberships": 1}
    found = list(queries.preview(case))
    points = [one for one in found if str(one.key).startswith("points-")]
    (card,) = [one for one in found if str(one.key).startswith("memberships-")]
    assert len(points) == 38
    assert "Purchase" in [value.display for value in points[0].values]
    assert [file.name for file in card.files] == ["card.svg"]
    sections = repr([one for one in found if one not in points])
    assert "Bonus points" in sections
    assert "Booked on" in sections  # what the service calls its fields


def test_an_erasure_keeps_what_the_service_must_keep_and_the_certificate_says_until_when(service, alice, axel):
    at = timezone.now()
    service()
    opened = operations.open_erasure(Subject(User, alice.pk, "default"), when="approved", **facts(alice, at))
    case = go_on(opened, at)
    operations.approve(case, by=Actor.of_user(axel), at=at, seen_hash=case.content_hash)
    for minutes in (1, 2, 3, 4):
        case = go_on(case, at + minutes * MINUTES)

    assert case.state == "closed", [(step.source, step.phase, step.error) for step in case.steps.all()]
    (told,) = case.outcome["sources"]
    assert (told["state"], told["erased"], [kept["count"] for kept in told["kept"]]) == ("erased", 37, [4])
    assert told["kept"][0]["until"] == "2035-12-31"
    assert told["proof"].startswith("LOY-")


def test_an_erasure_that_the_service_does_not_confirm_is_never_closed_as_complete(service, alice, axel):
    at = timezone.now()
    running = service()
    opened = operations.open_erasure(Subject(User, alice.pk, "default"), when="approved", **facts(alice, at))
    case = go_on(opened, at)
    operations.approve(case, by=Actor.of_user(axel), at=at, seen_hash=case.content_hash)
    running.end()
    for hours in range(1, 20):
        case = go_on(case, at + timedelta(hours=hours))
    assert case.state == "failed"
    assert User.objects.filter(pk=alice.pk).exists()  # the row is needed to know whom to ask for

    service()
    operations.retry(loyalty(case, "erase"), by=Actor.of_user(axel), at=at + timedelta(days=1))
    for hours in range(24, 28):
        case = go_on(case, at + timedelta(hours=hours))

    assert case.state == "closed"
    assert case.outcome["sources"][0]["erased"] == 37
    assert not User.objects.filter(pk=alice.pk).exists()
