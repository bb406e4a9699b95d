"""Sweeps of people: told in time, by a letter that went out; and who comes back stays."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User

from tasks.housekeeping import notices, sweeps
from tasks.housekeeping.models import Leaver, Switch
from tests.housekeeping.sweeping import DAY, YEAR, inactive, sleepers, there

__all__ = ["inactive", "sleepers"]


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
    settings.EMAIL_BACKEND = "tests.housekeeping.test_sweeps_notices.Broken"
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
    settings.EMAIL_BACKEND = "tests.housekeeping.test_sweeps_notices.Broken"
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
