"""The office sees each source of a case: since when it gives no answer, and what can be done about it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tasks.cases.models import Case, StepState
from tasks.cases.states import State
from tasks.datamap import registry
from tasks.errors import SourceRefused, SourceUnavailable, SourceWaiting
from tests.cases.stores import Shelf, declared, raises
from tests.cases.test_sources import go_on, step_of
from tests.dpo.conftest import sign_in

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cart():
    return Shelf([{"id": 1}, {"id": 2}])


@pytest.fixture
def loyalty():
    return Shelf([{"id": 7}])


@pytest.fixture
def stores(cart, loyalty):
    with registry.with_sources(declared("cart", cart), declared("loyalty", loyalty)):
        yield


def page_of(client, case):
    return " ".join(client.get(reverse("dpo:case", args=[case.reference])).content.decode().split())


def test_each_source_says_where_it_stands(stores, axels, copy_of, alice, now, cart, loyalty):
    cart.do("collect", raises(SourceUnavailable("cart: away.")))
    loyalty.do("collect", raises(SourceWaiting("loyalty: soon.", seconds=1200, memo={"ticket": 1})))
    case = go_on(copy_of(alice), now)

    page = page_of(axels, case)

    assert "No answer since" in page
    assert "next try" in page
    assert "cart: away, " in page
    assert "It prepares its answer since" in page
    assert page.count("Try now") == 2
    assert page.count("Go on without it") == 2


def test_a_handler_tries_again_and_leaves_nothing_out(stores, danas, copy_of, alice, now, cart):
    cart.do("collect", raises(SourceUnavailable("cart: away.")), lambda ask: None)
    case = go_on(copy_of(alice), now)
    step = step_of(case, "cart")
    url = reverse("dpo:leave_out", args=[case.reference, step.pk])

    assert "Go on without it" not in page_of(danas, case)
    assert danas.get(url).status_code == 409
    assert danas.post(url, {"reason": "It is slow."}).status_code == 409

    danas.post(reverse("dpo:retry", args=[case.reference, step.pk]))
    assert go_on(case, now + MINUTE).state == State.REVIEW


def test_an_approver_leaves_a_store_out_with_a_reason_and_it_is_erased_there_later(
    stores, axel, axels, danas, erasure_of, alice, now, loyalty
):
    loyalty.do("erase", raises(SourceRefused("loyalty: refused.", reason="We are migrating.")), lambda ask: None)
    case = go_on(erasure_of(alice, when="approved"), now)
    approval = {"seen_hash": case.plan_hash, "seen": "on"}
    axels.post(reverse("dpo:approve", args=[case.reference]), approval)
    case = go_on(case, now + MINUTE)
    assert case.state == State.FAILED
    step = step_of(case, "loyalty", "erase")
    assert "It says no: We are migrating." in page_of(axels, case)
    url = reverse("dpo:leave_out", args=[case.reference, step.pk])
    assert "not confirmed" in axels.get(url).content.decode()

    assert axels.post(url, {"reason": ""}).status_code == 422
    stale = sign_in(axel)
    assert stale.post(url, {"reason": "They migrate."}).status_code == 302
    assert step_of(case, "loyalty", "erase").state == StepState.FAILED  # who decides has to confirm it first
    assert "They migrate." in stale.get(url).content.decode()
    assert axels.post(url, {"reason": "They migrate."}).status_code == 302
    case = go_on(case, now + 2 * MINUTE)

    assert case.state == State.CLOSED
    page = page_of(danas, case)
    assert "Not confirmed" in page
    assert "Erase there again" in page
    danas.post(reverse("dpo:erase_there", args=[case.reference, step.pk]))
    case = go_on(case, now + 3 * MINUTE)
    assert "Not confirmed" not in page_of(danas, case)
    assert {each["key"]: each["state"] for each in case.outcome["sources"]} == {"cart": "erased", "loyalty": "erased"}


def test_the_person_reads_the_calm_version(stores, copy_of, alice, now, loyalty):
    loyalty.do("collect", raises(SourceUnavailable("loyalty: ConnectionError.")))
    case = go_on(copy_of(alice), now)

    page = sign_in(alice).get(reverse("portal:case", args=[case.reference])).content.decode()

    assert "This takes longer than usual" in page
    assert "Loyalty" in page
    assert "ConnectionError" not in page


def test_the_consequences_and_the_certificate_show_the_stores(stores, axels, erasure_of, alice, now, client, loyalty):
    hers = sign_in(alice)
    first = hers.get(reverse("portal:delete")).content.decode()
    assert "Loyalty" in first

    loyalty.do("count", raises(ConnectionError("away")))
    assert "not known yet" in hers.get(reverse("portal:delete")).content.decode()
    loyalty.do("count", lambda ask: None)

    case = erasure_of(alice, when="approved")
    key = case.receipt_key
    case = go_on(case, now)
    axels.post(reverse("dpo:approve", args=[case.reference]), {"seen_hash": case.plan_hash, "seen": "on"})
    case = go_on(case, now + MINUTE)
    assert case.state == State.CLOSED
    assert not User.objects.filter(pk=alice.pk).exists()
    receipt = client.post(reverse("portal:receipt"), {"reference": case.reference, "key": key}).content.decode()
    assert "Other places" in receipt
    assert "LP-1" in receipt
    assert Case.objects.get().outcome["sources"]
