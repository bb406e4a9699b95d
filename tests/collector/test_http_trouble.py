"""Services that are stopped, slow, lying or sent away: each is told for what it is, without a word about a person."""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.collector import StoreSource
from tasks.collector.sources import http_signing
from tasks.collector.sources.http_signing import SIGNATURE, STREAM, Secret, answer_lines
from tasks.errors import SourceFault, SourceUnavailable, SourceWaiting
from tests.collector.loopback import Handler, fails, gives, serving
from tests.collector.test_http import ALICE, RECORD, ask, collected, packed, service

ZIP = {"Content-Type": "application/zip"}
PERSONAL = "alice@example.com"


def raw(text: bytes, *, then: float = 0) -> Any:
    """Say exactly this, and hang up, or hold the line until the test is over."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(text)
        handler.wfile.flush()
        handler.close_connection = True
        if then:
            handler.server.over.wait(then)

    return behave


def drips(before: bytes) -> Any:
    """A byte now and then, for ever: each of them in time."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(before)
        while not handler.server.over.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return behave


def without_end(handler: Handler) -> None:
    """Ten gigabytes, if somebody reads on."""
    handler.head(200, {"Content-Type": "application/x-ndjson"}, STREAM)
    handler.send_header("Connection", "close")
    handler.end_headers()
    block = (json.dumps(RECORD).encode() + b"\n") * 1000
    for _ in range(10**10 // len(block)):
        handler.wfile.write(block)


def signed_for(nonce: str) -> Any:
    """An answer that was signed for another question: recorded, and played again."""

    def behave(handler: Handler) -> None:
        body = json.dumps({"records": []}).encode()
        headers = {"Content-Type": "application/json"}
        told = handler.server.secret.sign(*answer_lines(nonce, 200, headers, http_signing.digest_of(body)))
        handler.send_response(200)
        for name, value in {**headers, SIGNATURE: told, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def changed_on_the_way(handler: Handler) -> None:
    """Signed for one body, and another comes."""
    headers = {"Content-Type": "application/json"}
    handler.head(200, headers, http_signing.digest_of(json.dumps({"records": [RECORD]}).encode()))
    body = json.dumps({"records": []}).encode()
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def wrong_end(handler: Handler) -> None:
    """All lines but one: the signature at the end is over more than came."""
    handler.head(200, {"Content-Type": "application/x-ndjson"}, STREAM)
    handler.send_header("Connection", "close")
    handler.end_headers()
    proof = handler.server.secret.sign("end", handler.headers["Dossier-Nonce"], "1", "0" * 64)
    handler.wfile.write(json.dumps(RECORD).encode() + b"\n")
    handler.wfile.write(json.dumps({"end": {"records": 1, "signature": proof}}).encode() + b"\n")
    handler.close_connection = True


ENDED = {"end": {"records": 1}}
TRICKS = {
    "401": (fails(401), "does not accept our signature"),
    "403": (fails(403), "does not let us in"),
    "404": (fails(404), "no such address"),
    "500": (fails(500), "status 500"),
    "503": (fails(503), "status 503"),
    "no json": (gives(b"<html>" + PERSONAL.encode()), "is no JSON"),
    "a list": (gives([PERSONAL]), "wanted a JSON object, found list"),
    "nothing": (gives({}), "without records"),
    "a page": (gives(b"<html>", headers={"Content-Type": "text/html"}), "another type of content"),
    "odd record": (gives({"records": [PERSONAL]}), "record 1: wanted"),
    "odd key": (gives({"records": [{"key": [1], "values": {}}]}), "a key and a section"),
    "odd type": (gives({"about": {"types": {"a": "colour"}}, "records": []}), "types: wanted"),
    "odd about": (gives({"about": [], "records": []}), "wanted {\"about\""),
    "odd value": (gives({"about": {"types": {"a": "date"}}, "records": [{"values": {"a": PERSONAL}}]}), "as date"),
    "odd file": (gives({"records": [{"values": {"a": {"$file": {"name": "a", "base64": "%"}}}}]}), "in base64"),
    "deep": (gives(b'{"records":' + b"[" * 100_000), "is no JSON"),
    "wrong signature": (gives({"records": []}, headers={SIGNATURE: "0" * 64}), "not signed as agreed"),
    "played again": (signed_for("of yesterday"), "not signed as agreed"),
    "changed": (changed_on_the_way, "not signed as agreed"),
    "wrong end": (wrong_end, "the end of its answer is not signed"),
    "no end": (lambda handler: handler.lines(RECORD, end=False), "not complete"),
    "empty lines": (lambda handler: handler.lines(end=False), "not complete"),
    "cut off": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"), "broke off"),
    "no http": (raw(b"SSH-2.0-OpenSSH\r\n"), "broke off"),
    "hung up": (raw(b""), "broke off"),
    "says 10 GB": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"), "larger than 200,000 bytes"),
    "is 10 GB": (without_end, "larger than 200,000 bytes"),
    "compressed": (raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"), "compressed"),
    "no zip": (gives(b"PK", headers=ZIP), "wanted a ZIP"),
    "other zip": (gives(packed([ENDED], {"../../etc/passwd": b""}), headers=ZIP), "wanted a ZIP"),
    "bomb": (gives(packed([ENDED], {"files/0": b"0" * 10**6}), headers=ZIP), "ZIP holds more than 200,000 bytes"),
    "short zip": (gives(packed([{"values": {}}], {}), headers=ZIP), "not complete"),
    "miscounted zip": (gives(packed([{"values": {}}, {"end": {"records": 2}}], {}), headers=ZIP), "1 records came"),
    "no such file": (
        gives(packed([{"values": {"a": {"$file": {"name": "a", "path": "files/1"}}}}, ENDED], {}), headers=ZIP),
        "its path below files/",
    ),
    "202 to nowhere": (gives({}, status=202), "does not say where"),
    "202 to others": (gives({}, status=202, headers={"Location": "https://mallory.example/x"}), "to another host"),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_an_answer_that_is_not_as_agreed_is_told_for_what_it_is_and_when_it_is_well_again_all_is_well(trick):
    behaviour, words = TRICKS[trick]
    with serving(behaviour, gives({"records": [RECORD]})) as liar:
        source = service(liar, max_bytes=200_000)

        with pytest.raises(SourceUnavailable) as trouble:
            collected(source)

        assert words in str(trouble.value)
        assert str(trouble.value).startswith("loyalty: ")
        assert PERSONAL not in str(trouble.value)
        assert not isinstance(trouble.value, SourceWaiting)
        assert [item.key for item in collected(source)] == ["p-1"]


def test_a_redirect_is_not_followed_and_the_question_does_not_reach_the_other_host():
    with serving(gives({"records": []})) as other:
        away = raw(f"HTTP/1.1 307 Moved\r\nLocation: {other.url}/x\r\nContent-Length: 0\r\n\r\n".encode())
        with serving(away) as liar, pytest.raises(SourceFault, match="another address, and we follow none"):
            collected(service(liar))

        assert other.asked == []


def test_a_ticket_of_another_host_is_not_asked_for_even_if_it_is_remembered():
    with serving(gives({"records": []})) as other, serving(gives({})) as liar:
        with pytest.raises(SourceFault, match="another host"):
            collected(service(liar), memo={"status": f"{other.url}/tickets/1"})

        assert other.asked == liar.asked == []


def test_a_stopped_service_does_not_answer_and_does_when_it_is_back():
    with serving(gives({"records": [RECORD]})) as liar:
        url = liar.url
    with pytest.raises(SourceUnavailable, match="nobody answers at its address"):
        collected(service(url))


def test_a_silent_service_is_given_up_after_the_timeout():
    with serving(raw(b"", then=20)) as liar:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"no answer within 0\.2 seconds"):
            collected(service(liar, timeout=0.2))

        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Long: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
    ],
    ids=["headers", "body", "body without a length"],
)
def test_a_service_that_drips_is_given_up_at_the_deadline_although_it_is_never_silent(before):
    with serving(drips(before)) as liar:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"not complete after 0\.3 seconds"):
            collected(service(liar, timeout=5.0, deadline=0.3))

        assert time.monotonic() - began < 4


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    return new_certificate(tmp_path_factory.mktemp("tls"))


def new_certificate(folder: Path) -> tuple[Path, Path]:
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem "
        "-days 2 -subj /CN=loyalty -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, timeout=30)
    return folder / "cert.pem", folder / "key.pem"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_one_can_be_named(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    with serving(gives({"records": [RECORD]}), certificate=certificate) as liar:
        with pytest.raises(SourceUnavailable, match="do not trust its certificate"):
            collected(service(liar))
        assert liar.asked == []

        assert len(collected(service(liar, ca_file=str(certificate[0])))) == 1


def test_an_authority_that_was_renewed_is_trusted_without_a_restart(certificate, tmp_path):
    named, _key = new_certificate(tmp_path)
    with serving(gives({"records": [RECORD]}), certificate=certificate) as liar:
        with pytest.raises(SourceUnavailable, match="do not trust its certificate"):
            collected(service(liar, ca_file=str(named)))

        named.write_bytes(certificate[0].read_bytes())
        assert len(collected(service(liar, ca_file=str(named)))) == 1
        named.unlink()
        with pytest.raises(SourceUnavailable):
            collected(service(liar, ca_file=str(named)))


def test_a_certificate_of_another_name_is_not_trusted(certificate):
    with serving(gives({"records": [RECORD]}), certificate=certificate) as liar:
        other_name = liar.url.replace("127.0.0.1", "localhost")
        if not any(family == socket.AF_INET for family, *_ in socket.getaddrinfo("localhost", None)):
            pytest.skip("localhost is not 127.0.0.1 here")

        with pytest.raises(SourceUnavailable, match="do not trust its certificate"):
            collected(service(other_name, ca_file=str(certificate[0])))


def test_the_secret_of_somebody_else_is_noticed():
    other = Secret("dossier", "of somebody else entirely")
    with serving(gives({}), secret=other) as liar, pytest.raises(SourceFault, match="Compare the secrets"):
        collected(service(liar))


@pytest.mark.parametrize(
    "told",
    [
        {"erased": "many"},
        {"erased": -1},
        {"erased": True},
        {"changed": 1},
        {"erased": 1, "kept": [{"count": 1}]},
        {"erased": 1, "kept": [{"count": 1, "because": "law", "until": "soon"}]},
        {"erased": 1, "kept": {"count": 1}},
        {"erased": 1, "notes": [PERSONAL, 7]},
    ],
)
def test_an_erasure_whose_outcome_is_nonsense_is_not_believed(told):
    with serving(gives(told)) as liar, pytest.raises(SourceFault) as trouble:
        StoreSource(service(liar)).erase(ALICE, ask())

    assert PERSONAL not in str(trouble.value)


def test_an_environment_variable_cannot_send_personal_data_through_a_proxy(monkeypatch):
    with serving(gives({"records": []})) as proxy, serving(gives({"records": [RECORD]})) as liar:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        assert len(collected(service(liar))) == 1
        assert proxy.asked == []
