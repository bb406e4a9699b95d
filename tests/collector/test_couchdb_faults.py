"""CouchDB stopped, slow, lying, and back again: told without a name or a password, and never taken for the truth."""

import json

import pytest

from tasks.errors import SourceFault, SourceUnavailable
from tests.collector import liar as lies
from tests.collector.couch_hosts import declared
from tests.collector.liar import json_answer, liar
from tests.collector.redis_hosts import ASK

pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ

EVERY = pytest.mark.parametrize("what", ["count", "collect", "erase", "health"])


def asked(source, subject, what: str) -> object:
    if what == "collect":
        return list(source.collect(subject, ASK))
    return getattr(source, what)(*{"count": (subject,), "erase": (subject, ASK), "health": ()}[what])


def at(port: int, **attributes: object):
    given = {"timeout": 2.0, "selector": {"owner": "{email}"}, **attributes}
    return declared(f"http://admin:very-secret@127.0.0.1:{port}", **given)


def found(*documents: dict, **more: object) -> bytes:
    return json_answer(json.dumps({"docs": documents, **more}).encode())


@EVERY
def test_a_server_that_is_gone_is_told(what, alice):
    with liar(b"") as port:
        pass

    with pytest.raises(SourceUnavailable, match=r"^preferences: nobody answers at its address\.$"):
        asked(at(port), alice, what)


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        (json_answer(b"alice@example.com", status="500 Internal Server Error"), SourceUnavailable, "answers with 500"),
        (json_answer(b"{}", status="401 Unauthorized"), SourceUnavailable, "does not let us in"),
        (json_answer(b"{}", status="403 Forbidden"), SourceUnavailable, "forbids it"),
        (json_answer(b"{}", status="404 Object Not Found"), SourceUnavailable, "no such database"),
        (json_answer(b"{}", status="429 Too Many Requests"), SourceUnavailable, "too much to do"),
        (json_answer(b"{}", status="302 Found\r\nLocation: http://elsewhere.example"), SourceFault, "go elsewhere"),
        (json_answer(b"{}", status="400 Bad Request"), SourceFault, "answers with 400"),
        (json_answer(b"<html>alice@example.com"), SourceFault, "wanted JSON"),
        (json_answer(b"[" * 50_000), SourceFault, "wanted JSON"),
        (json_answer(b'{"docs": [', length=4_000), SourceUnavailable, "broke off"),
        (json_answer(b"7"), SourceFault, "from CouchDB"),
        (json_answer(b'{"docs": 7}'), SourceFault, "from CouchDB"),
        (json_answer(b'{"docs": [7]}'), SourceFault, "from CouchDB"),
        (json_answer(b'{"docs": [{"_id": 7}]}'), SourceFault, "from CouchDB"),
        (lies.another_protocol, SourceUnavailable, "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b", SourceFault, "compressed"),
        (lies.silence, SourceUnavailable, "no answer within 0.2 seconds|complete after 0.2"),
        (lies.drip, SourceUnavailable, "not complete after 0.2 seconds"),
        (lies.flood, SourceFault, "larger than 16,777,216 bytes"),
        (lies.flood_without_length, SourceFault, "larger than 16,777,216 bytes"),
    ],
)
@pytest.mark.parametrize("what", ["count", "erase"])
def test_what_a_server_says_instead_is_told_without_what_it_repeats(said, kind, told, what, alice):
    timeout = 0.2 if said in (lies.silence, lies.drip) else 5.0

    with liar(said) as port, pytest.raises(kind, match=told) as error:
        asked(at(port, timeout=timeout), alice, what)

    assert str(error.value).startswith("preferences: ")
    for secret in ("alice", "very-secret", "admin"):
        assert secret not in str(error.value).lower()


def test_documents_that_nobody_asked_for_are_neither_collected_nor_erased(alice):
    said = iter([found({"_id": "a"}), rows({"_id": "a", "_rev": "1-a", "owner": "bob@example.com"})])

    with liar(lambda line: line.sendall(next(said))) as port, pytest.raises(SourceFault, match="the selector finds"):
        at(port).erase(alice, ASK)
    assert next(said, None) is None


def test_other_documents_than_those_asked_for_are_not_believed(alice):
    said = iter([found({"_id": "a"}), rows({"_id": "b", "_rev": "1-a", "owner": alice.row.email})])

    with liar(lambda line: line.sendall(next(said))) as port, pytest.raises(SourceFault, match="documents asked for"):
        list(at(port).collect(alice, ASK))


def rows(*documents: dict) -> bytes:
    return json_answer(json.dumps({"rows": [{"id": one["_id"], "doc": one} for one in documents]}).encode())


def test_a_view_that_gives_another_key_is_not_believed(alice):
    said = json_answer(b'{"rows": [{"id": "a", "key": "bob@example.com", "value": null}]}')

    with liar(said) as port, pytest.raises(SourceFault, match="the key that was asked for"):
        at(port, selector=None, view="people/by_email", view_key="{email}").count(alice)


def test_the_same_page_again_and_again_is_not_a_page(alice):
    page = found(*({"_id": f"d{n}"} for n in range(1_000)), bookmark="once more")

    with liar(page) as port, pytest.raises(SourceFault, match="further documents"):
        at(port).count(alice)


def test_pages_go_on_by_bookmark_where_there_is_one(alice):
    heard = []
    pages = iter([found(*({"_id": f"d{n}"} for n in range(1_000)), bookmark="b1"), found({"_id": "z"}, bookmark="nil")])

    def answer(line):
        line.sendall(next(pages))

    with liar(answer) as port, pytest.MonkeyPatch.context() as patch:
        from tasks.collector.sources import couch_client

        really = couch_client.Couch.ask
        patch.setattr(couch_client.Couch, "ask", lambda *args: (heard.append(args[-1]), really(*args))[1])
        assert at(port).count(alice) == {"": 1_001}

    assert [question.get("bookmark") for question in heard] == [None, "b1"]
    assert all("skip" not in question for question in heard)


@pytest.mark.parametrize("size", [4, 6])
def test_an_attachment_of_another_size_is_not_handed_on(size, alice):
    document = {"_id": "a", "_rev": "1-a", "owner": alice.row.email, "_attachments": {"x": {"length": 5}}}
    said = iter([found({"_id": "a"}), rows(document), json_answer(b"x" * size)])

    with liar(lambda line: line.sendall(next(said))) as port:
        [item] = at(port).collect(alice, ASK)
        with pytest.raises(SourceUnavailable), item.values["attachments"][0].open():
            pass


def test_a_refusal_to_delete_is_told(alice):
    document = {"_id": "a", "_rev": "1-a", "owner": alice.row.email}
    no = json_answer(b'[{"id": "a", "error": "forbidden", "reason": "alice@example.com may not go"}]')
    said = iter([found({"_id": "a"}), rows(document), no])

    with liar(lambda line: line.sendall(next(said))) as port, pytest.raises(SourceFault, match="validate_doc") as error:
        at(port).erase(alice, ASK)
    assert "alice" not in str(error.value)


def test_a_server_that_is_back_again_goes_on_where_it_was(couch, couch_url, alice):
    couch.put({"_id": "a", "owner": alice.row.email})
    with liar(json_answer(b"", status="503 Service Unavailable")) as port, pytest.raises(SourceUnavailable):
        at(port).erase(alice, ASK)

    assert declared(couch_url, selector={"owner": "{email}"}).erase(alice, ASK).erased == 1
