"""Housekeeping on the office's pages: everybody of the office reads, approvers and the DPO decide."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tasks.datamap.sweeps import Sweep, declared
from tasks.housekeeping import sweeps
from tasks.housekeeping.models import SweepRun, Switch
from tests import people
from tests.dpo.conftest import sign_in

State = SweepRun.State
PAGE = "/office/housekeeping/shop.everybody/"


@pytest.fixture(autouse=True)
def everybody(db: None) -> Iterator[Sweep]:
    """A sweep with a slip in it, and ten people."""
    with declared.only() as registry:

        @registry.declare("Everybody", every="12 hours", key="shop.everybody", description="A slip.")
        def find(at: datetime) -> Any:
            return User.objects.all()

        User.objects.bulk_create(User(username=f"u{n}", email=f"u{n}@example.com") for n in range(10))
        found = registry.get("shop.everybody")
        assert found
        yield found


def refused(sweep: Sweep, now: datetime) -> SweepRun:
    Switch.objects.update_or_create(pk=sweep.key, defaults={"is_on": True, "next_at": now})
    run = sweeps.run(sweep, at=now)
    assert run is not None
    return run


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_list_says_what_is_off_and_what_waits(axels, everybody, now):
    assert "Off" in words(axels.get(reverse("dpo:sweeps")))
    refused(everybody, now)

    text = words(axels.get(reverse("dpo:sweeps")))

    assert "1 sweep waits for you" in text
    assert "Refused" in text


def test_a_page_shows_what_a_sweep_would_do_and_does_nothing(axels, everybody):
    text = words(axels.get(PAGE))

    assert "would go" in text
    assert "12 hours" in text
    assert "More than is allowed" in text
    assert "auth.User" in text
    assert not SweepRun.objects.exists()
    assert "u1@example.com" not in text


def test_a_sweep_that_cannot_run_says_why(axels):
    declared.declare("Broken", every="1 day", key="broken")(lambda at: 1 / 0)

    assert "raised ZeroDivisionError" in words(axels.get(reverse("dpo:sweep", args=["broken"])))
    assert axels.get(reverse("dpo:sweep", args=["nix"])).status_code == 404


def test_an_approver_switches_it_on_and_off_and_the_page_says_who(axels, axel):
    assert axels.post(f"{PAGE}switch/", {"on": "1"}).status_code == 302

    assert Switch.objects.get().by == f"auth.User:{axel.pk}"
    assert "Switched on by Axel Brandt" in words(axels.get(PAGE))
    axels.post(f"{PAGE}switch/", {"on": "0"})
    assert not Switch.objects.get().is_on


def test_switching_on_and_confirming_want_a_fresh_confirmation_of_who_does_it(axel, everybody, now):
    run = refused(everybody, now)
    client = sign_in(axel)

    for what, posted in (("switch", {"on": "1"}), ("confirm", seen(run))):
        answer = client.post(f"{PAGE}{what}/", posted)
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url
    assert SweepRun.objects.get().confirmed_at is None


def seen(run: SweepRun) -> dict[str, Any]:
    """What the form of a refused run posts."""
    return {"run": str(run.pk), "set_hash": run.set_hash, "touches": run.touches}


def test_a_refused_run_is_confirmed_for_what_was_seen_and_nothing_else(axels, everybody, now):
    run = refused(everybody, now)
    assert "Confirm exactly this" in words(axels.get(PAGE))

    for wrong in ({"touches": "1"}, {"set_hash": "0" * 64}, {"run": "x"}, {"touches": "²"}):
        assert axels.post(f"{PAGE}confirm/", {**seen(run), **wrong}).status_code == 409
    assert SweepRun.objects.get().confirmed_at is None
    assert axels.post(f"{PAGE}confirm/", seen(run)).status_code == 302

    assert SweepRun.objects.get().confirmed_at
    assert "Confirmed by Axel Brandt" in words(axels.get(PAGE))
    assert "Confirm exactly this" not in words(axels.get(PAGE))


def test_auditors_and_handlers_read_and_decide_nothing(auditor, everybody, now):
    handler = people.make("hal", last_name="Adeyemi", groups=("Privacy handlers",))
    people.totp.TOTP.activate(handler, people.TOTP_SECRETS["axel"])
    run = refused(everybody, now)
    Switch.objects.update(is_on=False)

    for user in (auditor, handler):
        client = sign_in(user, fresh=True)
        text = words(client.get(PAGE))
        assert "Refused" in text
        assert "Confirm exactly this" not in text
        assert client.post(f"{PAGE}switch/", {"on": "1"}).status_code == 403
        assert client.post(f"{PAGE}confirm/", seen(run)).status_code == 403
    assert not Switch.objects.get().is_on


def test_the_page_names_what_would_go_along(axels, everybody, now):
    run = refused(everybody, now)
    SweepRun.objects.update(counts={**run.counts, "along": {"orders.Order": 1_200}})

    assert "orders.Order: 1,200" in words(axels.get(PAGE))
