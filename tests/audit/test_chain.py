"""The audit: append-only, in one unbroken chain, however many write at once."""

import threading
import uuid

import pytest
from django.db import connection, connections, transaction

from tasks import audit
from tasks.audit.models import AppendOnly, Entry, Head

CASE = uuid.UUID(int=7)


@pytest.fixture
def three(db, noon):
    for number in range(3):
        audit.record("case.moved", by="auth.User:1", at=noon, case=CASE, data={"to": "review", "n": number})


def rewrite(seq, column, value):
    """Do what somebody with the database's password does."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE dossier_entry SET {column} = %s WHERE seq = %s", [value, seq])


def test_an_empty_audit_is_intact(db):
    assert audit.verify()


def test_entries_follow_each_other(three):
    entries = list(audit.of(CASE))

    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert entries[1].previous == entries[0].hash
    assert audit.verify() == audit.Verdict(entries=3, head=entries[2].hash)


@pytest.mark.parametrize(("column", "value"), [("event", "case.closed"), ("by", "auth.User:2"), ("data", '{"n": 9}')])
def test_a_changed_entry_is_named(three, column, value):
    rewrite(2, column, value)

    verdict = audit.verify()

    assert not verdict
    assert verdict.broken == 2
    assert "not what was recorded" in verdict.why


def test_a_changed_entry_whose_hash_was_made_to_fit_breaks_the_next_one(three):
    from tasks.audit.chain import digest

    rewrite(2, "event", "case.closed")
    rewrite(2, "hash", digest(Entry.objects.get(seq=2)))

    assert audit.verify().broken == 3


def test_a_removed_entry_is_missed(three):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dossier_entry WHERE seq = 2")

    verdict = audit.verify()

    assert (verdict.broken, verdict.why) == (3, "entry 2 is missing")


def test_a_removed_end_is_missed(three):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dossier_entry WHERE seq = 3")

    assert audit.verify().broken == 3


def test_an_entry_cannot_be_saved_changed_or_deleted_through_django(three):
    entry = Entry.objects.get(seq=2)

    for attempt in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(event="x")):
        with pytest.raises(AppendOnly):
            attempt()
    assert audit.verify()


def test_a_transaction_that_is_rolled_back_leaves_no_gap(three, noon):
    with transaction.atomic():
        audit.record("case.moved", by="auth.User:1", at=noon)
        transaction.set_rollback(True)

    audit.record("case.moved", by="auth.User:1", at=noon)

    assert audit.verify().entries == 4


def test_what_is_hashed_is_what_is_stored(db, noon):
    audit.record(
        "case.moved",
        by="system",
        at=noon,
        data={"at": noon, "id": CASE, "é": "ü", "n": 1.5, "deep": {"b": 1, "a": [2]}},
    )

    assert audit.verify()


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_neither_fork_nor_lose_an_entry(noon):
    trouble = []

    def write(name):
        try:
            for _ in range(10):
                with audit.atomic():
                    audit.record("case.moved", by=name, at=noon)
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            trouble.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert trouble == []
    assert audit.verify().entries == 60
    assert Head.objects.get().seq == 60
