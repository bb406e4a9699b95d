"""Sweeps of people: never a person whom nobody may sweep."""

from django.contrib.auth.models import User

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tasks.collector import Subject
from tasks.erasure import holds
from tasks.housekeeping import notices, sweeps
from tests.housekeeping.sweeping import DAY, YEAR, inactive, sleepers, there

__all__ = ["inactive", "sleepers"]


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
