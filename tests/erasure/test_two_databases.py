"""The ledger in another database than the rows: the intent first, then the rows, then done."""

from datetime import date
from typing import Any

import pytest

from tasks import erasure
from tasks.datamap import Blank, Keep, years
from tasks.erasure.apply import Eraser, Pace
from tasks.erasure.models import ErasureBatch, ErasureStep, KeptRow
from tests.hosts.fates.models import Account, Document, Line, Order, Rating

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _few_at_once(ledger_apart: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are a transaction at most."""
    monkeypatch.setattr(Pace, "MOST", 2)
    monkeypatch.setattr(Pace, "LEAST", 1)


@pytest.fixture
def erase(subject, account, declare, run_id, noon):
    declare(
        Order, follow=True, erasure=Keep(for_=years(10), after="placed_on", because="law", meanwhile=Blank("address"))
    )
    for n in range(3):
        order = Order.objects.create(account=account, address="Leipzig", placed_on=date(2025, 1, n + 1))
        Line.objects.create(order=order)
        Document.objects.create(account=account, file="")
        Rating.objects.create(by=account)
    return lambda: erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon)


def check(stats: Any) -> None:
    assert stats == (4, {"fates.Account": 1, "fates.Document": 3})
    assert list(Order.objects.values_list("account", "address")) == [(None, "")] * 3
    assert list(Account.objects.values_list("name", flat=True)) == ["nobody"]
    assert KeptRow.objects.count() == 6
    assert not ErasureBatch.objects.filter(done=False).exists()
    steps = ErasureStep.objects.values_list("label", "action", "planned", "done")
    assert sorted((label, action, done) for label, action, planned, done in steps if planned == done) == [
        ("fates.Account", "delete", 1),
        ("fates.Document", "delete", 3),
        ("fates.Line", "keep", 3),
        ("fates.Order", "keep", 3),
        ("fates.Rating", "update", 3),
    ]


def test_it_ends_the_same(erase):
    check(erase())


@pytest.mark.parametrize("crash", range(8))
@pytest.mark.parametrize("where", ["_touch", "_settle"])
def test_stopped_between_the_two_it_goes_on_and_counts_nothing_twice(erase, monkeypatch, where, crash):
    real, calls = getattr(Eraser, where), []

    def stop(self: Eraser, *args: Any) -> None:
        calls.append(1)
        if len(calls) == crash + 1:
            raise KeyboardInterrupt
        real(self, *args)

    monkeypatch.setattr(Eraser, where, stop)
    with pytest.raises(KeyboardInterrupt):
        erase()

    check(erase())


@pytest.mark.parametrize("crash", range(8))
def test_stopped_when_the_rows_are_done_and_the_ledger_does_not_know_it(erase, monkeypatch, crash):
    """Rows that only named the person cannot be found again: what the plan does not hold any more was done."""
    real, calls = Eraser._touch, []

    def stop(self: Eraser, *args: Any) -> None:
        real(self, *args)
        calls.append(1)
        if len(calls) == crash + 1:
            monkeypatch.setattr(Eraser, "_touch", real)
            stop_at_commit()

    def stop_at_commit() -> None:
        settle = Eraser._settle

        def once(self: Eraser, intents: Any) -> None:
            monkeypatch.setattr(Eraser, "_settle", settle)
            raise KeyboardInterrupt

        monkeypatch.setattr(Eraser, "_settle", once)

    monkeypatch.setattr(Eraser, "_touch", stop)
    with pytest.raises(KeyboardInterrupt):
        erase()

    check(erase())
