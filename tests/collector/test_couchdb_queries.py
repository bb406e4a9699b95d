"""CouchDB: how a person's documents are found, by selector and view, and what a declaration may say of it."""

import pytest

from tasks.collector.sources import Find, View
from tasks.collector.sources import couch_documents as fetching
from tasks.collector.sources import couch_queries as paging
from tasks.collector.sources.couch_queries import agrees
from tasks.errors import DeclarationError, SourceFault
from tests.collector.couch_hosts import collected, declared, source
from tests.collector.redis_hosts import ASK

__all__ = ["source"]
pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ


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
