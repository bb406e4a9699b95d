"""An erasure, from the request to the certificate; what stops it, and what must not start it."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from tasks.cases import operations, queries
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Letter, Note
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.errors import PlanRefused, SourceUnavailable, TransitionRefused
from tests.cases.conftest import run_due
from tests.cases.test_copy import letters_of

DAY = timedelta(days=1)


def approve(case, office, at):
    return operations.approve(case, by=office.axel, at=at, seen_hash=case.plan_hash)


def test_a_plan_waits_in_review_and_nothing_was_touched(erasure_in_review, rooms):
    assert erasure_in_review.state == State.REVIEW
    assert erasure_in_review.plan["totals"]["delete"] == 3
    assert rooms.erased == []


def test_the_grace_period_counts_from_receipt(erasure_in_review, office, noon):
    approve(erasure_in_review, office, noon + 2 * DAY)

    assert erasure_in_review.state == State.SCHEDULED
    assert erasure_in_review.execute_on == date(2026, 3, 12)
    assert letters_of(erasure_in_review) == ["acknowledgement", "scheduled"]


def test_a_late_approval_moves_the_date(erasure_in_review, office, noon):
    approve(erasure_in_review, office, noon + 20 * DAY)

    assert erasure_in_review.execute_on == date(2026, 3, 25)


def test_as_soon_as_approved_means_at_once(ask_for_erasure, office, noon, rooms):
    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)

    case = run_due(case, at=noon)

    assert case.state == State.CLOSED
    assert rooms.erased == [str(case.pk)]
    assert letters_of(case) == ["acknowledgement", "certificate"]


def test_nothing_is_erased_before_its_day(erasure_in_review, office, noon, rooms):
    approve(erasure_in_review, office, noon)

    assert operations.start_scheduled(at=noon + 6 * DAY) == 0
    assert run_due(erasure_in_review, at=noon + 6 * DAY).state == State.SCHEDULED
    assert rooms.erased == []


def test_on_its_day_it_is_erased_verified_and_certified(erasure_in_review, office, noon, rooms):
    approve(erasure_in_review, office, noon)

    assert operations.start_scheduled(at=noon + 7 * DAY) == 1
    assert operations.start_scheduled(at=noon + 7 * DAY) == 0
    case = run_due(erasure_in_review, at=noon + 7 * DAY)

    assert case.state == State.CLOSED
    assert case.outcome["hash"] == "c" * 64
    assert rooms.erased == [str(case.pk)]


def test_after_it_the_case_forgets_the_person(erasure_in_review, office, noon, alice):
    operations.write(erasure_in_review, "I moved to Leipzig.", by=office.alice, at=noon)
    approve(erasure_in_review, office, noon)
    operations.start_scheduled(at=noon + 7 * DAY)

    case = run_due(erasure_in_review, at=noon + 7 * DAY)

    assert (case.person, case.note, case.subject_key) == ("", "", "")
    assert not Note.objects.exists()
    assert not queries.cases_of(alice).exists()
    assert case.reference == erasure_in_review.reference
    assert case.contact == "alice@example.com"  # until the certificate's letter went out


def test_the_address_goes_with_the_last_letter(ask_for_erasure, office, noon, mailbox):
    from tasks.cases import letters

    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)
    run_due(case, at=noon)

    for letter in operations.due_letters(at=noon + DAY):
        letters.post(letter, at=noon + DAY)

    case = Case.objects.get()
    assert [letter.error for letter in case.letters.all()] == ["", ""]
    assert (case.contact, case.contact_print) == ("", "")
    assert "certificate" in mailbox.to("alice@example.com")[-1].get_body(("plain",)).get_content()


def test_cancelling_works_until_it_begins(erasure_in_review, office, noon, rooms):
    approve(erasure_in_review, office, noon)

    operations.withdraw(erasure_in_review, by=office.alice, at=noon + 6 * DAY)

    assert operations.start_scheduled(at=noon + 8 * DAY) == 0
    assert rooms.erased == []


def test_an_erasure_that_has_begun_is_not_withdrawn(ask_for_erasure, office, noon, monkeypatch):
    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)

    def fail(*args, **kwargs):
        raise SourceUnavailable("orders.Order did not answer.")

    monkeypatch.setattr("tasks.erasure.apply", fail, raising=False)
    case = run_due(case, at=noon)
    assert case.state == State.ERASING

    with pytest.raises(TransitionRefused):
        operations.withdraw(case, by=office.alice, at=noon)


def test_changed_decisions_void_the_approval_before_anything_is_touched(erasure_in_review, office, noon, rooms):
    approve(erasure_in_review, office, noon)
    rooms.decisions = "b" * 64
    operations.start_scheduled(at=noon + 7 * DAY)

    case = run_due(erasure_in_review, at=noon + 7 * DAY)

    assert case.state == State.REVIEW
    assert case.plan_hash == "b" * 64
    assert case.approved_hash == ""
    assert rooms.erased == []
    assert letters_of(case)[-1] == "void"


def test_after_a_void_approval_the_new_content_can_be_approved(erasure_in_review, office, noon, rooms):
    approve(erasure_in_review, office, noon)
    rooms.decisions = "b" * 64
    operations.start_scheduled(at=noon + 7 * DAY)
    case = run_due(erasure_in_review, at=noon + 7 * DAY)

    approve(case, office, noon + 8 * DAY)

    assert run_due(case, at=noon + 8 * DAY).state == State.CLOSED


def test_rows_that_nothing_says_what_to_do_with_stop_the_approval(ask_for_erasure, office, noon, rooms):
    rooms.refused = 4
    case = run_due(ask_for_erasure(), at=noon)

    with pytest.raises(TransitionRefused, match="4 rows"):
        approve(case, office, noon)


def test_a_failing_export_of_the_same_person_holds_the_erasure_back(ask_for_copy, ask_for_erasure, office, noon, rooms):
    erasure = run_due(ask_for_erasure(when="approved"), at=noon)
    copy = ask_for_copy()
    rooms.fail = SourceUnavailable
    run_due(copy, at=noon)
    rooms.fail = None

    approve(erasure, office, noon)

    assert run_due(erasure, at=noon).state == State.SCHEDULED
    assert operations.start_scheduled(at=noon + DAY) == 0
    assert rooms.erased == []
    run_due(copy, at=noon + DAY)
    operations.withdraw(copy, by=office.alice, at=noon + DAY)
    assert operations.start_scheduled(at=noon + DAY) == 1


def test_other_cases_and_their_files_go_with_the_person(copy_ready, ask_for_erasure, office, noon):
    erasure = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(erasure, office, noon)

    run_due(erasure, at=noon)

    copy_ready.refresh_from_db()
    assert copy_ready.state == State.EXPIRED
    assert (copy_ready.person, copy_ready.contact, copy_ready.subject_key) == ("", "", "")


def test_a_refused_plan_at_the_last_moment_is_not_tried_again(ask_for_erasure, office, noon, rooms, monkeypatch):
    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)

    def refuse(*args, **kwargs):
        raise PlanRefused("orders.Order: nothing says what to do.")

    monkeypatch.setattr("tasks.erasure.apply", refuse, raising=False)
    case = run_due(case, at=noon)

    assert case.state == State.FAILED
    assert case.returns_to == State.ERASING
    assert case.steps.get(phase="erase").attempts == 1
    with pytest.raises(TransitionRefused, match="rows are gone"):
        operations.withdraw(case, by=office.alice, at=noon)


def test_a_failed_verification_is_tried_again_and_then_shown(ask_for_erasure, office, noon, rooms, settings):
    settings.DOSSIER = {**settings.DOSSIER, "max_attempts": 2}
    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)
    rooms.clean = False

    run_due(case, at=noon)
    case = run_due(case, at=noon + DAY)

    assert case.state == State.FAILED
    rooms.clean = True
    operations.retry(case.steps.get(phase="verify"), by=office.dana, at=noon + DAY)
    assert run_due(case, at=noon + DAY).state == State.CLOSED


def test_the_receipt_key_is_shown_once_and_opens_the_certificate(ask_for_erasure, office, noon):
    case = ask_for_erasure(when="approved")
    key = case.receipt_key
    run_due(case, at=noon)
    approve(Case.objects.get(), office, noon)
    run_due(case, at=noon)

    assert queries.receipt(case.reference, key).outcome
    assert queries.receipt(case.reference.lower(), f" {key.lower()} ").pk == case.pk
    assert key not in str(Case.objects.values().get())
    for reference, wrong in ((case.reference, key[:-1]), ("D26-0000", key), (case.reference, "")):
        with pytest.raises(Case.DoesNotExist):
            queries.receipt(reference, wrong)


def test_a_stranger_with_the_same_key_does_not_see_the_case(ask_for_erasure, office, noon, alice):
    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)
    run_due(case, at=noon)
    User.objects.filter(pk=alice.pk).delete()

    stranger = User.objects.create(pk=alice.pk, username="someone-else")

    assert not queries.cases_of(stranger).exists()
    new = operations.open_access(
        Subject(User, stranger.pk, "default"), by=Actor.of_user(stranger), at=noon, contact="x@example.com", person="X"
    )
    assert not new.duplicate


def test_the_reminder_comes_once_on_the_day_before(erasure_in_review, office, noon):
    approve(erasure_in_review, office, noon)

    assert operations.remind(at=noon + 5 * DAY) == 0
    assert operations.remind(at=noon + 6 * DAY) == 1
    assert operations.remind(at=noon + 6 * DAY) == 0
    assert Letter.objects.filter(template="reminder").count() == 1


def test_rows_of_a_new_kind_in_the_middle_of_an_erasure_go_to_review_again(
    ask_for_erasure, office, noon, rooms, monkeypatch
):
    from tasks import erasure
    from tasks.errors import ApprovalVoid

    case = run_due(ask_for_erasure(when="approved"), at=noon)
    approve(case, office, noon)
    real = erasure.apply

    def meet_something_new(*args, **kwargs):
        rooms.decisions = "b" * 64
        raise ApprovalVoid("Not as it was approved: news.Letter.")

    monkeypatch.setattr(erasure, "apply", meet_something_new)
    case = run_due(case, at=noon)
    assert (case.state, case.plan_hash, case.approved_hash) == (State.REVIEW, "b" * 64, "")

    monkeypatch.setattr(erasure, "apply", real)
    approve(case, office, noon + DAY)
    assert run_due(case, at=noon + DAY).state == State.CLOSED


def test_an_erasure_that_has_begun_is_neither_withdrawn_nor_refused_in_review(erasure_in_review, office, noon):
    from tasks.erasure.models import ErasureRun

    ErasureRun.objects.create(
        id=erasure_in_review.pk,
        subject_label="auth.User",
        subject_key="1",
        using="default",
        decisions_hash="",
        started_at=noon,
    )

    with pytest.raises(TransitionRefused, match="rows are gone"):
        operations.withdraw(erasure_in_review, by=office.alice, at=noon)
    with pytest.raises(TransitionRefused, match="rows are gone"):
        operations.reject(erasure_in_review, by=office.axel, at=noon, ground="17-3-b", text="Law.")
