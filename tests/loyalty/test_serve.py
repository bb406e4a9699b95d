"""The reference service as the process that another team would run, asked by Dossier's own source."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tasks.collector import StoreSource
from tasks.collector.sources import HttpSource
from tasks.collector.sources.http_signing import request_headers
from tasks.datamap.stores import Ask
from tasks.errors import SourceFault, SourceRefused, SourceUnavailable, SourceWaiting
from tests.collector.loopback import SECRET, gives, serving

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime.fromisoformat("2026-03-04T12:00:00+01:00")
ALICE, BOB, MALLORY = (SimpleNamespace(email=f"{name}@example.com") for name in ("alice", "bob", "mallory"))
SERVE = [sys.executable, "-m", "examples.loyalty.serve"]
SAYS = "import bonus.serve as copied; print(copied.ASK)"
OLD = "the secret before this one"


class Service:
    """A running service with its data in ``folder``."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.data = folder / "loyalty.sqlite3"
        self.process = subprocess.Popen(
            [*SERVE, "--port", "0", "--data", str(self.data), "--demo", *options],
            cwd=ROOT,
            env={**os.environ, "LOYALTY_KEYS": f"{SECRET.key_id}={SECRET.value},old={OLD}"},
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self.process.stdout
        self.url = self.process.stdout.readline().removeprefix("loyalty: ").strip()

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(20)
        assert self.process.stdout
        self.process.stdout.close()

    def source(self, **attributes: Any) -> StoreSource:
        class Loyalty(HttpSource):
            key = "loyalty"
            url = self.url
            secret = SECRET.value

            def identify(self, subject):
                return {"email": subject.email}

        source = type("Loyalty", (Loyalty,), attributes)()
        source.validate()
        return StoreSource(source)

    def execute(self, statement: str, *values: Any) -> None:
        with sqlite3.connect(self.data) as db:
            db.execute(statement, values)
        db.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(tmp_path)
    yield running
    if running.process.poll() is None:
        running.end()


def ask(name: str = "step-1", **given: Any) -> Ask:
    return Ask(name, NOON, **given)


def records(source: StoreSource, person: Any, **given: Any) -> list[dict[str, Any]]:
    found = []
    for batch in source.collect(person, ask=ask(**given)):
        found += [{"label": batch.label, **dict(zip(batch.columns, row, strict=True))} for row in batch.rows]
    return found


def points(service: Service, number: str, count: int) -> None:
    for _ in range(count):
        service.execute(
            "INSERT INTO points (number, booked_on, points, reason) VALUES (?, '2025-01-02', 1, 'purchase')", number
        )


def test_a_member_gets_points_coupons_and_the_card_in_their_language(service):
    source = service.source()

    found = records(source, BOB, language="de")

    assert source.count(BOB) == {"loyalty:points": 6, "loyalty:coupons": 2, "loyalty:memberships": 1}
    assert [row["label"] for row in found].count("loyalty:points") == 6
    assert (found[0]["booked_on"], found[0]["worth"], found[0]["reason"]) == (
        date(2021, 1, 1),
        Decimal("0.00"),
        "Einkauf",
    )
    card = found[-1]["card"]
    with card.open() as reader:
        assert b"M-1002" in reader.read()
    assert (card.name, card.media_type) == ("card.svg", "image/svg+xml")
    assert records(source, MALLORY) == []
    assert source.count(MALLORY) == {}
    assert source.health() == "at your service"


def test_many_records_are_streamed_and_all_of_them_arrive(service):
    points(service, "M-1002", 150)

    assert len(records(service.source(), BOB)) == 159


def test_a_large_answer_is_prepared_and_survives_the_death_of_the_service(tmp_path):
    first = Service(tmp_path, "--prepare-above", "5")
    with pytest.raises(SourceWaiting) as waiting:
        records(first.source(), ALICE)
    first.end(signal.SIGKILL)
    with pytest.raises(SourceUnavailable, match="nobody answers"):
        records(first.source(), ALICE, memo=waiting.value.memo)

    again = Service(tmp_path, "--prepare-above", "5")
    try:
        found = patiently(again, waiting.value.memo)
    finally:
        again.end()

    assert len(found) == 41
    with found[-1]["card"].open() as reader:
        assert b"M-1001" in reader.read()


def patiently(service: Service, memo: dict[str, object]) -> list[dict[str, Any]]:
    """Look until the answer is there. Each look is a request, so this is no busy waiting to speak of."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            return records(service.source(), ALICE, memo=memo)
        except SourceWaiting as waiting:
            memo = waiting.memo
    raise AssertionError("never ready")


def test_the_service_says_that_it_is_ready_only_where_it_was_told_that_it_may(tmp_path, monkeypatch):
    from tasks.collector.sources import http as module

    with serving(gives({})) as desk, serving(gives({})) as mallory:
        running = Service(tmp_path, "--prepare-above", "5", "--calls-to", desk.url)
        try:
            for there in (mallory, desk):
                address = f"{there.url}/dossier/callbacks/step-1/"
                monkeypatch.setattr(module, "callback_address", lambda ask_id, address=address: address)
                with pytest.raises(SourceWaiting):
                    records(running.source(callback=True), ALICE, name=f"for {there.url}")
            until = time.monotonic() + 20
            while not desk.asked:
                assert time.monotonic() < until
                desk.over.wait(0.01)
        finally:
            running.end()

        method, path, headers, body = desk.asked[0]
        assert (method, path, body) == ("POST", "/dossier/callbacks/step-1/", b"{}")
        assert headers["Dossier-Key"] == SECRET.key_id
        assert mallory.asked == []


def test_an_erasure_keeps_what_tax_law_keeps_and_says_until_when_and_nothing_is_counted_twice(service):
    source = service.source()

    dry = source.erase(ALICE, ask("dry", dry_run=True))
    assert source.count(ALICE) == {"loyalty:points": 38, "loyalty:coupons": 2, "loyalty:memberships": 1}
    done = source.erase(ALICE, ask("real", language="de"))
    service.end(signal.SIGKILL)  # the answer may have been lost: asked again, by the same id
    again = Service(service.data.parent)
    try:
        repeated = again.source().erase(ALICE, ask("real", language="de"))
        other = again.source().erase(ALICE, ask("another"))
    finally:
        again.end()

    assert (dry.erased, dry.changed, [kept.count for kept in dry.kept]) == (37, 1, [4])
    assert (done.erased, done.changed) == (37, 1)
    assert [(kept.count, kept.until) for kept in done.kept] == [(4, date(2035, 12, 31))]
    assert str(done.kept[0].because).startswith("Punkte, mit denen eine Rechnung bezahlt wurde")
    assert repeated == done
    assert other.erased == 0
    with sqlite3.connect(service.data) as db:
        assert db.execute("SELECT email FROM member WHERE number = 'M-1001'").fetchone() == (None,)
        assert db.execute("SELECT count(*) FROM member WHERE email = 'bob@example.com'").fetchone() == (1,)
    db.close()


def test_a_member_in_dispute_is_refused_with_a_reason_in_their_language(service):
    service.execute("UPDATE member SET in_dispute = 1 WHERE number = 'M-1001'")

    with pytest.raises(SourceRefused) as refused:
        service.source().erase(ALICE, ask(language="de"))

    assert refused.value.reason.startswith("Sie haben einer Punktebuchung widersprochen.")
    assert service.source().count(ALICE)["loyalty:points"] == 38


def test_a_key_can_be_replaced_while_both_are_known(service):
    assert service.source(secret=OLD, key_id="old").count(BOB)["loyalty:points"] == 6
    with pytest.raises(SourceFault, match="401"):
        service.source(secret=OLD).count(BOB)
    with pytest.raises(SourceFault, match="401"):
        service.source(key_id="nobody").count(BOB)


def raw(url: str, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, Any]:
    request = urllib.request.Request(url + path, body or None, {"Content-Type": "application/json", **headers})
    request.method = method
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


QUESTION = json.dumps({"id": "q", "kind": "count", "subject": {"email": "bob@example.com"}}).encode()


def test_what_is_not_signed_old_or_repeated_is_not_believed(service):
    now = time.time()
    good = request_headers(SECRET, "POST", "/subject-requests", QUESTION, now=now) | {"Idempotency-Key": "q"}
    old = request_headers(SECRET, "POST", "/subject-requests", QUESTION, now=now - 400)
    early = request_headers(SECRET, "POST", "/subject-requests", QUESTION, now=now + 400)

    assert raw(service.url, "/subject-requests", QUESTION, {}) == (401, {"error": "unknown key"})
    assert raw(service.url, "/subject-requests", QUESTION, old)[1] == {"error": "the timestamp is not of now"}
    assert raw(service.url, "/subject-requests", QUESTION, early)[1] == {"error": "the timestamp is not of now"}
    assert raw(service.url, "/subject-requests", QUESTION + b" ", good)[1] == {"error": "the signature is another one"}
    assert raw(service.url, "/subject-requests", QUESTION, good)[0] == 200
    assert raw(service.url, "/subject-requests", QUESTION, good) == (401, {"error": "this nonce was used before"})


@pytest.mark.parametrize(
    ("body", "key", "status", "why"),
    [
        (b"no json", "q", 400, "the body is no question"),
        (b"[]", "q", 400, "the body is no question"),
        (b'{"id": "q", "kind": "all", "subject": {}}', "q", 400, "kind is access, erasure or count"),
        (QUESTION, "another", 400, "Idempotency-Key is the question's id"),
        (b"x" * 70_000, "q", 413, "a question is smaller"),
    ],
)
def test_a_question_that_is_not_of_the_protocol_is_told_so(service, body, key, status, why):
    headers = request_headers(SECRET, "POST", "/subject-requests", body, now=time.time()) | {"Idempotency-Key": key}

    found, told = raw(service.url, "/subject-requests", body, headers)

    assert found == status
    assert why in told["error"]


def test_without_secrets_it_does_not_start(tmp_path):
    done = subprocess.run(
        [*SERVE, "--port", "0", "--data", str(tmp_path / "x.sqlite3")],
        cwd=ROOT, env={**os.environ, "LOYALTY_KEYS": "dossier=short"}, capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "LOYALTY_KEYS: wanted id=secret, at least 16 characters.\n"


def test_it_can_be_copied_whole_and_needs_nothing_but_python(service, tmp_path):
    copy = tmp_path / "elsewhere" / "bonus"
    copy.mkdir(parents=True)
    for file in (ROOT / "examples" / "loyalty").iterdir():
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(copy.parent)!r}); {SAYS}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("/subject-requests\n", "")
