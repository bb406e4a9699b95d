"""CouchDB: documents by selector and view, attachments, versions in conflict, and erasures that can be cut anywhere."""

import hashlib
import logging

import pytest

from tasks.collector.sources import Find, View
from tasks.collector.sources import couch_documents as fetching
from tasks.collector.sources import couch_queries as paging
from tasks.collector.sources.couch_queries import agrees
from tasks.collector.sources.store import StoreSource
from tasks.datamap import Ask, Keep
from tasks.errors import DeclarationError, SourceFault, SourceUnavailable
from tests.collector.couch_hosts import declared
from tests.collector.redis_hosts import ASK, AT

pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ

DRY = Ask("a-question", AT, dry_run=True)


def collected(source, subject) -> dict[str, dict]:
    return {item.key: dict(item.values) for item in source.collect(subject, ASK)}


@pytest.fixture
def source(couch_url):
    return declared(couch_url)


# --- how documents are found


def test_a_selector_finds_a_persons_documents_and_nobody_elses(couch, source, alice, bob):
    couch.put({"_id": "a", "owner": alice.pk, "units": "metric"}, {"_id": "b", "owner": bob.pk}, {"_id": "c"})

    assert collected(source, alice) == {"a": {"owner": alice.pk, "units": "metric"}}
    assert source.count(alice) == {"": 1}


def test_a_place_is_a_number_or_with_s_a_text(couch, couch_url, alice):
    couch.put({"_id": "number", "owner": alice.pk}, {"_id": "text", "owner": str(alice.pk)})
    texts = declared(couch_url, selector={"owner": "{user.pk!s}"})

    assert list(collected(declared(couch_url), alice)) == ["number"]
    assert list(collected(texts, alice)) == ["text"]


def test_a_view_finds_documents_by_its_key(couch, couch_url, alice, bob):
    couch.put({"_id": "a", "owner": "alice@example.com"}, {"_id": "b", "owner": bob.email})
    source = declared(couch_url, view="people/by_owner", view_key="{mail}", known=lower_case)

    assert list(collected(source, alice)) == ["a"]
    assert source.count(alice) == {"": 1}


def lower_case(self, subject) -> dict[str, list[str]]:
    return {"mail": [email.lower() for email in subject.identifiers()["email"]]}


def test_a_function_of_the_subject_may_stand_in_place_of_a_selector(couch, couch_url, alice):
    couch.put({"_id": "a", "owner": alice.pk, "kind": "x"}, {"_id": "b", "owner": alice.pk, "kind": "y"})
    source = declared(couch_url, selector=lambda subject: {"owner": subject.pk, "kind": "x"})

    assert list(collected(source, alice)) == ["a"]
    assert source.erase(alice, ASK).erased == 1


@pytest.mark.parametrize("nonsense", [{}, "everybody", 7])
def test_a_function_that_gives_no_selector_is_told_and_does_not_mean_everybody(nonsense, couch, couch_url, alice):
    couch.put({"_id": "a", "owner": 0})
    source = declared(couch_url, selector=lambda subject: nonsense)

    with pytest.raises(DeclarationError, match="wanted a Mango selector"):
        source.erase(alice, ASK)
    assert couch.ids() == ["a"]


def test_several_queries_are_sections_and_a_document_is_in_the_first_that_finds_it(couch, couch_url, alice):
    couch.put({"_id": "a", "owner": alice.pk, "kind": "x"}, {"_id": "b", "owner": alice.pk, "kind": "y"})
    source = declared(
        couch_url,
        documents={
            "special": Find({"owner": "{user.pk}", "kind": "x"}, "Special"),
            "all": View("people/by_owner", "{user.pk}", "All"),
        },
    )

    assert [(item.section, item.key) for item in source.collect(alice, ASK)] == [("special", "a"), ("all", "b")]
    assert source.count(alice) == {"special": 1, "all": 1}
    assert source.sections == {"special": "Special", "all": "All"}
    assert source.erase(alice, ASK).erased == 2


@pytest.mark.parametrize("how", ["selector", "view"])
def test_many_documents_come_page_by_page_each_once(how, couch, couch_url, alice, monkeypatch):
    monkeypatch.setattr(paging.Search.ids, "__kwdefaults__", {"limit": 7})
    monkeypatch.setattr(fetching, "AT_ONCE", 3)
    couch.put(*({"_id": f"d{n}", "owner": alice.pk, "n": n} for n in range(40)))
    ways = {
        "selector": {"selector": {"owner": "{user.pk}"}},
        "view": {"view": "people/by_owner", "view_key": "{user.pk}"},
    }
    source = declared(couch_url, **ways[how])

    rows = [item.values["n"] for item in source.collect(alice, ASK)]

    assert sorted(rows) == list(range(40))
    assert source.count(alice) == {"": 40}
    assert source.erase(alice, ASK).erased == 40


def test_an_answer_that_is_too_large_is_asked_for_in_smaller_parts(couch, couch_url, alice):
    couch.put(*({"_id": f"d{n}", "owner": alice.pk, "text": "x" * 10_000} for n in range(20)))

    found = collected(declared(couch_url, max_bytes=25_000), alice)

    assert len(found) == 20
    with pytest.raises(SourceFault, match="larger than 5,000 bytes"):
        collected(declared(couch_url, max_bytes=5_000), alice)


def test_values_are_no_operators_and_braces_in_them_are_no_places(couch, couch_url, alice):
    alice.model.objects.filter(pk=alice.pk).update(email='{"$gt": null}', name="{user.pk}")
    couch.put({"_id": "a", "owner": "bob@example.com", "name": "1"}, {"_id": "b", "owner": '{"$gt": null}'})

    assert list(collected(declared(couch_url, selector={"owner": "{email}"}), alice)) == ["b"]
    assert collected(declared(couch_url, selector={"name": "{user.name}"}), alice) == {}


def test_nothing_is_asked_where_the_value_is_missing(couch, couch_url, alice):
    alice.model.objects.filter(pk=alice.pk).update(email="")
    couch.put({"_id": "a", "owner": ""}, {"_id": "b", "owner": None})

    assert collected(declared(couch_url, selector={"owner": "{email}"}), alice) == {}


@pytest.mark.parametrize(
    ("selector", "document", "holds"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {}, False),
        ({"a.b": 1}, {"a": {"b": 1}}, True),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, False),
        ({"a": {"$eq": 1}}, {"a": 2}, False),
        ({"$and": [{"a": 1}, {"b": 2}]}, {"a": 1, "b": 3}, False),
        ({"a.b": {"$exists": False}}, {}, True),
        ({"a.b": {"$eq": 1}}, {}, False),
        ({"a.0.b": 1}, {"a": [{"b": 1}]}, True),
        ({r"a\.b": 1}, {"a.b": 1}, True),
        ({"$or": [{"a": 1}]}, {"a": 2}, True),  # CouchDB's matter
    ],
)
def test_a_document_is_held_against_what_the_selector_says_of_equality(selector, document, holds):
    assert agrees(document, selector) is holds


# --- what documents hold


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


# --- what a declaration may say


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"url": "couch.example"}, "url: wanted http"),
        ({"url": "http://localhost:six"}, "a port that is a number"),
        ({"database": ""}, "database: wanted"),
        ({"database": "a/b"}, "database: wanted"),
        ({"selector": {}}, "names nobody"),
        ({"selector": {"type": "preference"}}, "names nobody"),
        ({"selector": {"owner": "{User}"}}, "found {User}"),
        ({"selector": "owner"}, "found str"),
        ({"view": "by_owner", "view_key": "{email}"}, "design/view"),
        ({"view": "people/by_owner", "view_key": "all"}, "names nobody"),
        ({"documents": {"x": {"owner": "{user.pk}"}}}, "Find"),
        ({"selector": None}, "a Mango selector, a view"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(attributes, told):
    with pytest.raises(DeclarationError, match=told):
        declared(**{"url": "http://localhost", **attributes})


def test_a_wrong_address_is_told_without_its_password():
    with pytest.raises(DeclarationError, match="url: wanted http") as error:
        declared("couch://admin:secret@localhost")
    assert "secret" not in str(error.value)


def test_health_is_a_word(couch, source):
    assert source.health() == "ok"
