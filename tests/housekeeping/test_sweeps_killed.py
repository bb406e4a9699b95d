"""Sweeps in real processes: killed with ``SIGKILL`` at any statement, two at once, stores that do not answer."""

import os
import random
import signal
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from tasks import audit, datamap
from tasks.cases.actors import SYSTEM
from tasks.datamap import Ask, Delete, Outcome, SourcePrivacy
from tasks.datamap.sweeps import Sweep, Sweeps
from tasks.erasure.models import ErasureRun
from tasks.errors import SourceUnavailable, SourceWaiting
from tasks.housekeeping import running, sweeps, working
from tasks.housekeeping.models import Leaver, SweepRun, Switch
from tests.hosts.fates.models import Account, Draft, Line, Order, Watched

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
DAY, MINUTES = timedelta(days=1), timedelta(minutes=10)
KILLS = int(os.environ.get("SWEEP_KILLS", "12"))
State = SweepRun.State


@pytest.fixture(autouse=True)
def _people(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "PART", 500)  # several parts, so that there is much to break
    settings.DOSSIER = {**settings.DOSSIER, "subject_model": "fates.Account"}


@pytest.fixture
def people_sweep(registry: Sweeps, declare: Any) -> Sweep:
    """Every account whose name begins with "old", switched on."""
    for model in (Account, Draft, Watched):
        declare(model, erasure=Delete())
    return declared(registry, "people", lambda at: Account.objects.filter(name__startswith="old"))


@pytest.fixture
def rows_sweep(registry: Sweeps, declare: Any) -> Sweep:
    """Every order, in three parts."""
    declare(Order, erasure=Delete())
    return declared(registry, "rows", lambda at: Order.objects.all())


def declared(registry: Sweeps, key: str, find: Callable[[datetime], Any]) -> Sweep:
    registry.declare(key, every="1 day", key=key, limit="100 %")(find)
    Switch.objects.create(pk=key, is_on=True, by=SYSTEM.key)
    found = registry.get(key)
    assert found
    return found


def fill() -> None:
    for model in (Watched, Draft, Line, Order, Account):
        QuerySet(model=model)._raw_delete("default")
    accounts = Account.objects.bulk_create(Account(name=f"old {n}") for n in range(3))
    Account.objects.create(name="young")
    Draft.objects.bulk_create(Draft(account=account) for account in accounts for _ in range(3))
    Watched.objects.bulk_create(Watched(account=account) for account in accounts)
    orders = Order.objects.bulk_create(Order() for _ in range(1_100))
    Line.objects.bulk_create(Line(order=order) for order in orders[:10])


class Blow:
    """Kills its process before or after the n-th statement; none of them: counts only."""

    def __init__(self, statement: int = 0, *, done: bool = False) -> None:
        self.statement, self.done, self.count = statement, done, 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        if self.count == self.statement and not self.done:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if self.count == self.statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def start(sweep: Sweep, at: datetime, blow: Blow) -> int:
    """A child process that runs the sweep; its id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        with connection.execute_wrapper(blow):
            sweeps.run(sweep, at=at)
        status = 0
    except BaseException:  # noqa: BLE001 - a child must not return into the test
        traceback.print_exc()
    finally:
        os._exit(status)


def was_killed(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the sweep failed by itself"
    return os.WIFSIGNALED(status)


WHOLE = {
    "people": {"fates.Account": 3, "fates.Draft": 9, "fates.Watched": 3},
    "rows": {"fates.Line": 10, "fates.Order": 1_100},
}


@pytest.mark.parametrize("kind", ["people", "rows"])
def test_killed_again_and_again_it_goes_on_and_counts_each_row_once(kind, request, noon):
    sweep = request.getfixturevalue(f"{kind}_sweep")
    chance = random.Random(os.environ.get("SWEEP_SEED", f"17 {kind}"))
    kills, day = 0, 0

    while kills < KILLS:
        fill()
        SweepRun.objects.all().delete()
        day += 1
        at = noon + 2 * day * DAY
        while was_killed(start(sweep, at, Blow(chance.randint(5, 170), done=chance.random() < 0.5))):
            kills += 1
            at += MINUTES  # the lease of the dead one is over
        if SweepRun.objects.get(sweep=kind).state == State.RUNNING:
            assert not was_killed(start(sweep, at + MINUTES, Blow()))

        run = SweepRun.objects.get(sweep=kind)
        assert (run.state, run.stats, run.left) == (State.DONE, WHOLE[kind], {})
        assert day <= KILLS, "the sweep is too fast to be killed"
    assert Account.objects.filter(name="young").exists()
    assert not ErasureRun.objects.filter(finished_at=None).exists()
    assert audit.verify()


def test_of_two_workers_at_once_one_does_the_work(rows_sweep, noon):
    fill()

    children = [start(rows_sweep, noon, Blow()) for _ in range(2)]
    assert [was_killed(child) for child in children] == [False, False]

    [run] = SweepRun.objects.all()
    assert (run.state, run.stats) == (State.DONE, WHOLE["rows"])


def test_a_worker_that_lost_its_lease_writes_nothing_more(rows_sweep, noon):
    slow = running.take(rows_sweep, at=noon)
    assert running.take(rows_sweep, at=noon + timedelta(seconds=60)) is None

    run = sweeps.run(rows_sweep, at=noon + MINUTES)

    assert run.state == State.DONE
    with pytest.raises(running.LeaseLost):
        slow.write(run, stats={"wrong": 1})
    slow.put_off(until=noon)
    assert SweepRun.objects.get().stats == {}
    assert Switch.objects.get(pk="rows").next_at == noon + MINUTES + DAY


# --- stores beyond the database


class Loyalty(SourcePrivacy):
    """Points somewhere else. What it does is set by each test."""

    key = "loyalty"
    fields = ("points",)
    asked: list[Ask] = []
    trouble: Exception | None = None
    lies = False  # says that it erased, and has not

    def collect(self, subject: Any, ask: Ask) -> list[dict[str, Any]]:
        return [{"id": 1, "points": 9}] if self.lies else []

    def erase(self, subject: Any, ask: Ask) -> Outcome:
        self.asked.append(ask)
        assert Account.objects.filter(pk=subject.pk).exists(), "the row is needed to know them"
        if self.trouble:
            raise self.trouble
        return Outcome(erased=2)


@pytest.fixture
def loyalty() -> Iterator[Any]:
    with datamap.registry.with_sources(Loyalty):
        Loyalty.asked, Loyalty.trouble, Loyalty.lies = [], None, False
        yield Loyalty


def test_stores_beyond_the_database_go_first_and_are_counted(people_sweep, loyalty, noon):
    fill()

    run = sweeps.run(people_sweep, at=noon)

    assert run.stats == {**WHOLE["people"], "loyalty": 6}
    assert len({ask.id for ask in loyalty.asked}) == 3
    assert not Leaver.objects.exists()


def test_a_person_whose_store_does_not_answer_is_left_whole_for_the_next_run(people_sweep, loyalty, noon):
    fill()
    loyalty.trouble = SourceUnavailable("loyalty: no answer.")

    run = sweeps.run(people_sweep, at=noon)

    assert (run.state, run.left, run.stats) == (State.DONE, {"store": 3}, {})
    assert Draft.objects.count() == 9
    loyalty.trouble = None
    assert sweeps.run(people_sweep, at=noon + DAY).stats == {**WHOLE["people"], "loyalty": 6}


def test_a_person_whose_store_only_says_that_it_erased_is_left_whole(people_sweep, loyalty, noon):
    fill()
    loyalty.lies = True

    run = sweeps.run(people_sweep, at=noon)

    assert (run.left, run.stats) == ({"store": 3}, {})
    assert Account.objects.filter(name__startswith="old").count() == 3


def test_a_store_that_wants_to_be_asked_later_is_asked_with_its_ticket(people_sweep, loyalty, noon):
    fill()
    Account.objects.exclude(name="old 0").delete()
    loyalty.trouble = SourceWaiting("later", seconds=60, memo={"ticket": 7})
    sweeps.run(people_sweep, at=noon)
    loyalty.trouble = None

    sweeps.run(people_sweep, at=noon + DAY)

    first, second = loyalty.asked
    assert (first.memo, second.memo) == ({}, {"ticket": 7})
    assert first.id == second.id
    assert not Account.objects.exists()
