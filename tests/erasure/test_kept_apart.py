"""Kept rows end, and a restore is made good, where the ledger lives in another database than the rows."""

from datetime import date, timedelta
from typing import Any

import pytest

from tasks.datamap import Blank, Keep, years
from tasks.erasure import again, kept, ledger
from tasks.erasure.apply import Eraser, Pace
from tasks.erasure.erased import erased
from tasks.erasure.models import ErasureBatch, ErasureRun, KeptRow
from tests.hosts.fates.models import Account, Line, Order

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _one_by_one(ledger_apart: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is a transaction of its own."""
    monkeypatch.setattr(Pace, "MOST", 1)
    monkeypatch.setattr(Pace, "LEAST", 1)


@pytest.fixture
def order(account, declare):
    declare(
        Order, follow=True, erasure=Keep(for_=years(1), after="placed_on", because="law", meanwhile=Blank("address"))
    )
    order = Order.objects.create(account=account, address="Leipzig", placed_on=date(2025, 6, 1))
    Line.objects.create(order=order)
    return order


def end_all(at):
    return [kept.end(run, at=at) for run in list(kept.due_runs(at=at))]


def test_kept_rows_are_told_again_and_end(order, erase, noon):
    erase()
    assert set(KeptRow.objects.values_list("until", flat=True)) == {date(2026, 6, 1)}

    [done] = end_all(noon + 100 * DAY)

    assert done.stats == (2, {"fates.Line": 1, "fates.Order": 1})
    assert done.ends == {"gone": 2}


@pytest.mark.parametrize("crash", range(3))
@pytest.mark.parametrize("where", ["_touch", "_settle"])
def test_killed_between_the_two_it_goes_on_and_counts_nothing_twice(order, erase, noon, monkeypatch, where, crash):
    erase()
    real, calls = getattr(Eraser, where), []

    def stop(self: Eraser, *args: Any) -> None:
        calls.append(1)
        if len(calls) == crash + 1:
            raise KeyboardInterrupt
        real(self, *args)

    monkeypatch.setattr(Eraser, where, stop)
    try:
        end_all(noon + 100 * DAY)
    except KeyboardInterrupt:
        end_all(noon + 101 * DAY)

    assert not Order.objects.exists()
    ending = ErasureRun.objects.get(cause="kept")
    assert ending.finished_at is not None
    assert ledger.stats(ending) == (2, {"fates.Line": 1, "fates.Order": 1})
    assert not ErasureBatch.objects.filter(done=False).exists()
    assert set(KeptRow.objects.values_list("end", flat=True)) == {"gone"}


def test_rows_that_a_backup_brought_back_go_again(order, erase, account, noon, run_id):
    row, lines = Account.objects.values().get(), list(Order.objects.values())
    erase()
    Account.objects.bulk_create([Account(**row)])
    Order.objects.filter(pk=order.pk).update(**lines[0])
    run = ledger.get(run_id)

    found = again.look(run, erased(run=run), again.of_ledger(run))
    stats = again.erase(found, since=None, at=noon + DAY)

    assert stats == (1, {"fates.Account": 1})
    assert list(Order.objects.values_list("account", "address")) == [(None, "")]
    assert set(KeptRow.objects.filter(run__cause="replay").values_list("until", flat=True)) == {date(2026, 6, 1)}
