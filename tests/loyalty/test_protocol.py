"""Every message of docs/subject-requests.md is what Dossier's client and the reference service say and understand."""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from examples.loyalty import signing
from examples.loyalty.desk import Question
from tasks.collector.sources import http_signing
from tasks.errors import SourceRefused
from tests.collector.loopback import SECRET, gives, serving
from tests.collector.test_http import ALICE, ask, collected, service

GUIDE = (Path(__file__).parents[2] / "docs" / "subject-requests.md").read_text()
FOUND = re.findall(r"^```(json|text) (\w+)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
TOLD = {name: json.loads(text) for kind, name, text in FOUND if kind == "json"}
LINES = {name: text.removesuffix("\n").split("\n") for kind, name, text in FOUND if kind == "text"}


def test_the_question_is_the_one_that_is_asked_and_the_service_reads_it():
    wanted = TOLD["question"]
    with serving(gives({"records": []})) as liar:
        list(service(liar).collect(ALICE, ask(id=wanted["id"])))

        assert liar.body() == wanted
    assert Question.read(json.dumps(wanted).encode()).subject == wanted["subject"]


def test_both_sides_sign_the_lines_of_the_guide():
    version, *request = LINES["request"]
    _, *answer = LINES["answer"]
    _, *end = LINES["end"]

    assert version == http_signing.VERSION == signing.VERSION
    assert SECRET.sign(*request) == signing.sign(SECRET.value, *request)
    headers = {"Dossier-Key": "dossier", "Dossier-Timestamp": request[1], "Dossier-Nonce": request[2]}
    body = json.dumps(TOLD["question"]).encode()
    assert request[-1] == hashlib.sha256(body).hexdigest()
    headers["Dossier-Signature"] = SECRET.sign(*request)
    now = float(request[1])
    assert http_signing.is_genuine(headers, SECRET, "POST", "/subject-requests", body, now=now)
    told = {"keys": {"dossier": SECRET.value}, "now": now}
    assert signing.refusal(headers, "POST", "/subject-requests", body, **told) == ""
    signature = signing.answer_signature(SECRET.value, "n0nce", 200, "application/json", "", answer[-1])
    assert SECRET.agrees(signature, *http_signing.answer_lines("n0nce", 200, {"Content-Type": answer[3]}, answer[-1]))
    assert answer == ["answer", "n0nce", "200", "application/json", "", hashlib.sha256(b"{}").hexdigest()]
    assert SECRET.agrees(signing.end_signature(SECRET.value, "n0nce", 2, end[-1]), *end)


def test_the_records_are_understood():
    with serving(gives(TOLD["records"])) as liar:
        points, card = collected(service(liar))

    assert points.values == {"booked_on": date(2024, 2, 29), "points": 15, "worth": Decimal("10.00")}
    assert (points.section, card.section, card.key) == ("points", "", "card-1")
    with card.values["card"].open() as reader:
        assert reader.read() == b"hello"


def test_the_end_has_the_fields_of_the_guide():
    with serving(lambda handler: handler.lines(*TOLD["records"]["records"])) as liar:
        assert len(collected(service(liar))) == TOLD["end"]["end"]["records"]


def test_the_outcome_and_the_refusal_are_understood():
    with serving(gives(TOLD["outcome"]), gives(TOLD["refused"], status=409)) as liar:
        outcome = service(liar).erase(ALICE, ask())
        with pytest.raises(SourceRefused) as refused:
            service(liar).erase(ALICE, ask())

    assert (outcome.erased, outcome.changed, outcome.proof) == (37, 1, "LOY-5D1C")
    assert (outcome.kept[0].count, outcome.kept[0].until) == (4, date(2035, 12, 31))
    assert refused.value.reason == "Sie haben einer Buchung widersprochen."


@pytest.mark.parametrize("name", ["timeout", "deadline", "max_bytes", "patience", "callback", "ca_file"])
def test_the_limits_are_called_what_the_guide_calls_them(name):
    from tasks.collector.sources import HttpSource

    assert f"`{name}`" in GUIDE
    assert hasattr(HttpSource, name)
