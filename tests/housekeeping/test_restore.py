"""After a restore, what was erased since is erased again: by a real dump of PostgreSQL, a real file of SQLite."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError
from django.db.models import QuerySet

from tasks import audit
from tasks.audit.models import Entry
from tasks.datamap import Anonymise, Blank, Constant, Keep, ModelPrivacy, registry
from tasks.erasure import kept
from tasks.erasure.models import ErasureRun, KeptRow
from tasks.housekeeping import replay
from tests.hosts.fates.models import Account, Document, Order, Ticket
from tests.housekeeping.restoring import MARKS, PEOPLE, Backup, command, erase, person, room, world

__all__ = ["room"]
pytestmark = MARKS
DAY = timedelta(days=1)


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
