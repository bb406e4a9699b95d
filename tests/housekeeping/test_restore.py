"""After a restore, what was erased since is erased again: by a real dump of PostgreSQL, a real file of SQLite."""

import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.models import QuerySet

from tasks import audit, erasure
from tasks.audit.models import Entry
from tasks.collector import Subject
from tasks.datamap import Anonymise, Blank, Constant, Keep, ModelPrivacy, registry, years
from tasks.erasure import journal, kept
from tasks.erasure.apply import Eraser, Pace
from tasks.erasure.models import ErasureBatch, ErasureRun, KeptRow
from tasks.housekeeping import replay
from tests.erasure.test_at_once import said, started
from tests.hosts.fates.models import Account, Document, Line, Order, Ticket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor not in ("sqlite", "postgresql"), reason="its dump is another program's"),
]
DAY = timedelta(days=1)
PEOPLE = (Account, Order, Line, Document, Ticket)


class OrderPrivacy(ModelPrivacy):
    follow = True
    erasure = Keep(for_=years(10), after="placed_on", because="law", meanwhile=Blank("address"))


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings) -> Iterator[Path]:
    """A vault of its own: its journal must not hold other tests' erasures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DOSSIER = {
        **settings.DOSSIER,
        "vault_dir": str(tmp_path / "vault"),
        "vault_key": str(tmp_path / "vault.key"),
    }
    with registry.overridden({Order: OrderPrivacy}):
        yield tmp_path


class Backup:
    """The whole database as it is now, by the database's own means."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "backup"
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with sqlite3.connect(self.file) as copy:
                connection.connection.backup(copy)
            copy.close()
            return
        self._run("pg_dump", "--format=custom", f"--file={self.file}")

    def restore(self) -> None:
        """Put it back, over whatever is there."""
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.file) as copy:
                copy.backup(connection.connection)
            copy.close()
            return
        connections.close_all()
        self._run("pg_restore", "--clean", "--if-exists", "--single-transaction", str(self.file))

    def _run(self, program: str, *words: str) -> None:
        given = connection.settings_dict
        where = [f"--host={given['HOST']}", f"--username={given['USER']}", f"--dbname={given['NAME']}"]
        environment = {**os.environ, "PGPASSWORD": str(given["PASSWORD"] or "")}
        done = subprocess.run([program, *where, *words], env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr


def person(name: str, **more) -> Account:
    """An account with an order, a line, two documents and a ticket."""
    account = Account.objects.create(
        name=name, email=f"{name}@example.com", nick=name, joined_at="2020-01-01T00:00Z", **more
    )
    order = Order.objects.create(account=account, placed_on=date(2025, 6, 1), address="Leipzig")
    Line.objects.create(order=order, text="a mug")
    for _ in range(2):
        Document.objects.create(account=account, file="")
    Ticket.objects.create(account=account)
    return account


def erase(account: Account, at) -> uuid.UUID:
    subject, run_id = Subject.find(Account, account.pk), uuid.uuid4()
    erasure.apply(subject, erasure.plan(subject, at=at), run_id=run_id, at=at)
    erasure.verify(subject, run_id=run_id, at=at)
    return run_id


def world() -> dict[str, list]:
    """Every row of the host, whole."""
    return {model.__name__: list(QuerySet(model=model).order_by("pk").values()) for model in PEOPLE}


def command(*words: str) -> str:
    out = StringIO()
    call_command("replayerasures", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_backup_of_everything_is_made_good_from_the_journal(room, noon):
    alice, bob = person("alice"), person("bob")
    backup = Backup(room)
    run_id = erase(alice, noon)
    after = world()

    backup.restore()
    assert Account.objects.filter(name="alice").exists()
    assert not ErasureRun.objects.exists(), "the ledger was in the same backup"

    said = command("--since", noon.isoformat())
    assert "1 erasures looked at; 1 only in the journal" in said
    assert Account.objects.filter(name="alice").exists(), "dry first"
    assert "           1            0            0  fates.Account" in said
    assert "4  fates.Document delete" not in said
    assert "2  fates.Document delete" in said

    said = command("--since", noon.isoformat(), "--execute")
    assert "3 rows were deleted" in said
    assert world() == after
    assert Account.objects.filter(pk=bob.pk, name="bob").exists()
    assert ErasureRun.objects.get(pk=run_id).finished_at == noon
    assert {entry.event for entry in Entry.objects.all()} >= {"replay.taken_over", "replay.erased", "replay.done"}
    assert audit.verify()

    command("--since", noon.isoformat(), "--execute")
    assert world() == after
    assert ErasureRun.objects.filter(cause="replay").count() == 1, "a second time there is nothing to do"


@pytest.mark.sqlite_only  # a restore of PostgreSQL takes seconds; three of them are enough
def test_kept_rows_have_their_mask_and_their_last_day_again_and_end_on_it(room, noon):
    alice = person("alice")
    Order.objects.create(account=alice, placed_on=None, address="no date")
    backup = Backup(room)
    erase(alice, noon)
    ends = set(KeptRow.objects.values_list("label", "until"))
    backup.restore()

    replay.execute(since=None, at=noon + 200 * DAY)

    assert list(Order.objects.values_list("account", "address")) == [(None, ""), (None, "")]
    run = ErasureRun.objects.get(cause="replay")
    assert set(KeptRow.objects.filter(run=run).values_list("label", "until")) == ends, "no day is derived anew"
    for at in (noon.replace(year=2037), noon.replace(year=2037) + DAY):
        for due in list(kept.due_runs(at=at)):
            kept.end(due, at=at)
    assert not Order.objects.exists()
    assert not KeptRow.objects.filter(swept_at=None).exists()


def test_a_stranger_who_got_a_reused_key_keeps_everything(room, noon):
    person("bob")
    backup = Backup(room)
    alice = person("alice")  # signed up after the backup
    keys = (alice.pk, Document.objects.filter(account=alice).first().pk, Order.objects.get(account=alice).pk)
    erase(alice, noon)
    backup.restore()
    stranger = Account.objects.create(pk=keys[0], name="mallory", email="m@example.com", joined_at=noon)
    Document.objects.create(pk=keys[1], account=stranger, file="")
    Order.objects.create(pk=keys[2], account=stranger, placed_on=date(2026, 1, 1), address="Hamburg")
    Ticket.objects.create(account=stranger)
    before = world()

    looked = replay.preview(since=None, at=noon)
    done = replay.execute(since=None, at=noon)

    assert vars(looked.counts["fates.Account"]) == {"same": 0, "stranger": 1, "unknown": 0}
    assert vars(looked.counts["fates.Document"]) == {"same": 0, "stranger": 0, "unknown": 1}
    assert not looked.planned
    assert not done.stats
    assert world() == before
    for due in list(kept.due_runs(at=noon.replace(year=2037))):
        kept.end(due, at=noon.replace(year=2037))
    assert world() == before, "nor does a kept row's day take the stranger's"


@pytest.mark.sqlite_only
def test_what_came_back_that_was_never_erased_by_us_goes_with_what_it_hangs_on(room, noon):
    alice = person("alice")
    backup = Backup(room)
    Document.objects.filter(account=alice).first().delete()  # by the host itself, before the erasure
    erase(alice, noon)
    backup.restore()

    done = replay.execute(since=None, at=noon + DAY)

    assert done.stats == (3, {"fates.Account": 1, "fates.Document": 2})
    assert not Document.objects.exists()
    assert Ticket.objects.get().account is None


@pytest.mark.sqlite_only
def test_a_ledger_in_another_database_was_not_restored_and_works_alike(room, noon):
    """The host's rows come back, Dossier's tables do not: as if they lived elsewhere."""
    alice = person("alice")
    rows = {model: list(QuerySet(model=model)) for model in PEOPLE}
    erase(alice, noon)
    after = world()
    for model in reversed(PEOPLE):
        QuerySet(model=model)._raw_delete("default")
    for model, instances in rows.items():
        QuerySet(model=model).bulk_create(instances)

    assert replay.preview(since=noon, at=noon).taken_over == 0
    done = replay.execute(since=noon, at=noon + DAY)

    assert done.stats == (3, {"fates.Account": 1, "fates.Document": 2})
    assert world() == after


@pytest.mark.sqlite_only
def test_an_erasure_that_was_over_before_the_backup_is_not_looked_at(room, noon):
    erase(person("alice"), noon)

    assert replay.preview(since=noon + DAY, at=noon + 2 * DAY).erasures == 0


@pytest.mark.sqlite_only
def test_a_person_whose_row_stays_is_made_nameless_again_and_only_once(room, noon):
    changed = Anonymise([Constant("gone", "name"), Blank("email")])
    with registry.overridden({Account: type("AccountPrivacy", (ModelPrivacy,), {"erasure": changed})}):
        alice = person("alice")
        backup = Backup(room)
        erase(alice, noon)
        backup.restore()
        assert Account.objects.get().name == "alice"

        replay.execute(since=noon, at=noon + DAY)
        assert (Account.objects.get().name, Account.objects.get().email) == ("gone", "")

        Account.objects.update(name="by the host, later")
        replay.execute(since=noon, at=noon + 2 * DAY)
        assert Account.objects.get().name == "by the host, later"


@pytest.mark.sqlite_only
def test_declarations_that_decide_otherwise_by_now_are_told_and_nothing_is_touched(room, noon):
    alice = person("alice")
    backup = Backup(room)
    erase(alice, noon)
    backup.restore()
    otherwise = type("DocumentPrivacy", (ModelPrivacy,), {"erasure": Keep(because="a new law")})

    with registry.overridden({Document: otherwise}), pytest.raises(CommandError, match="1 erasures could not"):
        command("--execute")

    assert Account.objects.filter(name="alice").exists()


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
