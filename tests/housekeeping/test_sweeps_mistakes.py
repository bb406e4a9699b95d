"""Sweeps of people: stopped when they would take too many, or others than those who were told and confirmed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks.cases.actors import Actor
from tasks.datamap.sweeps import Sweep, Sweeps
from tasks.errors import ApprovalVoid, NotAllowed
from tasks.housekeeping import notices, sweeps
from tasks.housekeeping.models import Alarm, Leaver, SweepRun, Switch
from tests import people
from tests.housekeeping.sweeping import DAY, State, entries, inactive, sleepers, there

__all__ = ["inactive", "sleepers"]


@pytest.fixture
def everybody(registry: Sweeps, db: None, noon: datetime) -> Sweep:
    """A sweep with a slip in it: it matches everybody."""
    User.objects.bulk_create(User(username=f"u{n}", email=f"u{n}@example.com") for n in range(10))

    @registry.declare("Everybody", every="1 day", key="everybody")
    def find(at: datetime) -> Any:
        return User.objects.all()

    found = registry.get("everybody")
    assert found
    return found


def test_a_sweep_that_would_take_everybody_is_refused_and_the_office_is_told_once(
    everybody, approver, dana, noon, mailbox
):
    sweeps.switch(everybody, by=approver, at=noon, on=True)

    run = sweeps.run(everybody, at=noon)
    again = sweeps.run(everybody, at=noon + DAY)
    notices.post(at=noon + DAY)

    assert (run.state, again.state) == (State.REFUSED, State.REFUSED)
    assert (run.touches, run.counts["allowed"]) == (10, 6)  # 12 rows: half of them, for the table is small
    assert User.objects.count() == 12
    assert Alarm.objects.count() == 1
    [letter] = mailbox.to("dana@example.com")
    assert "10 of 12 rows" in letter.get_body(("plain",)).get_content()
    assert entries("sweep.refused")[0]["counts"]["spared"] == {"staff": 2}


def test_a_refused_run_goes_when_it_is_confirmed_for_exactly_these_rows_and_once(everybody, approver, noon):
    sweeps.switch(everybody, by=approver, at=noon, on=True)
    refused = sweeps.run(everybody, at=noon)
    with pytest.raises(ApprovalVoid):
        sweeps.confirm(refused, by=approver, at=noon, set_hash=refused.set_hash, touches=9)
    sweeps.confirm(refused, by=approver, at=noon, set_hash=refused.set_hash, touches=10)
    with pytest.raises(ApprovalVoid):
        sweeps.confirm(refused, by=approver, at=noon, set_hash=refused.set_hash, touches=10)

    run = sweeps.run(everybody, at=noon + timedelta(minutes=1))

    assert (run.state, run.confirmed_by) == (State.DONE, approver.key)
    assert User.objects.get().username == "axel"
    assert SweepRun.objects.get(pk=refused.pk).used_at
    assert entries("sweep.confirmed")[0]["touches"] == 10


def test_a_word_for_other_rows_counts_for_nothing(everybody, approver, noon):
    sweeps.switch(everybody, by=approver, at=noon, on=True)
    refused = sweeps.run(everybody, at=noon)
    sweeps.confirm(refused, by=approver, at=noon, set_hash=refused.set_hash, touches=10)
    User.objects.filter(username="u1").delete()
    User.objects.create(username="somebody else")

    run = sweeps.run(everybody, at=noon + timedelta(minutes=1))

    assert run.state == State.REFUSED
    assert run.set_hash != refused.set_hash
    assert User.objects.filter(username="u2").exists()


def test_many_who_would_be_told_are_too_many_as_well(registry, everybody, approver, noon, mailbox):
    @registry.declare("Told", every="1 day", notice="30 days", key="told")
    def find(at: datetime) -> Any:
        return User.objects.all()

    sweep = registry.get("told")
    sweeps.switch(sweep, by=approver, at=noon, on=True)

    assert sweeps.run(sweep, at=noon).state == State.REFUSED
    assert not Leaver.objects.exists()


def test_only_an_approver_or_the_dpo_decide(everybody, bob, noon):
    auditor = people.make("nora", last_name="Adeyemi", groups=("Privacy auditors",))
    handler = people.make("hal", last_name="Adeyemi", groups=("Privacy handlers",))
    for user in (bob, auditor, handler):
        with pytest.raises(NotAllowed):
            sweeps.switch(everybody, by=Actor.of_user(user), at=noon, on=True)

    assert not Switch.objects.filter(is_on=True).exists()


def test_a_queryset_that_changes_between_the_notice_and_the_run_takes_nobody_new(registry, sleepers, approver, noon):
    wide = False

    @registry.declare("Moody", every="1 day", notice="30 days", key="moody", limit="50 %")
    def find(at: datetime) -> Any:
        return User.objects.all() if wide else User.objects.filter(username="ann")

    sweep = registry.get("moody")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)
    notices.post(at=noon)
    wide = True

    run = sweeps.run(sweep, at=noon + 31 * DAY)

    assert (run.counts["go"], run.counts["tell"]) == (1, 3)
    assert there(sleepers) == ["ben", "cem", "dia"]


def test_it_is_asked_once_more_about_each_person_just_before(registry, sleepers, approver, noon):
    asked = []

    @registry.declare("Late", every="1 day", key="late", limit="50 %")
    def find(at: datetime) -> Any:
        asked.append(at)
        return User.objects.filter(username__in=["ann", "ben"] if len(asked) < 3 else ["ann"])

    sweep = registry.get("late")
    sweeps.switch(sweep, by=approver, at=noon, on=True)

    run = sweeps.run(sweep, at=noon)

    assert there(sleepers) == ["ben", "cem", "dia"]
    assert run.left == {"changed": 1}


def test_a_clock_that_was_wrong_neither_hurries_nor_blocks_anything(inactive, sleepers, approver, noon):
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    ahead = noon + 400 * DAY
    sweeps.run(sweep, at=ahead)
    notices.post(at=ahead)
    Switch.objects.update(lease_token="dead", lease_until=ahead, sent_at=ahead)

    back = sweeps.run(sweep, at=noon + DAY)
    later = sweeps.run(sweep, at=noon + 40 * DAY)

    assert back is not None
    assert (later.counts["go"], later.counts["waiting"]) == (0, 2)
    assert there(sleepers) == ["ann", "ben", "cem", "dia"]
