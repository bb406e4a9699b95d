"""Workers that fail, die and come back: nothing is lost, nothing is done twice."""

from datetime import timedelta

import pytest

from tasks import conf
from tasks.cases import operations
from tasks.cases.lease import Lease, LeaseLost, claim
from tasks.cases.models import Case, Step
from tasks.cases.states import State
from tasks.errors import NotAllowed, SourceUnavailable, TransitionRefused
from tests.cases.conftest import run_due
from tests.cases.test_copy import letters_of

SECOND = timedelta(seconds=1)


@pytest.fixture
def step(ask_for_copy):
    return ask_for_copy().steps.get()


def after_the_lease(at):
    return at + timedelta(seconds=conf.lease_seconds) + SECOND


def test_a_claimed_step_is_not_to_be_had(step, noon):
    assert claim(step.pk, at=noon)

    assert claim(step.pk, at=noon + SECOND) is None


def test_a_step_whose_worker_died_is_taken_up_again(step, noon, rooms):
    dead = claim(step.pk, at=noon)
    later = after_the_lease(noon)

    assert operations.due_steps(at=later) == [step.pk]
    assert operations.work(step.pk, at=later)

    with pytest.raises(LeaseLost):
        dead.write(detail="I was only asleep.")
    assert Case.objects.get().state == State.REVIEW


def test_a_worker_whose_lease_ran_out_writes_nothing_and_leaves_no_file_behind(step, noon, rooms, monkeypatch):
    from tasks import vault
    from tasks.cases import collecting

    begun, real = [], collecting.begin_file

    def begin_and_lose(lease: Lease, kind, **facts):
        begun.append(real(lease, kind, **facts))
        Step.objects.filter(pk=step.pk).update(lease_token="another", lease_until=noon + timedelta(hours=1))
        return begun[-1]

    monkeypatch.setattr(collecting, "begin_file", begin_and_lose)

    assert not operations.work(step.pk, at=noon)

    case = Case.objects.get()
    assert (case.state, case.snapshot) == (State.COLLECTING, {})
    assert not vault.exists(begun[0])


def test_a_failing_step_waits_longer_each_time_and_then_fails_the_case(step, noon, rooms, settings):
    settings.DOSSIER = {**settings.DOSSIER, "max_attempts": 3}
    rooms.fail = SourceUnavailable
    waits, now = [], noon

    for _ in range(3):
        operations.work(step.pk, at=now)
        step.refresh_from_db()
        waits.append(round((step.next_try_at - now).total_seconds()))
        now = max(step.next_try_at, now) + SECOND

    assert 5 <= waits[0] < 10 <= waits[1] < 20  # 5 s, then twice that, after what the work took
    assert step.state == "failed"
    case = Case.objects.get()
    assert (case.state, case.returns_to) == (State.FAILED, State.COLLECTING)
    assert letters_of(case) == ["acknowledgement", "failed", "delayed"]


def test_an_unknown_error_leaves_its_kind_and_no_text(step, noon, rooms):
    rooms.fail = ValueError

    operations.work(step.pk, at=noon)

    step.refresh_from_db()
    assert step.error.startswith("ValueError in conftest.py, line ")
    assert "alice" not in step.error


def test_no_person_stands_in_a_log(step, noon, rooms, caplog):
    caplog.set_level("DEBUG")
    rooms.fail = ValueError

    operations.work(step.pk, at=noon)

    assert "alice@example.com" not in caplog.text
    assert "Hartmann" not in caplog.text


def test_a_step_that_kills_its_worker_each_time_fails_in_the_end(step, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "max_attempts": 2}
    claim(step.pk, at=noon)
    claim(step.pk, at=after_the_lease(noon))

    # Claimed by hand, so the case never entered the phase; a worker enters it with the first claim.
    Case.objects.filter(pk=step.case_id).update(state=State.COLLECTING)
    assert not operations.work(step.pk, at=after_the_lease(after_the_lease(noon)))

    step.refresh_from_db()
    assert step.error == "The worker ended while it worked."
    assert Case.objects.get().state == State.FAILED


def test_the_office_tries_a_failed_step_again(step, noon, rooms, office, settings):
    settings.DOSSIER = {**settings.DOSSIER, "max_attempts": 1}
    rooms.fail = SourceUnavailable
    operations.work(step.pk, at=noon)
    rooms.fail = None

    with pytest.raises(NotAllowed):
        operations.retry(step, by=office.mallory, at=noon)
    operations.retry(step, by=office.dana, at=noon)

    assert run_due(step.case, at=noon).state == State.REVIEW


def test_a_step_that_is_done_is_not_tried_again(copy_ready, office, noon):
    for step in copy_ready.steps.all():
        with pytest.raises(TransitionRefused):
            operations.retry(step, by=office.dana, at=noon)


def test_a_due_step_is_named_once_in_fifteen_seconds(step, noon):
    assert operations.due_steps(at=noon) == [step.pk]
    assert operations.due_steps(at=noon + 14 * SECOND) == []
    assert operations.due_steps(at=noon + 15 * SECOND) == [step.pk]


def test_steps_of_a_withdrawn_frozen_or_waiting_case_are_not_named(step, noon, office):
    operations.freeze(step.case, at=noon)
    assert operations.due_steps(at=noon) == []
    operations.unfreeze(step.case, by=office.dana, at=noon)
    operations.ask(step.case, "Which account?", by=office.dana, at=noon)
    assert operations.due_steps(at=noon) == []
    operations.withdraw(step.case, by=office.alice, at=noon)
    assert operations.due_steps(at=noon + timedelta(days=1)) == []


def test_a_worker_is_told_that_its_case_was_withdrawn(step, noon, office, rooms, monkeypatch):
    from tasks.cases import collecting

    real = collecting.begin_file

    def withdraw_meanwhile(lease, kind, **facts):
        operations.withdraw(Case.objects.get(), by=office.alice, at=noon)
        return real(lease, kind, **facts)

    monkeypatch.setattr(collecting, "begin_file", withdraw_meanwhile)

    assert not operations.work(step.pk, at=noon)
    assert Case.objects.get().state == State.WITHDRAWN
    assert rooms.snapshots == []


def test_delivering_a_message_twice_does_nothing_twice(copy_ready, noon, rooms):
    for step in copy_ready.steps.all():
        assert not operations.work(step.pk, at=noon + timedelta(hours=1))

    assert len(rooms.snapshots) == len(rooms.packages) == 1
    assert letters_of(copy_ready) == ["acknowledgement", "ready"]


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_work_goes_on_and_the_lease_is_renewed(step, noon, monkeypatch):
    import time

    from tasks.cases import lease as leases

    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.05)
    held = claim(step.pk, at=noon)
    Step.objects.update(lease_until=noon)

    with held.kept():
        held.progress(done=7, total=9, detail="Orders", counts={"orders.Order": 7})
        until = time.monotonic() + 5
        while Step.objects.get().done != 7 and time.monotonic() < until:
            time.sleep(0.02)

    seen = Step.objects.get()
    assert (seen.done, seen.total, seen.detail, seen.counts) == (7, 9, "Orders", {"orders.Order": 7})
    assert seen.lease_until > noon + timedelta(seconds=conf.lease_seconds)


@pytest.mark.django_db(transaction=True)
def test_a_worker_learns_from_its_pulse_that_the_lease_is_lost(step, noon, monkeypatch):
    import time

    from tasks.cases import lease as leases

    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.05)
    held = claim(step.pk, at=noon)
    Step.objects.update(lease_token="another")

    def go_on_for(seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            held.progress(done=1)
            time.sleep(0.02)

    with held.kept(), pytest.raises(LeaseLost):
        go_on_for(5)

    assert Step.objects.get().done == 0
