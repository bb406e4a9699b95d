"""Sweeps of people: looked at until somebody switches them on, then carried out; one that is wrong fails alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks import audit, jobs
from tasks.cases import queue
from tasks.erasure.models import ErasureRun
from tasks.housekeeping import sweeps
from tasks.housekeeping.models import Alarm, Leaver, SweepRun
from tests.housekeeping.sweeping import DAY, State, entries, inactive, sleepers, there

__all__ = ["inactive", "sleepers"]
sweeps_run = sweeps.run


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
