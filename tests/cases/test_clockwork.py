"""What time itself brings about."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tasks import audit, jobs
from tasks.cases import operations, queue
from tasks.cases.models import Case, Letter
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.datamap.sweeps import declared
from tests.cases.conftest import run_due

DAY = timedelta(days=1)


def test_handlers_are_warned_at_14_7_3_and_1_days_and_once_when_it_is_over(copy_in_review, noon):
    told = [day for day in range(40) if operations.warn(at=noon + day * DAY)]

    # Due on 7 April, 33 days after 5 March.
    assert told == [19, 26, 30, 32, 34]
    assert Letter.objects.filter(template="warning", audience="office").count() == 5


def test_a_late_start_warns_once_and_not_for_every_day_that_was_missed(copy_in_review, noon):
    assert operations.warn(at=noon + 31 * DAY) == 1
    assert operations.warn(at=noon + 31 * DAY) == 0


def test_an_extension_starts_the_warnings_anew(copy_in_review, office, noon):
    operations.warn(at=noon + 32 * DAY)
    operations.extend(copy_in_review, by=office.dana, at=noon + 32 * DAY, reason="Nine systems.")

    assert operations.warn(at=noon + 32 * DAY) == 0
    assert operations.warn(at=noon + 80 * DAY) == 1


def test_an_answered_case_warns_nobody(copy_ready, noon):
    assert operations.warn(at=noon + 60 * DAY) == 0


def test_a_request_that_nobody_verifies_expires(ask_for_copy, noon):
    ask_for_copy(identity="")

    assert operations.expire_unverified(at=noon + 6 * DAY) == 0
    assert operations.expire_unverified(at=noon + 7 * DAY) == 1
    assert Case.objects.get().state == State.EXPIRED


@pytest.fixture
def damaged(ask_for_erasure, office, alice, bob, rooms, noon):
    """Alice's erasure, scheduled, whose row is damaged, and Bob's, scheduled for the same day."""
    hers = run_due(ask_for_erasure(), at=noon)
    his = run_due(
        operations.open_erasure(
            Subject(User, bob.pk, "default"), by=office.bob, at=noon, contact="b@example.com", person="Bob"
        ),
        at=noon,
    )
    for case in (hers, his):
        operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossier_case SET person = 'x' WHERE reference = %s", [hers.reference])
    return hers, his


def test_a_damaged_row_stops_nobody_elses_erasure(damaged, noon):
    hers, his = damaged

    assert operations.start_scheduled(at=noon + 8 * DAY) == 1

    assert his.steps.filter(phase="erase").exists()
    assert not hers.steps.filter(phase="erase").exists()


def test_trouble_with_a_row_is_put_down_once_a_day(damaged, noon):
    hers, _his = damaged

    for minutes in (0, 1, 2, 24 * 60 + 5):
        operations.start_scheduled(at=noon + 8 * DAY + timedelta(minutes=minutes))

    told = [entry.data for entry in audit.of(hers.pk).filter(event="case.trouble")]
    assert told == [{"what": "start", "error": "KeyUnavailable"}] * 2


def test_a_damaged_row_stops_no_warning_and_no_reminder(damaged, noon):
    assert operations.remind(at=noon + 6 * DAY) == 1
    assert operations.warn(at=noon + 31 * DAY) == 1


def test_the_end_of_the_files_is_told_once_before(copy_ready, noon):
    assert operations.remind(at=noon + 10 * DAY) == 0
    assert operations.remind(at=noon + 11 * DAY + timedelta(minutes=1)) == 1
    assert operations.remind(at=noon + 12 * DAY) == 0


def test_a_tick_sends_ids_and_nothing_else(ask_for_copy, monkeypatch):
    sent = []
    ask_for_copy()
    monkeypatch.setattr(queue, "send", lambda task, *, seconds=None, **ids: sent.append((task, ids)))

    jobs.tick()

    sweeps = [ids for task, ids in sent if task == "dossier.sweep"]  # by the names of their declarations
    others = {task: ids for task, ids in sent if task != "dossier.sweep"}
    assert [list(ids) for ids in sweeps] == [["sweep"]] * len(sweeps)
    assert {ids["sweep"] for ids in sweeps} <= {sweep.key for sweep in declared}
    assert others.keys() == {"dossier.post", "dossier.work"}
    assert all(list(ids) in (["step_id"], ["letter_id"]) and str(*ids.values()).isdigit() for ids in others.values())


def test_a_broker_that_is_away_loses_nothing(ask_for_copy, monkeypatch, noon, caplog):
    asked = []

    def away(task, ids, seconds):
        asked.append(task)
        raise ConnectionError("amqp://user:password@broker")

    monkeypatch.setattr(queue, "_publish", away)
    monkeypatch.setattr(queue, "_quiet_until", 0.0)
    case = ask_for_copy()

    assert queue.send("dossier.work", step_id="1") is False
    assert queue.send("dossier.work", step_id="2") is False
    assert asked == ["dossier.work"]  # nobody waits for it twice
    assert "password" not in caplog.text
    assert operations.due_steps(at=noon) == [case.steps.get().pk]


def test_a_job_ignores_what_a_newer_sender_adds(ask_for_copy):
    step = ask_for_copy().steps.get()

    jobs.work(step_id=str(step.pk), something_new=1)

    assert Case.objects.get().state == State.REVIEW
