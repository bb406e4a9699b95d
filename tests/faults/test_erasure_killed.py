"""The eraser is killed at random instructions and begun again until it is through: the same end, nothing counted twice.

A real process and a real ``SIGKILL``: by the clock, inside any instruction, and by the count of statements, before
and after one, so that every boundary between two statements is met. ``ERASURE_KILLS`` says how often (default 40).
"""

import os
import random
import shutil
import signal
import time
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django.db.models import Model, QuerySet

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Blank, Keep, Mask, ModelPrivacy, registry, years
from tasks.erasure.apply import Pace
from tasks.erasure.models import ErasureBatch, ErasureFile, ErasureRun, ErasureStep, KeptRow
from tests.hosts.fates.models import (
    Account,
    Document,
    Draft,
    Line,
    Order,
    Partner,
    Post,
    Rating,
    Ticket,
    Watched,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
KILLS = int(os.environ.get("ERASURE_KILLS", "40"))
ALICE, BOB = 1, 2
HOST = (Account, Partner, Order, Line, Document, Draft, Post, Rating, Ticket, Watched)


class OrderPrivacy(ModelPrivacy):
    follow = True
    erasure = Keep(
        for_=years(10), after="placed_on", because="§ 147 AO", meanwhile=[Blank("address"), Mask("number", keep=2)]
    )


@pytest.fixture(autouse=True)
def _declared(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(Pace, "MOST", 6)  # many short transactions, so that there is much to break
    monkeypatch.setattr(Pace, "LEAST", 2)
    with registry.overridden({Order: OrderPrivacy}):
        yield


@transaction.atomic
def fill() -> None:
    """The same rows and files each time: Alice's and Bob's."""
    shutil.rmtree(default_storage.path("documents"), ignore_errors=True)
    ErasureRun.objects.all().delete()
    for model in reversed(HOST):
        QuerySet(model=model)._raw_delete("default")
    Account.objects.create(pk=3, name="nobody", joined_at="2020-01-01T00:00Z")
    for who, name in ((ALICE, "Alice Hartmann"), (BOB, "Bob Okafor")):
        Partner(
            pk=who, name=name, email=f"{name[:3]}@example.com", nick=name[:3], joined_at="2020-01-01T00:00Z", firm="M"
        ).save()
        base = who * 10_000
        make(
            Order, who, 12, base, lambda pk: {"placed_on": date(2025, 1, 1), "address": "Leipzig", "number": f"N-{pk}"}
        )
        Line.objects.bulk_create(Line(pk=base + n, order_id=base + n % 12, text="a mug") for n in range(18))
        make(Watched, who, 13, base, lambda pk: {})
        make(Draft, who, 9, base, lambda pk: {})
        make(Ticket, who, 9, base, lambda pk: {})
        make(
            Document, who, 7, base, lambda pk: {"file": default_storage.save(f"documents/{pk}.txt", ContentFile(b"x"))}
        )
        Rating.objects.bulk_create(Rating(pk=base + n, by_id=who, seen_by_id=ALICE + BOB - who) for n in range(7))
    chain = [Post(pk=n + 1, author_id=(ALICE, BOB)[n % 3 > 0], parent_id=n or None, text="t") for n in range(30)]
    Post.objects.bulk_create(chain)


def make(model: type[Model], who: int, n: int, base: int, more: Any) -> None:
    rows = [model(pk=base + i, account_id=who, **more(base + i)) for i in range(n)]
    QuerySet(model=model).bulk_create(rows)


def erase(run_id: uuid.UUID, at: Any, on_progress: Any = None) -> erasure.DeleteStats:
    subject = Subject(Partner, ALICE, "default")
    plan = erasure.resume(run_id) or erasure.plan(subject, at=at)
    return erasure.apply(subject, plan, run_id=run_id, at=at, on_progress=on_progress)


@dataclass(frozen=True)
class Blow:
    """When the eraser is killed: at its n-th statement, or so long after its n-th transaction."""

    statement: int = 0
    done: bool = False  # the statement is carried out, and what follows is not
    transactions: int = 0
    seconds: float = 0.0

    @classmethod
    def drawn(cls, chance: random.Random) -> "Blow":
        """Mostly among the statements that write; now and then while it plans; by the clock every fifth time."""
        if chance.random() < 0.2:
            return cls(transactions=chance.randint(0, 8), seconds=chance.uniform(0, 0.006))
        planning = chance.random() < 0.1
        return cls(statement=chance.randint(1, 45) if planning else chance.randint(45, 110), done=chance.random() < 0.5)

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """Count a statement; an ``execute_wrapper`` of the child."""
        counted.append(1)
        if len(counted) == self.statement and not self.done:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if len(counted) == self.statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


counted: list[int] = []  # statements of this process


def in_a_process(run_id: uuid.UUID, at: Any, blow: Blow | None = None) -> bool:
    """Erase in a child process; whether it was killed on its way."""
    connections.close_all()
    counted.clear()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with connection.execute_wrapper(blow or Blow()):
                erase(run_id, at, on_progress=lambda done, total: os.write(write, b"."))
            status = 0
        except BaseException:  # noqa: BLE001 - a child must not return into the test
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write)
    if blow is not None and not blow.statement:
        for _ in range(blow.transactions):
            os.read(read, 1)
        time.sleep(blow.seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(read)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the eraser failed by itself"
    return os.WIFSIGNALED(status)


def end_state(run_id: uuid.UUID) -> dict[str, Any]:
    """Everything that an erasure leaves behind, but for the moments and the size of its transactions."""
    host = {model.__name__: sorted(map(str, QuerySet(model=model).values_list())) for model in HOST}
    steps = sorted(ErasureStep.objects.filter(run_id=run_id).values_list("label", "action", "planned", "done"))
    kept = sorted(KeptRow.objects.filter(run_id=run_id).values_list("label", "key", "until"))
    keys: dict[tuple[str, str], list[Any]] = {}
    for batch in ErasureBatch.objects.filter(run_id=run_id, done=True):
        keys.setdefault((batch.label, batch.action), []).extend(batch.keys)
    run = ErasureRun.objects.get(pk=run_id)
    return {
        "host": host,
        "files": sorted(default_storage.listdir("documents")[1]),
        "steps": steps,
        "kept": kept,
        "keys": {name: sorted(found) for name, found in keys.items()},
        "journal": ErasureFile.objects.filter(run_id=run_id, removed_at=None).count(),
        "finished": run.finished_at is not None,
        "hash": run.decisions_hash,
    }


def test_killed_again_and_again_it_ends_as_if_it_had_never_been(noon):
    chance = random.Random(os.environ.get("ERASURE_SEED", "17"))
    fill()
    in_a_process(uuid.UUID(int=1), noon)
    whole, stats = end_state(uuid.UUID(int=1)), erase(uuid.UUID(int=1), noon)
    kills = turn = 0

    while kills < KILLS:
        turn += 1
        run_id = uuid.UUID(int=turn + 1)
        fill()
        while in_a_process(run_id, noon, Blow.drawn(chance)):
            kills += 1

        assert end_state(run_id) == whole
        assert erase(run_id, noon) == stats
        assert turn < KILLS, "the eraser is too fast to be killed"

    assert stats.by_label == {
        "fates.Account": 1,
        "fates.Document": 7,
        "fates.Draft": 9,
        "fates.Partner": 1,
        "fates.Post": 30,
        "fates.Watched": 13,
    }
    assert whole["finished"]
    assert whole["journal"] == 0
    assert len(whole["kept"]) == 30
