"""Replays that are killed, that meet, and the journal that they read."""

import os
from datetime import date, timedelta

import pytest
from django.core.management import CommandError
from django.db import connection

from tasks import audit
from tasks.erasure import journal, kept
from tasks.erasure.apply import Eraser, Pace
from tasks.erasure.models import ErasureBatch, ErasureRun
from tasks.housekeeping import replay
from tests.erasure.test_at_once import said, started
from tests.hosts.fates.models import Document, Order
from tests.housekeeping.restoring import MARKS, Backup, command, erase, person, room, world

__all__ = ["room"]
pytestmark = MARKS
DAY = timedelta(days=1)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("crash", [1, 3])
def test_killed_midway_it_goes_on_and_counts_each_row_once(room, noon, monkeypatch, crash):
    monkeypatch.setattr(Pace, "MOST", 1)
    monkeypatch.setattr(Pace, "LEAST", 1)
    alice = person("alice")
    backup = Backup(room)
    erase(alice, noon)
    after = world()
    backup.restore()
    real, calls = Eraser._batch, []

    def stop(self, batch):
        calls.append(1)
        if len(calls) > crash:
            raise KeyboardInterrupt
        real(self, batch)

    monkeypatch.setattr(Eraser, "_batch", stop)
    with pytest.raises(KeyboardInterrupt):
        replay.execute(since=None, at=noon + DAY)
    monkeypatch.setattr(Eraser, "_batch", real)
    done = replay.execute(since=None, at=noon + DAY)

    assert world() == after
    assert done.stats == (3, {"fates.Account": 1, "fates.Document": 2})
    assert ErasureRun.objects.filter(cause="replay", finished_at=None).count() == 0


@pytest.mark.sqlite_only  # a restore of PostgreSQL takes seconds; three of them are enough
def test_a_second_replay_in_the_midst_of_the_first_changes_nothing_more(room, noon, monkeypatch):
    alice = person("alice")
    backup = Backup(room)
    erase(alice, noon)
    after = world()
    backup.restore()
    real, nested = Eraser._batch, []

    def twice(self, batch):
        if not nested:
            nested.append(1)
            replay.execute(since=None, at=noon + DAY)
        real(self, batch)

    monkeypatch.setattr(Eraser, "_batch", twice)
    replay.execute(since=None, at=noon + DAY)

    assert world() == after
    deleted = [key for batch in ErasureBatch.objects.filter(run__cause="replay", action="delete") for key in batch.keys]
    assert len(deleted) == 3


@pytest.mark.sqlite_only
def test_the_journal_is_sealed_and_names_nobody(room, noon):
    run_id = erase(person("alice"), noon)
    stored = (room / "vault" / journal.name_of(run_id)).read_bytes()

    assert stored.startswith(b"age-encryption.org")
    assert b"fates" not in stored
    assert "alice" not in str(list(journal._read(run_id)))


@pytest.mark.sqlite_only
def test_the_journal_goes_when_no_backup_holds_the_rows_any_more(room, noon):
    run_id = erase(person("alice"), noon)

    assert journal.remove_before(noon) == 0
    assert journal.remove_before(noon + DAY) == 1
    assert list(journal.missing()) == []
    assert ErasureRun.objects.filter(pk=run_id).exists()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("words", [["--since", "yesterday"], ["--since", "2026-13-45"]])
def test_a_moment_that_is_none_is_told(words):
    with pytest.raises(CommandError, match="wanted a moment"):
        command(*words)


@pytest.mark.sqlite_only
def test_with_nothing_to_do_it_says_so():
    assert "Nothing to do." in command()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="two processes on one database of a server")
def test_two_replays_in_two_processes_erase_each_row_once(room, noon, monkeypatch):
    monkeypatch.setattr(Pace, "MOST", 2)
    monkeypatch.setattr(Pace, "LEAST", 1)
    alice = person("alice")
    for _ in range(20):
        Document.objects.create(account=alice, file="")
    backup = Backup(room)
    erase(alice, noon)
    after = world()
    backup.restore()

    def work(meet):
        meet()
        return replay.execute(since=None, at=noon + DAY).failed

    child, read, write = started(work)
    os.read(read, 1)
    os.write(write, b".")
    failed = replay.execute(since=None, at=noon + DAY).failed
    _, status = os.waitpid(child, 0)

    assert (status, failed, said(read)) == (0, {}, "{}")
    assert world() == after
    gone = [key for batch in ErasureBatch.objects.filter(run__cause="replay", action="delete") for key in batch.keys]
    assert len(gone) == 23
    assert audit.verify()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="two processes on one database of a server")
def test_two_workers_in_two_processes_end_each_kept_row_once(room, noon):
    alice = person("alice")
    for _ in range(20):
        Order.objects.create(account=alice, placed_on=date(2025, 6, 1))
    erase(alice, noon)
    later = noon.replace(year=2036)

    def work(meet):
        meet()
        return end_all(later)

    child, read, write = started(work)
    os.read(read, 1)
    os.write(write, b".")
    mine = end_all(later)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert mine + int(said(read)) == 22, "21 orders and a line, each by one of the two"
    assert not Order.objects.exists()
    assert ErasureRun.objects.filter(cause="kept", finished_at=None).count() == 0


def end_all(at) -> int:
    """How many kept rows this process ended."""
    return sum(sum(kept.end(run, at=at).ends.values()) for run in list(kept.due_runs(at=at)))
