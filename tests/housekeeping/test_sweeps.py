"""Sweeps of people: told in time, stopped when they would take too many, and never a person whom nobody may sweep."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks import audit, jobs
from tasks.cases import operations, queue
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tasks.collector import Subject
from tasks.datamap.sweeps import Sweep, Sweeps
from tasks.erasure import holds
from tasks.erasure.models import ErasureRun
from tasks.errors import ApprovalVoid, NotAllowed
from tasks.housekeeping import notices, sweeps
from tasks.housekeeping.models import Alarm, Leaver, SweepRun, Switch
from tests import people

sweeps_run = sweeps.run
DAY = timedelta(days=1)
YEAR = 365 * DAY
State = SweepRun.State


@pytest.fixture
def inactive(registry: Sweeps) -> Callable[..., Sweep]:
    """``inactive(notice=…)``: who has not signed in for two years, declared with other facts."""

    def declare(**facts: Any) -> Sweep:
        @registry.declare("Inactive", **{"every": "1 day", "key": "inactive", "limit": "50 %", **facts})
        def find(at: datetime) -> Any:
            return User.objects.filter(last_login__lt=at - 2 * YEAR)

        found = registry.get("inactive")
        assert found
        return found

    return declare


@pytest.fixture
def sleepers(db: None, noon: datetime) -> list[User]:
    """Four customers, of whom the first two have not signed in for three years."""
    names = ("ann", "ben", "cem", "dia")
    found = [people.make(name, last_name="Sleeper") for name in names]
    for n, user in enumerate(found):
        User.objects.filter(pk=user.pk).update(last_login=noon - (3 * YEAR if n < 2 else DAY))
    return found


def there(users: list[User]) -> list[str]:
    return sorted(User.objects.filter(pk__in=[user.pk for user in users]).values_list("username", flat=True))


def entries(event: str) -> list[dict[str, Any]]:
    return [entry.data for entry in audit.Entry.objects.filter(event=event).order_by("seq")]


def test_a_sweep_that_nobody_switched_on_is_only_looked_at(inactive, sleepers, noon):
    run = sweeps.run(inactive(), at=noon)

    assert (run.state, run.counts["matched"], run.counts["go"]) == (State.DRY, 2, 2)
    assert there(sleepers) == ["ann", "ben", "cem", "dia"]
    assert entries("sweep.dry")[0]["counts"]["go"] == 2


def test_switched_on_it_erases_whole_people_with_ledger_and_stats_and_an_entry(inactive, sleepers, approver, noon):
    sweep = inactive()
    sweeps.switch(sweep, by=approver, at=noon, on=True)

    run = sweeps.run(sweep, at=noon)

    assert run.state == State.DONE
    assert there(sleepers) == ["cem", "dia"]
    assert run.stats == {"account.EmailAddress": 2, "auth.User": 2}
    assert ErasureRun.objects.filter(subject_label="auth.User", identifiers="").exclude(finished_at=None).count() == 2
    [entry] = entries("sweep.done")
    assert (entry["total"], entry["switched_by"], entry["set"]) == (4, approver.key, run.set_hash)
    assert len(entries("sweep.erased")) == 2
    assert run.keys == [] == list(Leaver.objects.all())
    assert "ann" not in str([entry.data for entry in audit.Entry.objects.all()])
    assert audit.verify()


def test_people_are_told_and_go_only_when_their_time_is_over_and_they_still_match(
    inactive, sleepers, approver, noon, mailbox
):
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)
    notices.post(at=noon + DAY)  # the letter is late, so the day is

    assert "sign in once" in mailbox.to("ann@example.com")[0].get_body(("plain",)).get_content()
    assert not {"ann", "sleeper"} & set(str(mailbox.to("ann@example.com")[0].get_body()).lower().split())
    sweeps.run(sweep, at=noon + 30 * DAY)
    assert there(sleepers) == ["ann", "ben", "cem", "dia"]
    User.objects.filter(username="ben").update(last_login=noon + 20 * DAY)
    run = sweeps.run(sweep, at=noon + 32 * DAY)

    assert there(sleepers) == ["ben", "cem", "dia"]
    assert run.counts["stayed"] == 1
    assert not Leaver.objects.exists()
    assert len(mailbox.all()) == 2


def test_somebody_who_stayed_and_falls_asleep_again_is_told_anew(inactive, sleepers, approver, noon):
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)
    notices.post(at=noon)
    User.objects.update(last_login=noon)
    sweeps.run(sweep, at=noon + 31 * DAY)
    User.objects.filter(username="ann").update(last_login=noon - 3 * YEAR)

    run = sweeps.run(sweep, at=noon + 33 * DAY)

    assert (run.counts["tell"], run.counts["go"]) == (1, 0)
    assert there(sleepers) == ["ann", "ben", "cem", "dia"]


def test_a_letter_that_does_not_go_out_keeps_the_day_from_coming(inactive, sleepers, approver, noon, settings):
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    User.objects.filter(username="ben").update(email="")
    User.objects.get(username="ben").emailaddress_set.all().delete()
    settings.EMAIL_BACKEND = "tests.housekeeping.test_sweeps.Broken"
    sweeps.run(sweep, at=noon)
    assert notices.post(at=noon) == 0
    assert {leaver.error for leaver in Leaver.objects.all()} == {"ConnectionRefusedError", "NoAddress"}

    assert sweeps.run(sweep, at=noon + 60 * DAY).counts["untold"] == 2

    assert there(sleepers) == ["ann", "ben", "cem", "dia"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.post(at=noon + 60 * DAY) == 1
    assert sweeps.run(sweep, at=noon + 62 * DAY).counts["waiting"] == 1
    assert sweeps.run(sweep, at=noon + 91 * DAY).counts["go"] == 1
    assert there(sleepers) == ["ben", "cem", "dia"]


def test_a_letter_that_was_given_up_is_tried_again_with_the_next_run(inactive, sleepers, approver, noon, settings):
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)
    settings.EMAIL_BACKEND = "tests.housekeeping.test_sweeps.Broken"
    for hours in range(0, 24 * 12, 6):
        notices.post(at=noon + timedelta(hours=hours))
    assert not Leaver.objects.exclude(next_try_at=None).exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    sweeps.run(sweep, at=noon + 13 * DAY)

    assert notices.post(at=noon + 13 * DAY) == 2


class Broken:
    """A mail server that is not there."""

    def __init__(self, **_: Any) -> None:
        raise ConnectionRefusedError


def test_the_letter_speaks_the_persons_language(inactive, sleepers, approver, noon, mailbox):
    from examples.shop.customers.models import Profile

    for user in sleepers:
        Profile.objects.create(user=user, display_name="x", member_since=noon.date(), language="de")
    sweep = inactive(notice="30 days", language="profile__language")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)

    notices.post(at=noon)

    assert 'lang="de"' in mailbox.to("ann@example.com")[0].get_body(("html",)).get_content()


def test_what_a_letter_promised_holds_although_the_notice_becomes_shorter(inactive, sleepers, approver, noon):
    sweeps.switch(inactive(notice="30 days"), by=approver, at=noon, on=True)
    sweeps.run(inactive(notice="30 days"), at=noon)
    notices.post(at=noon)

    assert sweeps.run(inactive(notice="1 day"), at=noon + 5 * DAY).counts["waiting"] == 2
    assert sweeps.run(inactive(), at=noon + 30 * DAY).counts["go"] == 0  # the letter said "after" that very day
    assert sweeps.run(inactive(), at=noon + 31 * DAY).counts["go"] == 2


def test_nobody_is_written_to_who_has_signed_in_before_the_letter_went_out(inactive, sleepers, approver, noon, mailbox):
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)
    User.objects.filter(username="ann").update(last_login=noon)
    Switch.objects.update(is_on=False)
    assert notices.post(at=noon) == 0
    assert not notices.waiting(at=noon)
    Switch.objects.update(is_on=True)

    assert notices.post(at=noon) == 1

    assert [str(mail["To"]) for mail in mailbox.all()] == ["ben@example.com"]
    assert Leaver.objects.count() == 1


# --- what stops a mistake


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


# --- whom nobody sweeps


def test_staff_and_the_office_are_left_alone_unless_it_is_said(inactive, sleepers, axel, approver, noon):
    User.objects.update(last_login=noon - 3 * YEAR)
    User.objects.filter(username="ann").update(is_staff=True)

    assert sweeps.preview(inactive(), at=noon).look.spared == {"staff": 2}
    assert sweeps.preview(inactive(staff=True), at=noon).look.spared == {}


def test_the_last_superuser_is_never_swept(inactive, sleepers, noon):
    User.objects.update(last_login=noon - 3 * YEAR)
    User.objects.filter(username__in=["ann", "ben"]).update(is_superuser=True)
    User.objects.filter(username="ben").update(last_login=noon)

    assert sweeps.preview(inactive(staff=True), at=noon).look.spared == {}
    User.objects.filter(username="ben").update(last_login=noon - 3 * YEAR)
    assert sweeps.preview(inactive(staff=True), at=noon).look.spared == {"staff": 2}


def test_a_held_person_and_one_with_an_open_request_are_left_alone_and_it_is_said(inactive, sleepers, approver, noon):
    ann, ben, *_ = sleepers
    holds.put(Subject(User, ann.pk, "default"), category="", reason="claim", review_on=noon.date() + YEAR, at=noon)
    facts = {"by": Actor.of_user(ben), "at": noon, "contact": ben.email, "person": "Ben"}
    operations.open_access(Subject(User, ben.pk, "default"), **facts)
    sweep = inactive()
    sweeps.switch(sweep, by=approver, at=noon, on=True)

    run = sweeps.run(sweep, at=noon)

    assert run.counts["spared"] == {"case": 1, "held": 1}
    assert there(sleepers) == ["ann", "ben", "cem", "dia"]


def test_somebody_who_asks_for_a_copy_after_the_letter_keeps_their_place(inactive, sleepers, approver, noon):
    ann, *_ = sleepers
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon)
    notices.post(at=noon)
    facts = {"by": Actor.of_user(ann), "at": noon, "contact": ann.email, "person": "Ann"}
    case = operations.open_access(Subject(User, ann.pk, "default"), **facts)

    run = sweeps.run(sweep, at=noon + 31 * DAY)
    assert (run.counts["spared"], run.counts["stayed"], there(sleepers)) == ({"case": 1}, 0, ["ann", "cem", "dia"])
    operations.withdraw(case, by=Actor.of_user(ann), at=noon)
    sweeps.run(sweep, at=noon + 33 * DAY)

    assert there(sleepers) == ["cem", "dia"]


def test_closed_requests_of_somebody_who_was_swept_forget_them(inactive, sleepers, approver, noon):
    ann = sleepers[0]
    facts = {"by": Actor.of_user(ann), "at": noon, "contact": ann.email, "person": "Ann"}
    case = operations.open_access(Subject(User, ann.pk, "default"), **facts)
    operations.withdraw(case, by=Actor.of_user(ann), at=noon)
    sweep = inactive()
    sweeps.switch(sweep, by=approver, at=noon, on=True)

    sweeps.run(sweep, at=noon)

    case = Case.objects.get(pk=case.pk)
    assert (case.subject_key, case.person, case.contact) == ("", "", "")


# --- a sweep that is wrong


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda at: [], "queryset: wanted a QuerySet, found list"),
        (lambda at: None, "queryset: wanted a QuerySet, found NoneType"),
        (lambda at: User.objects.all()[:5], "found a slice or a union"),
        (lambda at: User.objects.values("pk"), "found values\\(\\) or values_list\\(\\)"),
        (lambda at: SweepRun.objects.all(), "wanted a model that a privacy.py declares, found dossier.SweepRun"),
        (lambda at: 1 / 0, "raised ZeroDivisionError"),
        (lambda at: User.objects.filter(no_such=1), "raised FieldError"),
    ],
)
def test_what_is_no_queryset_of_declared_rows_fails_that_sweep_alone(
    registry, inactive, sleepers, approver, noon, given, said
):
    registry.declare("Wrong", every="1 day", key="wrong")(given)
    wrong, right = registry.get("wrong"), inactive()
    for sweep in (wrong, right):
        sweeps.switch(sweep, by=approver, at=noon, on=True)

    failed, done = sweeps.run(wrong, at=noon), sweeps.run(right, at=noon)

    assert failed.state == State.FAILED
    assert re.search(said, failed.error)
    assert done.state == State.DONE
    assert Alarm.objects.get().run == failed


def test_a_person_whom_a_receiver_does_not_let_go_stops_nobody_else(inactive, sleepers, approver, noon):
    from django.db.models.signals import pre_delete

    def stubborn(instance: User, **_: Any) -> None:
        if instance.username == "ann":
            raise RuntimeError("ann@example.com")

    pre_delete.connect(stubborn, sender=User)
    try:
        sweep = inactive()
        sweeps.switch(sweep, by=approver, at=noon, on=True)
        run = sweeps.run(sweep, at=noon)
    finally:
        pre_delete.disconnect(stubborn, sender=User)

    assert there(sleepers) == ["ann", "cem", "dia"]
    assert run.left == {"error": 1}
    assert Alarm.objects.filter(run=run).exists()
    assert sweeps.run(sweep, at=noon + DAY).state == State.DONE
    assert there(sleepers) == ["cem", "dia"]


# --- by itself


def test_the_clock_sends_what_is_due_once_and_the_job_does_it(inactive, sleepers, approver, noon, monkeypatch):
    sent: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(queue, "send", lambda task, **ids: sent.append((task, ids)))
    monkeypatch.setattr(jobs.timezone, "now", lambda: noon)
    sweep = inactive(notice="30 days")
    sweeps.switch(sweep, by=approver, at=noon, on=True)

    sweeps.send_due(at=noon)
    sweeps.send_due(at=noon + timedelta(seconds=5))
    assert sent == [("dossier.sweep", {"sweep": "inactive"})]
    jobs.sweep(sweep="inactive")
    sweeps.send_due(at=noon + timedelta(minutes=1))
    jobs.post_notices()

    assert sent[1:] == [("dossier.notices", {})]
    assert Leaver.objects.exclude(told_at=None).count() == 2
    jobs.sweep(sweep="not declared any more")


def test_a_job_that_has_no_more_time_asks_for_another_one(inactive, sleepers, approver, noon, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr(queue, "send", lambda task, **ids: sent.append(task))
    monkeypatch.setattr(jobs.timezone, "now", lambda: noon)
    sweep = inactive()
    sweeps.switch(sweep, by=approver, at=noon, on=True)
    sweeps.run(sweep, at=noon, seconds=0)

    monkeypatch.setattr(jobs.sweeps, "run", lambda found, at: sweeps_run(found, at=at, seconds=0))
    jobs.sweep(sweep="inactive")

    assert sent == ["dossier.sweep"]
    assert there(sleepers) == ["ann", "ben", "cem", "dia"]
