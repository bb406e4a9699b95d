"""Erasures that meet: two people who share rows, a host that goes on writing, a database that goes away."""

import json
import os
import traceback
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Delete
from tasks.erasure.apply import Eraser, Pace
from tasks.erasure.models import ErasureBatch, ErasureRun
from tasks.errors import SourceUnavailable
from tests.hosts.fates.models import Account, Document, Post, Ticket
from tests.hosts.history.models import Event, Patron

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _small_steps(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "MOST", 5)
    monkeypatch.setattr(Pace, "LEAST", 2)


def started(work: Callable[[Callable[[], None]], Any]) -> tuple[int, int, int]:
    """A child process that does ``work``: its id, an end to read what it says, an end that lets it go on."""
    connections.close_all()
    read, say = os.pipe()
    hear, write = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        os.close(hear)
        return child, read, write
    try:
        os.close(read)
        os.close(write)

        def meet() -> None:
            os.write(say, b".")
            os.read(hear, 1)

        os.write(say, json.dumps(work(meet)).encode())
    except BaseException:  # noqa: BLE001 - a child must not return into the test
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def said(read: int) -> str:
    """Everything that a child said to its end."""
    with os.fdopen(read) as end:
        return end.read()


def ended(child: int) -> bool:
    return os.waitpid(child, 0)[1] == 0


def erased(who: Account, run_id: uuid.UUID, at: Any, on_progress: Any = None) -> dict[str, int]:
    subject = Subject(Account, who.pk, "default")
    stats = erasure.apply(subject, erasure.plan(subject, at=at), run_id=run_id, at=at, on_progress=on_progress)
    return stats.by_label


@pytest.mark.parametrize("turn", range(3))
def test_two_people_who_share_rows_are_erased_at_once(account, other, noon, turn):
    """Their replies hang below each other's posts, and both name the same tickets."""
    parent = None
    for n in range(40):
        parent = Post.objects.create(author=(account, other)[n // (turn + 1) % 2], parent=parent if n % 8 else None)
    for who in (account, other):
        Document.objects.bulk_create(Document(account=who, file="") for _ in range(12))
        Ticket.objects.bulk_create(Ticket(account=who) for _ in range(6))
    runs = {who: uuid.UUID(int=who.pk) for who in (account, other)}

    def of(who: Account) -> Callable[[Callable[[], None]], Any]:
        def work(meet: Callable[[], None]) -> dict[str, int]:
            subject = Subject(Account, who.pk, "default")
            plan = erasure.plan(subject, at=noon)
            meet()  # both have planned, with all that they share
            return erasure.apply(subject, plan, run_id=runs[who], at=noon).by_label

        return work

    children = [started(of(who)) for who in (account, other)]
    for _, read, _ in children:
        assert os.read(read, 1) == b"."
    for _, _, write in children:
        os.write(write, b".")
    counts = [json.loads(said(read)) for _, read, _ in children]
    assert all(ended(child) for child, _, _ in children)

    assert not Post.objects.exists()
    assert not Document.objects.exists()
    assert set(Ticket.objects.values_list("account", flat=True)) == {None}
    assert sum(count.get("fates.Post", 0) for count in counts) == 40, "each row was counted by whoever deleted it"
    keys = [key for batch in ErasureBatch.objects.filter(label="fates.Post") for key in batch.keys]
    assert len(keys) == len(set(keys)) == 40
    for who, run_id in runs.items():
        assert erasure.verify(Subject(Account, who.pk, "default"), run_id=run_id, at=noon).clean
    connection.check_constraints()


def test_rows_that_the_host_writes_meanwhile_go_with_the_others(account, other, noon, run_id):
    Document.objects.bulk_create(Document(account=account, file="") for _ in range(20))

    child, read, write = started(lambda meet: erased(account, run_id, noon, lambda done, total: meet()))
    written = 0
    while (word := os.read(read, 1)) == b".":
        if written < 6 and Account.objects.filter(pk=account.pk).exists():
            Document.objects.create(account=account, file="")
            Document.objects.create(account=other, file="")
            written += 1
        os.write(write, b".")
    counts = json.loads(word + said(read).encode())

    assert ended(child)
    assert written >= 4
    assert counts == {"fates.Account": 1, "fates.Document": 20 + written}
    assert Document.objects.count() == written
    assert erasure.verify(Subject(Account, account.pk, "default"), run_id=run_id, at=noon).clean


def test_what_the_host_writes_afterwards_is_found_by_the_second_look_and_taken_by_the_next_round(
    declare, noon, run_id, db
):
    declare(Event, erasure=Delete())
    patron = Patron.objects.create(name="Alice Hartmann")
    subject = Subject.find(Patron, patron.pk)
    erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon)
    approved = ErasureRun.objects.get().decisions
    Event.objects.create(loan_number=1, patron_id=subject.pk, note="a late trigger")

    found = erasure.verify(subject, run_id=run_id, at=noon)
    plan = erasure.plan(subject, at=noon)
    stats = erasure.apply(subject, plan, run_id=run_id, at=noon)

    assert "history.Event" not in approved
    assert not found.clean
    assert found.left == {"history.Event": 1}
    assert stats.by_label["history.Event"] == 1
    assert erasure.verify(subject, run_id=run_id, at=noon).clean


def test_a_connection_that_is_lost_is_told_and_the_erasure_goes_on_later(account, noon, run_id):
    if connection.vendor != "postgresql":
        pytest.skip("only a server can lose a connection")
    Document.objects.bulk_create(Document(account=account, file="") for _ in range(20))
    calls = []

    def cut(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == 2:
            killer = connections.create_connection("default")
            with connection.cursor() as ours, killer.cursor() as theirs:
                ours.execute("SELECT pg_backend_pid()")
                theirs.execute("SELECT pg_terminate_backend(%s)", ours.fetchone())
            killer.close()

    with pytest.raises(SourceUnavailable, match=r"a database did not answer.*goes on from there when it is run again"):
        erased(account, run_id, noon, cut)
    assert 0 < Document.objects.count() < 20, "the next question opens a new connection"
    plan = erasure.resume(run_id)
    stats = erasure.apply(Subject(Account, account.pk, "default"), plan, run_id=run_id, at=noon)

    assert stats.by_label == {"fates.Account": 1, "fates.Document": 20}


def test_a_database_that_does_not_answer_once_is_told_in_our_words(account, noon, run_id, monkeypatch):
    Document.objects.bulk_create(Document(account=account, file="") for _ in range(12))
    real, calls = Eraser._batch, []

    def fail_once(self: Eraser, batch: Any) -> None:
        calls.append(batch)
        if len(calls) == 2:
            raise OperationalError("server closed the connection; row of alice@example.com")
        real(self, batch)

    monkeypatch.setattr(Eraser, "_batch", fail_once)
    with pytest.raises(SourceUnavailable) as caught:
        erased(account, run_id, noon)

    assert "alice" not in str(caught.value)
    assert erased(account, run_id, noon) == {"fates.Account": 1, "fates.Document": 12}
