"""Covering by hand: who may not, what cannot be covered, and when it is too late. Nothing is changed then."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from examples.shop.customers.models import Address
from tasks.cases import covering, operations
from tasks.cases.actors import Actor
from tasks.cases.covering import Spot
from tasks.cases.models import Case, Redaction
from tasks.cases.operations import redacting
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.errors import ApprovalVoid, NotAllowed, TransitionRefused
from tests import people
from tests.cases.conftest import run_due
from tests.cases.redactions import ADDRESS, address, approve, asked_again, redact


@pytest.mark.parametrize("who", ["alice", "bob", "mallory", "auditor"])
def test_only_the_office_covers(copies, office, noon, who):
    nora = people.make("nora", last_name="Adeyemi", groups=("Privacy auditors",))
    by = Actor.of_user(nora) if who == "auditor" else getattr(office, who)

    with pytest.raises(NotAllowed):
        redact(copies, office, noon, by=by)
    with pytest.raises(NotAllowed):
        operations.unredact(copies.case, [1], by=by, at=noon)

    assert not Redaction.objects.exists()


def test_nobody_covers_anything_in_their_own_copy(copies, office, noon, dana):
    Case.objects.update(subject_key=str(dana.pk))

    with pytest.raises(NotAllowed, match="own copy"):
        redact(copies, office, noon)


def places_that_are_not_there(copies, bob):
    other = address(bob, "Bob Okafor")
    return {
        "no such record": Spot(ADDRESS, "999999", "recipient"),
        "another person's record": Spot(ADDRESS, str(other.pk), "recipient"),
        "no such field": Spot(ADDRESS, str(copies.hers.pk), "shoe_size"),
        "no such section": Spot("customers.Nothing", str(copies.hers.pk), "recipient"),
        "an empty key": Spot(ADDRESS, "", "recipient"),
    }


@pytest.mark.parametrize(
    "what", ["no such record", "another person's record", "no such field", "no such section", "an empty key"]
)
def test_what_the_copy_does_not_have_cannot_be_covered(copies, office, noon, bob, what):
    spot = places_that_are_not_there(copies, bob)[what]

    with pytest.raises(ValueError, match="1 of 2 places"):
        redact(copies, office, noon, spots=[copies.spot, spot])

    assert not Redaction.objects.exists(), "all or none"
    assert Case.objects.get().redactions_hash == ""


def test_what_holds_nothing_cannot_be_covered(copies, office, noon):
    Address.objects.update(street="")
    Case.objects.all().update(state=State.CLOSED)
    again = asked_again(User.objects.get(username="alice"), office, noon + timedelta(days=1))

    with pytest.raises(ValueError, match="hold nothing"):
        redact(copies, office, noon, case=again, spots=[Spot(ADDRESS, str(copies.hers.pk), "street")])


@pytest.mark.parametrize(
    "given", [{"ground": ""}, {"words": "  "}, {"ground": "because"}, {"words": "x" * (redacting.LONGEST + 1)}]
)
def test_a_reason_is_needed(copies, office, noon, given):
    with pytest.raises(ValueError, match=r"reason|ground"):
        operations.redact(copies.case, [copies.spot], by=office.dana, at=noon, **given)


def test_some_places_are_needed_and_not_too_many(copies, office, noon):
    for spots in ([], [copies.spot] * (redacting.AT_ONCE + 1)):
        with pytest.raises(ValueError, match="places"):
            redact(copies, office, noon, spots=spots)


@pytest.mark.parametrize("end", ["approved", "withdrawn", "rejected", "frozen"])
def test_it_is_possible_in_review_only(copies, office, noon, end):
    [row] = redact(copies, office, noon)
    {
        "approved": lambda: approve(copies.case, office, noon),
        "withdrawn": lambda: operations.withdraw(copies.case, by=office.alice, at=noon),
        "rejected": lambda: operations.reject(
            copies.case, by=office.axel, at=noon, ground="12-5-excessive", text="The fourth this month."
        ),
        "frozen": lambda: operations.freeze(copies.case, at=noon),
    }[end]()
    spot = copies.spot._replace(field="street")

    with pytest.raises(TransitionRefused):
        redact(copies, office, noon, spots=[spot])
    with pytest.raises(TransitionRefused):
        operations.unredact(copies.case, [row.pk], by=office.dana, at=noon)

    assert Redaction.objects.count() == 1


def test_while_the_person_is_asked_something_it_goes_on(copies, office, noon):
    operations.ask(copies.case, "Is she your neighbour?", by=office.dana, at=noon)

    assert len(redact(copies, office, noon)) == 1


def test_only_a_copy_has_something_to_cover(alice, office, noon):
    case = operations.open_erasure(
        Subject(User, alice.pk, "default"), by=office.alice, at=noon, contact="alice@example.com", person="Alice"
    )

    with pytest.raises(TransitionRefused, match="only a copy"):
        operations.redact(case, [Spot("auth.User", str(alice.pk), "email")], by=office.dana, at=noon, ground="person")


def test_rows_that_changed_behind_an_approval_void_it(copies, office, noon):
    redact(copies, office, noon)
    approve(copies.case, office, noon)
    Redaction.objects.all().delete()

    case = run_due(copies.case, at=noon)

    assert (case.state, case.approved_hash) == (State.REVIEW, "")
    assert not case.packages.exists()


def test_a_copy_that_was_collected_anew_meanwhile_is_looked_at_first(copies, office, noon, monkeypatch):
    def slow(case, spots):
        Case.objects.update(snapshot_hash="b" * 64)
        return set()

    monkeypatch.setattr(covering, "missing", slow)

    with pytest.raises(ApprovalVoid):
        redact(copies, office, noon)

    assert not Redaction.objects.exists()
