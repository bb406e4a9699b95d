"""Who somebody is stands in their rows and in sealed files, and nowhere else: a whole copy and a whole deletion are
run for somebody whose every value is unmistakable, then everything that was written on the way is searched for them."""

import base64
import json
import logging
import pickle
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from examples.shop.customers.models import Address, LoginEvent, Profile
from examples.shop.news.models import NewsletterSubscription
from examples.shop.orders.models import Order
from portal.project.logs import CoveringFormatter
from tasks import audit
from tasks.cases import letters, operations, queue
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Note, Step
from tasks.cases.states import State
from tests import people
from tests.enemy.conftest import approve, browser_of, work_off

#: Each of them stands somewhere in the person's rows or was typed by them, and in nothing else.
VALUES = (
    "Zephyrine", "Quackenbush", "zephyrine.q@example.com", "zephyrine.q", "Kumquatgasse", "+49 555 8675309",
    "203.0.113.77", "Wombatphone/9", "gooseberry-wish", "tamarind-note", "persimmon-answer", "1971-12-29",
)  # fmt: skip


def fill() -> people.User:
    user = people.make("zephyrine", last_name="Quackenbush")
    user.email = "zephyrine.q@example.com"
    user.save()
    user.emailaddress_set.update(email=user.email)
    now = timezone.now()
    Profile.objects.create(
        user=user,
        display_name="Zephyrine",
        phone="+49 555 8675309",
        birth_date=date(1971, 12, 29),
        member_since=date(2020, 1, 1),
    )
    Address.objects.create(
        user=user, title="Home", recipient="Zephyrine Quackenbush", street="Kumquatgasse 1", city="Ulm"
    )
    LoginEvent.objects.create(user=user, at=now, ip="203.0.113.77", user_agent="Wombatphone/9", outcome="ok")
    NewsletterSubscription.objects.create(
        email=user.email, status="on", asked_at=now, asked_from_ip="203.0.113.77", confirm_token="t"
    )
    Order.objects.create(
        user=user, number="KM-Q", placed_at=now, status="D", total=1, shipping=0, recipient="Zephyrine Quackenbush",
        delivery_address="Kumquatgasse 1", note="gooseberry-wish",
    )  # fmt: skip
    return user


@pytest.fixture
def zephyrine(transactional_db: None) -> people.User:
    return fill()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that any library says from INFO on, as the shipped project writes it."""
    caplog.handler.setFormatter(CoveringFormatter("%(levelname)s %(name)s: %(message)s"))
    names = [
        name for name in logging.root.manager.loggerDict if name.partition(".")[0] in {"django", "tasks", "celery"}
    ]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.INFO)
    caplog.set_level(logging.INFO)
    yield caplog
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def found(where: str, text: str) -> list[str]:
    """The values that stand in ``text``, also where JSON escaped them or an address was percent-encoded."""
    text = text.replace("%40", "@").replace("\\/", "/").casefold()
    return [f"{where}: {value}" for value in VALUES if value.casefold() in text]


def in_tables(*, of: tuple[str, ...]) -> list[str]:
    """The values in the tables whose names begin so, as the database holds them."""
    names = [name for name in connection.introspection.table_names() if name.startswith(of)]
    assert names
    told = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    told += found(f"{name}.{column}", str(value))
    return told


def in_sessions() -> list[str]:
    return [
        hit
        for row in Session.objects.all()
        for hit in found("session", json.dumps(row.get_decoded(), ensure_ascii=False))
    ]


def in_files() -> list[str]:
    """The values in the queue's messages, the cache and the vault; sealed bytes hold none."""
    told, var = [], Path(django_settings.VAR)
    for folder in ("queue", "queue-control", "cache", "vault"):
        for path in (path for path in (var / folder).rglob("*") if path.is_file()):
            told += found(f"{folder}/{path.name}", f"{path.name} {clear(path.read_bytes())}")
    return told


def clear(content: bytes) -> str:
    """What a file says, with the wrappings of kombu and of Django's cache taken off."""
    texts = [content.decode("utf-8", "replace")]
    if content[:1] == b"{":
        message = json.loads(content)
        texts += [base64.b64decode(message["body"]).decode(), json.dumps(message["headers"])]
    elif content[:1] == b"\x80":
        pickle.loads(content)  # the time at which it ends; the value stands behind it
        texts += [repr(pickle.loads(zlib.decompress(content[content.index(b"x\x9c") :])))]
    return "\n".join(texts)


def everywhere() -> list[str]:
    return [*in_tables(of=("dossier_", "django_session", "celery_")), *in_sessions(), *in_files()]


def post_letters() -> None:
    for letter in operations.due_letters(at=timezone.now()):
        letters.post(letter, at=timezone.now())


def test_the_search_would_find_them(zephyrine, caplog):
    assert in_tables(of=("auth_user",))
    assert found("x", "GET /office/?q=zephyrine.q%40example.com")
    (Path(django_settings.VAR) / "queue").mkdir(exist_ok=True)
    queue.send("dossier.post", letter_id="Zephyrine")
    assert any("Zephyrine" in hit for hit in in_files())
    for path in (Path(django_settings.VAR) / "queue").iterdir():
        path.unlink()


def test_a_copy_and_a_deletion_leave_no_trace_of_who_it_was(zephyrine, axel, dana, logged, mailbox):
    hers, axels = browser_of(zephyrine, sure=True), browser_of(axel, sure=True)
    hers.get("/privacy/")
    hers.post("/privacy/download/", {"scope": "everything", "language": "en", "note": "tamarind-note"})
    assert everywhere() == []  # what was typed and not yet sent
    hers.post("/privacy/download/check/")
    case = work_off(Case.objects.get())
    assert case.state == State.REVIEW, list(case.steps.values_list("error", flat=True))
    operations.ask(case, "Which one?", by=Actor.of_user(dana), at=timezone.now())
    hers.post(f"/privacy/requests/{case.reference}/answer/", {"text": "persimmon-answer"})
    assert Note.objects.filter(case=case).count() == 2
    for path in (
        "",
        f"cases/{case.reference}/",
        f"cases/{case.reference}/preview/",
        "audit/",
        "?q=zephyrine.q@example.com",
    ):
        assert axels.get(f"/office/{path}").status_code == 200
    case = approve(Case.objects.get(), axel)
    assert case.state == State.READY
    assert b"".join(hers.get(f"/privacy/requests/{case.reference}/files/zip/").streaming_content)
    post_letters()
    assert everywhere() == []

    hers.post("/privacy/delete/when/", {"when": "approved"})
    hers.post("/privacy/delete/confirm/", {"understood": "on"})
    erasure = approve(work_off(Case.objects.get(kind="erasure")), axel)
    assert erasure.state == State.CLOSED, list(erasure.steps.values_list("phase", "error"))
    post_letters()

    assert everywhere() == []
    assert found("log", logged.text) == []
    assert [hit for letter in mailbox.all() for hit in found("mail", letter.get_body(("html",)).get_content())] == []
    assert [hit for letter in mailbox.all() for hit in found("mail", letter.get_body(("plain",)).get_content())] == []
    assert audit.verify()


@pytest.mark.parametrize("broken", ["take_snapshot", "build"])
def test_work_that_fails_tells_nobody_who_it_was(broken, zephyrine, axel, logged, monkeypatch):
    from tasks import export

    def fail(*_args: object, **_named: object) -> None:
        raise ValueError("Zephyrine Quackenbush <zephyrine.q@example.com> lives in Kumquatgasse")

    monkeypatch.setattr(export, broken, fail)
    hers = browser_of(zephyrine, sure=True)
    hers.post("/privacy/download/", {"scope": "everything", "language": "en"})
    hers.post("/privacy/download/check/")
    case = work_off(Case.objects.get())
    if case.state == State.REVIEW:
        approve(case, axel)

    assert Step.objects.exclude(error="").exists()
    assert everywhere() == []
    assert found("log", logged.text) == []


def test_a_real_worker_writes_no_trace_either(worker, alice, axel, settings):
    zephyrine = fill()

    def until(state: str, kind: str) -> Case:
        worker.wait_until(lambda: Case.objects.filter(kind=kind, state=state).exists(), f"{kind} {state}")
        return Case.objects.get(kind=kind)

    hers = browser_of(zephyrine, sure=True)
    hers.post("/privacy/download/", {"scope": "everything", "language": "en", "note": "tamarind-note"})
    hers.post("/privacy/download/check/")
    copy = until("review", "access")
    operations.approve(copy, by=Actor.of_user(axel), at=timezone.now(), seen_hash=copy.content_hash)
    until("ready", "access")
    hers.post("/privacy/delete/when/", {"when": "approved"})
    hers.post("/privacy/delete/confirm/", {"understood": "on"})
    erasure = until("review", "erasure")
    operations.approve(erasure, by=Actor.of_user(axel), at=timezone.now(), seen_hash=erasure.content_hash)
    until("closed", "erasure")

    assert found("worker", worker.said) == []
    assert everywhere() == []


def test_a_line_of_the_log_covers_an_address_in_a_query():
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "Error at /office/?q=zephyrine.q%40example.com&page=2", (), None
    )

    assert found("log", CoveringFormatter("%(message)s").format(record)) == []
