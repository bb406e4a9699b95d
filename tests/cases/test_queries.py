"""Who sees which case, and what a page is told about it."""

from datetime import timedelta

import pytest

from tasks.cases import operations, queries
from tasks.cases.actors import full_name
from tasks.cases.models import Case
from tasks.cases.queries import Filters
from tasks.errors import SourceUnavailable
from tests.cases.conftest import run_due

DAY = timedelta(days=1)


def test_another_persons_case_is_not_there(ask_for_copy, alice, bob, mallory):
    case = ask_for_copy()

    assert queries.case_of(alice, case.reference.lower().replace("-", " ")).pk == case.pk
    for stranger in (bob, mallory):
        assert not queries.cases_of(stranger).exists()
        with pytest.raises(Case.DoesNotExist):
            queries.case_of(stranger, case.reference)


def test_the_office_sees_it_and_a_person_without_a_role_does_not(ask_for_copy, office, noon):
    case = ask_for_copy()

    assert queries.case_for_office(office.dana, case.reference).pk == case.pk
    for nobody in (office.mallory, office.alice):
        with pytest.raises(Case.DoesNotExist):
            queries.case_for_office(nobody, case.reference)
        assert not queries.inbox(Filters(), by=nobody, at=noon).exists()
        assert set(queries.views_counts(by=nobody, at=noon).values()) == {0}


@pytest.mark.parametrize(
    ("view", "days", "shown"),
    [
        ("open", 0, True),
        ("due", 20, False),
        ("due", 26, True),
        ("due", 33, True),
        ("due", 34, False),
        ("overdue", 33, False),
        ("overdue", 34, True),
        ("unassigned", 0, True),
        ("mine", 0, False),
        ("paused", 0, False),
        ("failed", 0, False),
        ("closed", 0, False),
    ],
)
def test_the_saved_views(copy_in_review, office, noon, view, days, shown):
    at = noon + days * DAY

    assert queries.inbox(Filters(view=view), by=office.dana, at=at).exists() is shown
    assert queries.views_counts(by=office.dana, at=at)[view] == int(shown)


def test_views_follow_what_happens(copy_in_review, office, noon):
    operations.assign(copy_in_review, by=office.dana, at=noon, to=office.dana)
    operations.ask(copy_in_review, "Which?", by=office.dana, at=noon)

    counts = queries.views_counts(by=office.dana, at=noon)

    assert (counts["mine"], counts["unassigned"], counts["paused"]) == (1, 0, 1)
    operations.withdraw(copy_in_review, by=office.alice, at=noon)
    assert queries.views_counts(by=office.dana, at=noon)["closed"] == 1


@pytest.mark.parametrize("typed", ["alice@example.com", " ALICE@Example.com "])
def test_a_case_is_found_by_its_address_which_is_stored_nowhere_in_the_clear(copy_in_review, office, noon, typed):
    from django.db import connection

    assert queries.inbox(Filters(q=typed), by=office.dana, at=noon).get().pk == copy_in_review.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dossier_case")
        assert "alice" not in str(cursor.fetchall()).casefold()


def test_a_case_is_found_by_its_reference_and_by_nothing_else(copy_in_review, office, noon):
    assert queries.inbox(Filters(q=copy_in_review.reference), by=office.dana, at=noon).exists()
    assert not queries.inbox(Filters(q="D26"), by=office.dana, at=noon).exists()
    assert not queries.inbox(Filters(q="example.com"), by=office.dana, at=noon).exists()


def test_progress_counts_records_in_categories(copy_in_review):
    far = queries.progress(copy_in_review)

    assert far["finished"]
    assert far["records"] == sum(copy_in_review.snapshot["counts"].values()) > 0
    assert {part["state"] for part in far["parts"]} == {"done"}
    assert far["stage"] == 2


def test_progress_of_a_running_step_is_where_it_is(ask_for_copy, noon):
    case = ask_for_copy()
    step = case.steps.get()
    type(step).objects.update(
        state="running",
        expected={"auth.User": 1, "account.EmailAddress": 4},
        counts={"auth.User": 1, "account.EmailAddress": 2},
    )

    far = queries.progress(case, at=noon)

    assert not far["finished"]
    assert far["records"] == 3
    assert far["current"]["state"] == "now"
    assert (far["current"]["done"], far["current"]["total"]) in {(3, 5), (2, 4)}
    assert far["poll_seconds"] == 2
    assert queries.progress(case, at=noon + DAY)["poll_seconds"] == 15


def test_a_delay_is_visible_with_the_next_try(ask_for_copy, noon, rooms):
    rooms.fail = SourceUnavailable
    case = run_due(ask_for_copy(), at=noon)

    far = queries.progress(case, at=noon)

    assert far["delayed"]
    assert far["next_try_at"] > noon


def test_the_timeline_tells_the_office_everything_and_the_person_their_part(copy_in_review, office, noon):
    operations.comment(copy_in_review, "Looks fine.", by=office.dana, at=noon)
    operations.advise(copy_in_review, "Approve.", by=office.dana, at=noon)
    operations.write(copy_in_review, "Anything else?", by=office.dana, at=noon)

    ours, theirs = queries.timeline(copy_in_review), queries.timeline(copy_in_review, for_subject=True)

    assert {event.quote for event in ours} >= {"Looks fine.", "Approve.", "Anything else?"}
    assert {event.quote for event in theirs} == {"", "Anything else?"}
    assert {event.by for event in ours} >= {"Dana Whitfield", "Alice Hartmann"}
    assert {event.by for event in theirs} == {""}
    assert [event.tone for event in ours if event.event == "case.advice"] == ["advice"]


def test_advice_is_the_dpos_and_no_decision(copy_in_review, office, noon):
    from tasks.errors import NotAllowed

    operations.advise(copy_in_review, "Approve.", by=office.dana, at=noon)

    assert not copy_in_review.decisions.exists()
    with pytest.raises(NotAllowed):
        operations.advise(copy_in_review, "Approve.", by=office.axel, at=noon)


def test_what_is_held_is_counted_by_category(alice):
    held = queries.held(queries.subject_of(alice))

    assert sum(category["count"] for category in held) >= 2
    assert all(category["title"] and category["labels"] for category in held)
    assert [category["order"] for category in held] == sorted(category["order"] for category in held)


def test_the_days_left_are_the_controllers_days(copy_in_review, noon):
    assert copy_in_review.days_left(noon) == 33
    assert copy_in_review.days_left(noon + 34 * DAY) == -1


def test_a_user_model_without_a_full_name_is_called_by_what_they_sign_in_with(alice):
    class Plain:
        def get_username(self) -> str:
            return "alice@example.com"

    assert full_name(Plain()) == "alice@example.com"
    assert full_name(alice) == alice.get_full_name()
