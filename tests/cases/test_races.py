"""Two people, or two workers, at the same moment. On SQLite and on PostgreSQL."""

import threading

import pytest
from django.db import connections

from tasks.cases import covering, operations
from tasks.cases.models import Case, Decision, Letter
from tasks.cases.states import State
from tests.cases.conftest import run_due

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; their results or errors, in order."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_approvals_exactly_one_counts(copy_in_review, office, noon):
    def approve():
        return operations.approve(
            Case.objects.get(pk=copy_in_review.pk), by=office.axel, at=noon, seen_hash=copy_in_review.snapshot_hash
        )

    results = at_once(approve, approve, approve)

    assert sum(isinstance(result, Case) for result in results) == 1, results
    assert Decision.objects.count() == 1
    assert Case.objects.get().steps.filter(phase="package").count() == 1


def test_an_approval_and_a_withdrawal_do_not_both_win(copy_in_review, office, noon):
    case, seen = copy_in_review, copy_in_review.snapshot_hash

    at_once(
        lambda: operations.approve(Case.objects.get(pk=case.pk), by=office.axel, at=noon, seen_hash=seen),
        lambda: operations.withdraw(Case.objects.get(pk=case.pk), by=office.alice, at=noon),
    )

    # Either order is a path; what may not be is a withdrawn case that goes on to packaging.
    assert Case.objects.get().state in {State.WITHDRAWN, State.APPROVED}
    assert run_due(case, at=noon).state in {State.WITHDRAWN, State.READY}


def test_four_eyes_at_the_same_moment_are_two_approvals(copy_in_review, office, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "four_eyes": True, "dpo_approves": True}
    seen = copy_in_review.snapshot_hash

    results = at_once(
        lambda: operations.approve(Case.objects.get(pk=copy_in_review.pk), by=office.axel, at=noon, seen_hash=seen),
        lambda: operations.approve(Case.objects.get(pk=copy_in_review.pk), by=office.dana, at=noon, seen_hash=seen),
    )

    assert all(isinstance(result, Case) for result in results), results
    assert Case.objects.get().state == State.APPROVED


def test_two_requests_at_the_same_moment_are_one_case(ask_for_copy, rooms, noon):
    results = at_once(*[ask_for_copy] * 4)

    assert len({result.pk for result in results}) == 1, results
    assert sorted(result.duplicate for result in results) == [False, True, True, True]
    assert Letter.objects.count() == 1


def test_one_step_is_done_by_one_worker(ask_for_copy, rooms, noon):
    step = ask_for_copy().steps.get()

    results = at_once(*[lambda: operations.work(step.pk, at=noon)] * 4)

    assert sorted(map(bool, results)) == [False, False, False, True], results
    assert len(rooms.snapshots) == 1
    assert Case.objects.get().state == State.REVIEW


def test_two_handlers_who_cover_the_same_at_once_cover_it_once(copies, office, noon):
    def cover(field, by):
        return lambda: operations.redact(
            Case.objects.get(pk=copies.case.pk), [copies.spot._replace(field=field)], by=by, at=noon, ground="person"
        )

    results = at_once(cover("recipient", office.dana), cover("recipient", office.axel), cover("street", office.axel))

    assert sorted(map(len, results)) == [0, 1, 1], results
    case = Case.objects.get()
    assert case.redactions.count() == 2
    assert case.redactions_hash == covering.hash_of(case.redactions.all())


def test_a_copy_is_not_approved_while_somebody_covers_something_in_it(copies, office, noon):
    seen = copies.case.content_hash

    at_once(
        lambda: operations.approve(Case.objects.get(), by=office.axel, at=noon, seen_hash=seen),
        lambda: operations.redact(Case.objects.get(), [copies.spot], by=office.dana, at=noon, ground="person"),
    )

    case = Case.objects.get()
    assert (case.state, case.redactions.count()) in {(State.APPROVED, 0), (State.REVIEW, 1)}
