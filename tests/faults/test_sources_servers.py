"""Real servers behind a case: stopped, lying, silent, back again. It ends right, and is complete only when it is."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks.cases import completeness, operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Step, StepState
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.collector.sources import HttpSource, RedisSource
from tasks.datamap import registry
from tests import services
from tests.collector.loopback import SECRET, Handler, fails, serving

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Service:
    """A loyalty service with two records of Alice's. ``trouble`` comes instead of an answer while it is set."""

    def __init__(self) -> None:
        self.records, self.trouble, self.erased = 2, None, 0

    def __call__(self, handler: Handler) -> None:
        if self.trouble:
            self.trouble(handler)
            return
        kind = json.loads(handler.server.asked[-1][3])["kind"]
        if kind == "count":
            handler.give({"counts": {"points": self.records}})
        elif kind == "erasure":
            gone, self.records, self.erased = self.records, 0, self.erased + 1
            handler.give({"erased": gone})
        else:
            record = {"section": "points", "values": {"points": 15}}
            handler.give({"records": [{"key": f"p-{n}", **record} for n in range(self.records)]})


def raw(text: bytes) -> Callable[[Handler], None]:
    def behave(handler: Handler) -> None:
        handler.wfile.write(text)
        handler.close_connection = True

    return behave


def silent(handler: Handler) -> None:
    """Say nothing for longer than anybody waits."""
    handler.close_connection = True
    handler.server.over.wait(3)


def endless(handler: Handler) -> None:
    """More than anybody takes."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b"[" * 65_536)


def lies(handler: Handler) -> None:
    """What it was not asked, well signed."""
    handler.give({"erased": -7, "records": "none", "counts": "many"})


TROUBLES = {
    "500": fails(500),
    "401": fails(401),
    "hangs up": raw(b""),
    "truncated": raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"records": ['),
    "unsigned": raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"records":[]}'),
    "lies": lies,
    "silent": silent,
    "endless": endless,
}


@pytest.fixture
def loyalty() -> Iterator[Service]:
    service = Service()
    with serving(service) as server:

        class LoyaltyPrivacy(HttpSource):
            key, title, url, secret = "loyalty", "Loyalty", server.url, SECRET.value
            timeout, time_limit, max_bytes, deadline = 0.3, 2.0, 100_000, 2.0

            def identify(self, subject: Any) -> dict[str, str]:
                return {"email": subject.identifiers()["email"][0]}

        with registry.with_sources(LoyaltyPrivacy):
            yield service


@pytest.fixture
def facts(alice: User, noon: datetime) -> dict[str, Any]:
    return {"by": Actor.of_user(alice), "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann"}


def go_on(case: Case, at: datetime) -> Case:
    """Do what is due until nothing is done any more. A step that failed is tried at ``at`` and not again."""
    again = set(Step.objects.filter(case=case, next_try_at__lte=at).values_list("pk", flat=True))
    for _ in range(8):
        due = Step.objects.filter(case=case, state=StepState.DUE)
        steps = [step for step in due if step.since is None or step.pk in again]
        again = set()
        if sum(operations.work(step.pk, at=max(at, step.next_try_at)) for step in steps) == 0:
            break
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_service_in_trouble_is_tried_again_and_the_case_ends_right(trouble, loyalty, alice, axel, facts, noon):
    subject = Subject(User, alice.pk, "default")
    loyalty.trouble = TROUBLES[trouble]
    copy = go_on(operations.open_access(subject, **facts), noon)
    step = copy.steps.get(source="loyalty")
    assert (copy.state, step.state) == (State.COLLECTING, StepState.DUE)
    assert step.attempts >= 1
    assert step.error.startswith("loyalty")
    assert "alice" not in step.error.casefold()

    loyalty.trouble = None
    copy = go_on(copy, noon + MINUTE)
    assert (copy.state, copy.snapshot["counts"]["loyalty:points"]) == (State.REVIEW, 2)
    assert not completeness.is_incomplete(copy)
    operations.withdraw(copy, by=facts["by"], at=noon)

    erasure = go_on(operations.open_erasure(subject, when="approved", **facts), noon)
    operations.approve(erasure, by=Actor.of_user(axel), at=noon, seen_hash=erasure.plan_hash)
    loyalty.trouble = TROUBLES[trouble]
    erasure = go_on(erasure, noon + MINUTE)
    assert erasure.steps.get(source="loyalty", phase="erase").state == StepState.DUE
    assert (erasure.outcome, User.objects.filter(pk=alice.pk).exists()) == ({}, True)

    loyalty.trouble = None
    erasure = go_on(erasure, noon + 2 * MINUTE)
    assert erasure.state == State.CLOSED, list(erasure.steps.values("source", "state", "error"))
    [told] = erasure.outcome["sources"]
    assert (told["state"], told["erased"], told["left"], loyalty.records) == ("erased", 2, 0, 0)
    assert not User.objects.filter(pk=alice.pk).exists()


def test_one_that_says_it_erased_and_did_not_is_never_certified(loyalty, alice, axel, facts, noon):
    erasure = go_on(operations.open_erasure(Subject(User, alice.pk, "default"), when="approved", **facts), noon)
    operations.approve(erasure, by=Actor.of_user(axel), at=noon, seen_hash=erasure.plan_hash)

    def says_so(handler: Handler) -> None:
        kind = json.loads(handler.server.asked[-1][3])["kind"]
        handler.give({"counts": {"points": 2}} if kind == "count" else {"erased": 2})

    loyalty.trouble = says_so
    erasure = go_on(erasure, noon + MINUTE)

    step = erasure.steps.get(source="loyalty", phase="erase")
    assert (step.state, step.error) == (StepState.DUE, "loyalty.erase: wanted nothing left, found 2 records.")
    assert User.objects.filter(pk=alice.pk).exists()


def test_a_server_that_is_stopped_and_started_again(alice, axel, facts, noon):
    import redis

    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"redis://127.0.0.1:{free.getsockname()[1]}"

    with services.redis() as url:

        class CartPrivacy(RedisSource):
            key, title, timeout = "cart", "Cart", 1.0
            patterns = {"cart:{user.pk}": "Cart"}

        CartPrivacy.url = url
        with registry.with_sources(CartPrivacy), redis.Redis.from_url(url) as server:
            server.hset(f"cart:{alice.pk}", mapping={"mug": "blue"})
            cart = registry.sources["cart"]
            subject = Subject(User, alice.pk, "default")
            erasure = go_on(operations.open_erasure(subject, when="approved", **facts), noon)
            operations.approve(erasure, by=Actor.of_user(axel), at=noon, seen_hash=erasure.plan_hash)

            cart.url = nowhere
            erasure = go_on(erasure, noon)
            assert erasure.steps.get(source="cart", phase="erase").error.startswith("cart")
            assert User.objects.filter(pk=alice.pk).exists()

            cart.url = url
            erasure = go_on(erasure, noon + MINUTE)
            assert erasure.state == State.CLOSED
            assert server.keys() == []
            assert [(each["erased"], each["left"]) for each in erasure.outcome["sources"]] == [(1, 0)]
