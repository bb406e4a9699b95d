"""An HTTP service as a source: what is asked, what is understood, and what it says when it waits or refuses."""

import io
import json
import logging
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import checks
from django.utils import translation

from tasks.collector import StoreSource
from tasks.collector.sources import HttpSource
from tasks.collector.sources import http as module
from tasks.collector.sources.http_signing import is_genuine
from tasks.datamap import registry
from tasks.datamap.stores import Ask, Kept
from tasks.errors import DeclarationError, SourceRefused, SourceUnavailable, SourceWaiting
from tests.collector.loopback import SECRET, fails, gives, serving

NOON = datetime.fromisoformat("2026-03-04T12:00:00+01:00")
ALICE = SimpleNamespace(pk=7, email="alice@example.com")
RECORD = {"key": "p-1", "section": "points", "values": {"points": 15, "reason": "Purchase"}}


def service(liar: Any, **attributes: Any) -> HttpSource:
    class Loyalty(HttpSource):
        key = "loyalty"
        url = liar if isinstance(liar, str) else liar.url
        secret = SECRET.value

        def identify(self, subject):
            return {"email": subject.email} if subject else {}

    source = type("Loyalty", (Loyalty,), attributes)()
    source.validate()
    return source


def ask(**given: Any) -> Ask:
    return Ask(**{"id": "step-1", "at": NOON, "language": "de", **given})


def collected(source: HttpSource, **given: Any) -> list[Any]:
    return list(source.collect(ALICE, ask(**given)))


def test_a_question_is_signed_says_whom_it_is_about_in_its_body_only_and_can_be_repeated():
    with serving(gives({"records": [RECORD]})) as liar:
        items = collected(service(liar))

        method, path, headers, body = liar.asked[0]
        assert liar.body() == {
            "id": "step-1",
            "kind": "access",
            "subject": {"email": "alice@example.com"},
            "language": "de",
            "dry_run": False,
        }
    assert [(item.key, item.section, item.values) for item in items] == [
        ("p-1", "points", {"points": 15, "reason": "Purchase"})
    ]
    assert (method, path, headers["Idempotency-Key"]) == ("POST", "/subject-requests", "step-1")
    assert "alice" not in path + str(headers)
    now = float(headers["Dossier-Timestamp"])
    assert is_genuine(headers, SECRET, method, path, body, now=now)
    assert not is_genuine(headers, SECRET, method, path, body + b" ", now=now)
    assert not is_genuine(headers, SECRET, method, path + "?all=1", body, now=now)
    assert not is_genuine(headers, SECRET, method, path, body, now=now + 301)


def test_an_unknown_person_has_no_records_and_nobody_is_asked_without_an_identifier():
    with serving(gives({"records": []})) as liar:
        assert collected(service(liar)) == []
        assert list(service(liar).collect(None, ask())) == []
        assert service(liar).erase(None, ask()).erased == 0
        assert len(liar.asked) == 1


def test_lines_come_with_sections_labels_and_types_in_the_language_of_the_person():
    about = {
        "sections": {"points": {"en": "Bonus points", "de": "Bonuspunkte"}},
        "labels": {"worth": "Wert"},
        "types": {"booked_on": "date", "worth": "decimal"},
    }
    record = {"key": "1", "section": "points", "values": {"booked_on": "2024-02-29", "worth": "10.00", "note": None}}
    with serving(lambda handler: handler.lines({"about": about}, record)) as liar:
        source = service(liar)

        items = collected(source)

    assert items[0].values == {"booked_on": date(2024, 2, 29), "worth": Decimal("10.00"), "note": None}
    with translation.override("de"):
        assert (source.heading_of("points"), source.words_of("worth")) == ("Bonuspunkte", "Wert")
    with translation.override("fr"):
        assert source.heading_of("points") == "Bonus points"
    assert source.heading_of("card_numbers") == "Card numbers"
    assert type(source).sections == {}  # what a service says does not change the data map


def test_what_is_declared_here_goes_before_what_the_service_calls_it():
    about = {"sections": {"points": "Theirs"}, "labels": {"worth": "Theirs"}}
    with serving(lambda handler: handler.lines({"about": about}, RECORD)) as liar:
        source = service(liar, sections={"points": "Ours"}, labels={"worth": "Ours"})

        collected(source)

    assert (source.heading_of("points"), source.words_of("worth")) == ("Ours", "Ours")


def packed(lines: list[Any], files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("records.ndjson", b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_brings_files_that_can_be_read_after_the_answer():
    card = {"$file": {"name": "card.png", "media_type": "image/png", "path": "files/1.png"}}
    body = packed([{"values": {"card": card}}, {"end": {"records": 1}}], {"files/1.png": b"a picture"})
    with serving(gives(body, headers={"Content-Type": "application/zip"})) as liar:
        (item,) = collected(service(liar))

    content = item.values["card"]
    assert (content.name, content.size, content.media_type, item.key) == ("card.png", 9, "image/png", "1")
    for _ in range(2):
        with content.open() as reader:
            assert reader.read() == b"a picture"


def test_a_small_file_may_stand_in_the_record():
    card = {"$file": {"name": "card.txt", "media_type": "text/plain", "base64": "aGVsbG8="}}
    with serving(gives({"records": [{"key": 5, "values": {"card": card}}]})) as liar:
        (item,) = collected(service(liar))

    with item.values["card"].open() as reader:
        assert reader.read() == b"hello"


def test_counts_are_asked_for_and_a_service_that_cannot_count_says_so():
    with serving(gives({"counts": {"points": 3, "": 1}}), gives({"counts": None})) as liar:
        source = StoreSource(service(liar))

        assert source.count(ALICE) == {"loyalty:points": 3, "loyalty": 1}
        assert source.count(ALICE) == {}
        assert liar.body()["kind"] == "count"
        assert StoreSource(service(liar, counts=False)).count(ALICE) == {}
        assert len(liar.asked) == 2


def test_an_erasure_says_what_was_kept_why_and_until_when():
    told = {
        "erased": 40,
        "changed": 1,
        "kept": [{"count": 4, "because": {"en": "Tax law", "de": "Steuerrecht"}, "until": "2034-12-31"}],
        "notes": ["Backups: 30 Tage"],
        "reference": "LOY-17",
    }
    with serving(gives(told)) as liar:
        outcome = StoreSource(service(liar)).erase(ALICE, ask(dry_run=True))

        assert liar.body()["dry_run"] is True
        assert liar.body()["kind"] == "erasure"
    assert (outcome.erased, outcome.changed, outcome.proof) == (40, 1, "LOY-17")
    assert outcome.kept == (Kept(4, "Steuerrecht", date(2034, 12, 31)),)
    assert outcome.notes == ("Backups: 30 Tage",)


@pytest.mark.parametrize("status", [200, 409])
def test_a_refusal_has_a_reason_in_the_persons_language(status):
    no = {"refused": {"en": "A dispute is open.", "de": "Ein Streit ist offen."}}
    with serving(gives(no, status=status)) as liar, pytest.raises(SourceRefused) as refused:
        service(liar).erase(ALICE, ask())

    assert refused.value.reason == "Ein Streit ist offen."
    assert "Streit" not in str(refused.value)


def test_an_answer_that_is_prepared_is_looked_for_later_at_the_same_service():
    later = gives({}, status=202, headers={"Location": "/tickets/9", "Retry-After": "40"})
    with serving(later, later, gives({"records": [RECORD]})) as liar:
        source = service(liar)
        with pytest.raises(SourceWaiting) as first:
            collected(source)
        with pytest.raises(SourceWaiting) as second:
            collected(source, memo=first.value.memo, at=NOON + timedelta(minutes=1))
        items = collected(source, memo=second.value.memo, at=NOON + timedelta(minutes=2))

        assert [(method, path) for method, path, *_ in liar.asked] == [
            ("POST", "/subject-requests"),
            ("GET", "/tickets/9"),
            ("GET", "/tickets/9"),
        ]
    assert first.value.seconds == 40
    assert json.loads(json.dumps(second.value.memo)) == {"status": "/tickets/9", "since": NOON.isoformat()}
    assert [item.key for item in items] == ["p-1"]


def test_an_answer_that_is_never_ready_fails_when_patience_is_over_and_is_taken_when_it_comes_after_all():
    later = gives({}, status=202, headers={"Location": "/tickets/9"})
    with serving(later, later, gives({"records": []})) as liar:
        source = service(liar, patience=timedelta(hours=1))
        with pytest.raises(SourceWaiting) as waiting:
            collected(source)
        memo, late = waiting.value.memo, NOON + timedelta(hours=2)

        with pytest.raises(SourceUnavailable, match="preparing its answer since 2026-03-04T12:00") as given_up:
            collected(source, memo=memo, at=late)

        assert not isinstance(given_up.value, SourceWaiting)
        assert collected(source, memo=memo, at=late) == []


def test_a_ticket_that_was_forgotten_is_asked_for_anew():
    with serving(fails(410), gives({"records": [RECORD]})) as liar:
        items = collected(service(liar), memo={"status": "/tickets/9", "since": NOON.isoformat()})

        assert [method for method, *_ in liar.asked] == ["GET", "POST"]
    assert len(items) == 1


def test_health_is_what_the_service_says_of_itself():
    with serving(gives({"says": "at your service"})) as liar:
        assert StoreSource(service(liar)).health() == "at your service"
        assert liar.asked[0][:2] == ("GET", "/health")


def test_the_address_to_call_back_is_told_only_where_it_is_wanted(monkeypatch):
    monkeypatch.setattr(module, "callback_address", lambda ask_id: f"https://desk.example/{ask_id}")
    with serving(gives({"records": []})) as liar:
        collected(service(liar, callback=True))

        assert liar.body()["callback"] == "https://desk.example/step-1"


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({"url": ""}, "url: wanted an address"),
        ({"url": "ftp://loyalty.example"}, "url: wanted an address"),
        ({"url": "https://me:pass@loyalty.example"}, "url: wanted an address"),
        ({"url": "http://loyalty.example"}, "url: wanted https://, or allow_plain"),
        ({"secret": "short"}, "secret: wanted at least 16 characters, found 5"),
        ({"identify": HttpSource.identify}, "identify: wanted a method"),
    ],
)
def test_a_declaration_that_cannot_be_is_told_at_start_without_its_secret(attributes, wanted):
    with pytest.raises(DeclarationError, match=wanted) as wrong:
        service("https://loyalty.example", **attributes)

    assert "pass" not in str(wrong.value)
    assert SECRET.value not in str(wrong.value)


def test_plain_http_in_a_private_network_is_warned_of():
    plain = service("http://loyalty.internal", allow_plain=True)

    with registry.with_sources(type(plain)):
        warnings = module.read_on_the_way()

    assert [(each.id, each.level) for each in warnings] == [("dossier.W040", checks.WARNING)]
    assert module.read_on_the_way in checks.registry.registry.registered_checks


def test_neither_logs_nor_representations_tell_about_the_person_or_the_secret(caplog):
    caplog.set_level(logging.DEBUG)
    with serving(gives({"records": [RECORD]})) as liar:
        source = service(liar)
        collected(source)

    told = caplog.text + repr(source) + repr(SECRET)
    assert "alice" not in told
    assert SECRET.value not in told
