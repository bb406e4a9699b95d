"""Legal holds on the office's pages: set on a case or by number, seen wherever they matter, lifted by who may."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tasks.cases import operations
from tasks.cases.models import Case
from tasks.cases.operations import holding
from tasks.cases.states import State
from tasks.cases.subjects import of_case
from tasks.erasure import holds
from tests.dpo.conftest import sign_in


@pytest.fixture
def held_case(erasure, axel, now) -> Case:
    """Alice's erasure, approved, and Alice held as a whole."""
    from tasks.cases.actors import Actor

    case = erasure
    holding.hold(
        of_case(case), by=Actor.of_user(axel), at=now, reason="Bob sues", review_on=now.date() + timedelta(days=90)
    )
    operations.approve(case, by=Actor.of_user(axel), at=now, seen_hash=case.plan_hash)
    return Case.objects.get(pk=case.pk)


def given(now, **more) -> dict[str, str]:
    day = (now + timedelta(days=90)).date().isoformat()
    return {"category": "", "reason": "Bob sues", "review_on": day, "reviewer": "Axel", **more}


def test_the_approver_holds_the_person_of_a_case(axels, erasure, now):
    case = erasure
    page = reverse("dpo:holds") + f"?case={case.reference}"

    answer = axels.post(page, given(now), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("dpo:case", args=[case.reference])
    [hold] = holds.held(of_case(case))
    assert (hold.category, hold.told, hold.set_by_name) == ("", False, "Axel Brandt")
    assert "A legal hold was set." in answer.content.decode()


def test_a_person_without_a_case_is_held_by_their_number(axels, alice, now):
    wrong = axels.post(reverse("dpo:holds"), given(now, key="999999"))
    right = axels.post(reverse("dpo:holds"), given(now, key=str(alice.pk)), follow=True)

    assert wrong.status_code == 422
    assert "Nobody has this number." in wrong.content.decode()
    assert "Bob sues" in right.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("reason", " ", "Write why it is held."),
        ("review_on", "2020-01-01", "Choose a day that is to come."),
        ("review_on", "soon", "Choose a day."),
        ("category", "none", "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(axels, erasure, now, field, value, says):
    page = reverse("dpo:holds") + f"?case={erasure.reference}"

    answer = axels.post(page, given(now, **{field: value}))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Axel" in answer.content.decode()
    assert not holds.active().exists()


def test_a_handler_sees_holds_and_sets_none(held_case, now, bob, db):
    from tests import people

    hal = people.make("hal", last_name="Dorn", groups=("Privacy handlers",))
    people.totp.TOTP.activate(hal, people.TOTP_SECRETS["dana"])
    client = sign_in(hal, fresh=True)

    page = client.get(reverse("dpo:holds")).content.decode()
    posted = client.post(reverse("dpo:holds"), given(now, key=str(bob.pk)))
    lifted = client.post(reverse("dpo:lift_hold", args=[holds.active().get().pk]))

    assert "Bob sues" in page
    assert "Lift the hold" not in page
    assert (posted.status_code, lifted.status_code) == (422, 403)
    assert holds.active().count() == 1


def test_the_office_sees_it_on_the_case_and_in_the_inbox_and_the_person_only_what_they_may(
    axels, alice, held_case, now
):
    case = axels.get(reverse("dpo:case", args=[held_case.reference])).content.decode()
    inbox = axels.get(reverse("dpo:inbox")).content.decode()
    mine = sign_in(alice)
    quiet = mine.get(reverse("portal:case", args=[held_case.reference])).content.decode()
    holds.active().update(told=True)
    told = mine.get(reverse("portal:case", args=[held_case.reference])).content.decode()

    assert "Stopped by a legal hold." in case
    assert "Legal hold" in inbox
    assert "Bob" not in quiet + told
    assert "17(3)(e)" not in quiet
    assert "We may not delete it at present" in told
    assert all("Your deletion is approved" in page and "is deleted on" not in page for page in (quiet, told))
    assert "17(3)(e)" in told


def test_lifting_wants_a_fresh_confirmation_and_the_erasure_goes_on_by_itself(axel, axels, held_case, now):
    hold = holds.active().get()
    page = reverse("dpo:lift_hold", args=[hold.pk])
    later = now + timedelta(days=10)
    operations.start_scheduled(at=later)
    assert not held_case.steps.filter(phase="erase").exists()

    stale = sign_in(axel).post(page)
    assert "reauthenticate" in stale.url
    assert holds.active().exists()

    axels.post(page)
    axels.post(page)
    operations.start_scheduled(at=later)

    assert not holds.active().exists()
    assert Case.objects.get().state == State.SCHEDULED
    assert held_case.steps.filter(phase="erase").exists()


def test_an_overdue_review_stands_above_the_inbox(axels, held_case, now):
    holds.active().update(review_on=now.date() - timedelta(days=1))

    assert "1 legal hold waits to be looked at again" in axels.get(reverse("dpo:inbox")).content.decode()
    assert "Review overdue" in axels.get(reverse("dpo:holds")).content.decode()


def test_a_stranger_finds_nothing(alice, held_case):
    client = sign_in(alice)

    assert client.get(reverse("dpo:holds")).status_code == 404
    assert client.post(reverse("dpo:lift_hold", args=[holds.active().get().pk])).status_code == 404
