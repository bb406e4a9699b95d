"""CouchDB: what documents hold, attachments and versions in conflict, and what is erased of them."""

import hashlib
import logging

import pytest

from tasks.collector.sources import couch_documents as fetching
from tasks.collector.sources.store import StoreSource
from tasks.datamap import Keep
from tasks.errors import SourceFault, SourceUnavailable
from tests.collector.couch_hosts import collected, declared, source
from tests.collector.redis_hosts import ASK, DRY

__all__ = ["source"]
pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ


# --- what they hold


def test_attachments_are_files_that_can_be_read(couch, source, alice, tmp_path):
    couch.put({"_id": "alice@example.com/1", "owner": alice.pk})
    picture, text = bytes(range(256)) * 5_000, "ü".encode() * 100
    couch.attach("alice@example.com/1", "my picture.png", picture, "image/png")
    couch.attach("alice@example.com/1", "no/te ü.txt", text, "text/plain")

    [row] = collected(source, alice).values()

    files = {file.name: file for file in row["attachments"]}
    assert {name: (file.size, file.media_type) for name, file in files.items()} == {
        "my picture.png": (len(picture), "image/png"),
        "no/te ü.txt": (len(text), "text/plain"),
    }
    with files["my picture.png"].open() as opened:
        assert hashlib.sha256(opened.read()).digest() == hashlib.sha256(picture).digest()
    with files["no/te ü.txt"].open() as opened:
        assert opened.read() == text


def test_no_log_line_has_the_id_of_a_document(couch, source, alice, caplog):
    couch.put({"_id": "alice@example.com", "owner": alice.pk})
    couch.attach("alice@example.com", "note.txt", b"hello", "text/plain")

    with caplog.at_level(logging.INFO, "httpx"):
        [row] = collected(source, alice).values()
        with row["attachments"][0].open() as file:
            assert file.read() == b"hello"

    assert "127.0.0.1" in caplog.text
    assert "alice" not in caplog.text


def test_versions_in_conflict_are_collected_beside_the_one_that_won(couch, source, alice):
    couch.put({"_id": "a", "owner": alice.pk, "units": "metric"})
    couch.conflict(_id="a", _rev="1-000000000000000000000000000000aa", owner=alice.pk, units="imperial")

    [row] = collected(source, alice).values()

    assert {row["units"], row["versions"][0]["units"]} == {"metric", "imperial"}
    assert source.count(alice) == {"": 1}


def test_the_house_can_hold_what_it_reads(couch, source, alice):
    couch.put({"_id": "a", "owner": alice.pk, "deep": {"list": [1, None, {"x": True}]}})
    couch.attach("a", "note.txt", b"hello", "text/plain")

    [batch] = StoreSource(source).collect(alice)

    assert dict(zip(batch.columns, batch.rows[0], strict=True))["_key"] == "a"


# --- what is erased


def test_erasing_deletes_every_version_and_says_what_couchdb_keeps(couch, source, alice, bob):
    couch.put({"_id": "a", "owner": alice.pk}, {"_id": "b", "owner": bob.pk})
    couch.conflict(_id="a", _rev="1-000000000000000000000000000000aa", owner=alice.pk, units="imperial")

    assert source.erase(alice, DRY).erased == 1
    outcome = source.erase(alice, ASK)

    assert (outcome.erased, outcome.changed) == (1, 0)
    assert "_purge" in str(outcome.notes[0])
    assert couch.ids() == ["b"]
    again = source.erase(alice, ASK)
    assert (again.erased, again.notes) == (0, ())


def test_a_version_in_conflict_that_is_somebody_elses_stays_theirs(couch, source, alice, bob):
    couch.conflict(_id="a", _rev="2-000000000000000000000000000000bb", owner=alice.pk)
    couch.conflict(_id="a", _rev="2-000000000000000000000000000000aa", owner=bob.pk)

    assert source.erase(alice, ASK).erased == 1

    assert couch.ask("GET", "/a")["owner"] == bob.pk


def test_a_document_that_changed_meanwhile_is_looked_at_anew(couch, source, alice, monkeypatch):
    couch.put(*({"_id": f"d{n}", "owner": alice.pk} for n in range(3)))
    really, late = fetching.fetched, iter([True])

    def fetched(*args):
        found = really(*args)
        if next(late, False):
            couch.put({**couch.ask("GET", "/d1"), "touched": True})
        return found

    monkeypatch.setattr(fetching, "fetched", fetched)

    assert source.erase(alice, ASK).erased == 3
    assert couch.ids() == []


def test_documents_that_change_without_end_end_the_try(couch, source, alice, monkeypatch):
    couch.put({"_id": "a", "owner": alice.pk})
    really = fetching.fetched

    def fetched(*args):
        found = really(*args)
        couch.put({**couch.ask("GET", "/a"), "touched": True})
        return found

    monkeypatch.setattr(fetching, "fetched", fetched)

    with pytest.raises(SourceUnavailable, match="change as fast"):
        source.erase(alice, ASK)


def test_a_document_can_be_anonymised_in_place(couch, couch_url, alice):
    couch.put({"_id": "a", "owner": alice.pk, "text": "Good tea", "by": "Alice"}, {"_id": "b", "owner": alice.pk})
    couch.attach("a", "me.png", b"\x89PNG", "image/png")

    def anonymise(self, document):
        return {"text": document["text"], "owner": None} if "text" in document else None

    source = declared(couch_url, anonymise=anonymise)
    outcome = source.erase(alice, ASK)

    assert (outcome.erased, outcome.changed) == (1, 1)
    left = couch.ask("GET", "/a")
    assert {name: value for name, value in left.items() if name != "_rev"} == {
        "_id": "a", "text": "Good tea", "owner": None
    }  # fmt: skip
    assert source.erase(alice, ASK).changed == 0


def test_what_is_anonymised_and_still_leads_to_the_person_is_told(couch, couch_url, alice):
    couch.put({"_id": "a", "owner": alice.pk, "by": "Alice"})
    source = declared(couch_url, anonymise=lambda self, document: {"owner": document["owner"]})

    with pytest.raises(SourceFault, match="do not lead to the person"):
        source.erase(alice, ASK)


def test_what_has_to_be_kept_is_kept(couch, couch_url, alice):
    couch.put({"_id": "a", "owner": alice.pk})

    outcome = declared(couch_url, erasure=Keep(because="The tax office asks for it.")).erase(alice, ASK)

    assert (outcome.erased, outcome.kept[0].count) == (0, 1)
    assert couch.ids() == ["a"]
