"""What stands against the end of a kept row, and what happens when its worker is killed."""

from datetime import date, timedelta

import pytest

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Keep, days
from tasks.erasure import kept, ledger
from tasks.erasure.apply import Eraser
from tasks.erasure.models import ErasureBatch, ErasureRun, ErasureStep, KeptRow
from tests.erasure.test_kept import end_all, later, order
from tests.hosts.fates.models import Account, Document, Order

__all__ = ["later", "order"]
pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = timedelta(days=1)


def test_without_anything_that_tells_a_row_with_a_key_that_no_database_counts_is_left_to_people(
    order, erase, later, monkeypatch
):
    from tasks.erasure import tell

    erase()
    KeptRow.objects.update(print="")
    monkeypatch.setattr(tell, "counts_up", lambda model: False)

    [done] = end_all(later)

    assert (done.left, done.stats.total) == (3, 0)


def test_one_row_that_cannot_end_holds_up_no_other(order, account, erase, later, monkeypatch):
    refused = Order.objects.create(account=account, placed_on=date(2025, 6, 1))
    erase()
    monkeypatch.setattr(Order, "delete", lambda self: no(self, refused.pk))

    [done] = end_all(later)

    assert done.left == 1
    assert list(Order.objects.values_list("pk", flat=True)) == [refused.pk]
    assert "raised ValueError" in KeptRow.objects.get(swept_at=None).left_for


def no(self, pk):
    if self.pk == pk:
        raise ValueError("alice@example.com must stay")
    return super(Order, self).delete()


def test_a_run_takes_no_more_than_it_is_given_and_goes_on(order, account, erase, later):
    for n in range(5):
        Order.objects.create(account=account, placed_on=date(2025, 6, 1), number=str(n))
    erase()
    [run] = kept.due_runs(at=later)

    first = kept.end(run, at=later, most=3)

    assert sum(first.ends.values()) == 3
    while list(kept.due_runs(at=later)):
        kept.end(run, at=later, most=3)
    assert not Order.objects.exists()


@pytest.mark.parametrize("crash", range(4))
def test_killed_on_its_way_it_goes_on_a_day_later_and_counts_each_row_once(
    order, account, erase, later, monkeypatch, crash
):
    from tasks.erasure.apply import Pace

    monkeypatch.setattr(Pace, "MOST", 1)
    monkeypatch.setattr(Pace, "LEAST", 1)
    erase()
    real, calls = Eraser._batch, []

    def stop(self, batch):
        calls.append(1)
        if len(calls) == crash + 1:
            raise KeyboardInterrupt
        real(self, batch)

    monkeypatch.setattr(Eraser, "_batch", stop)
    if crash < 3:
        with pytest.raises(KeyboardInterrupt):
            end_all(later)
    else:
        end_all(later)
    monkeypatch.setattr(Eraser, "_batch", real)
    end_all(later + DAY)

    assert not Order.objects.exists()
    ending = ErasureRun.objects.get(cause="kept")
    assert ledger.stats(ending) == (3, {"fates.Line": 2, "fates.Order": 1})
    assert set(KeptRow.objects.values_list("end", flat=True)) == {"gone"}


def test_a_second_worker_finds_the_rows_taken(order, erase, later):
    erase()
    [run] = kept.due_runs(at=later)

    taken = kept._taken(run, today=later.date(), most=10)

    assert len(taken) == 3
    assert kept._taken(run, today=later.date(), most=10) == []


def test_people_who_hang_on_a_kept_row_do_not_go_along(order, erase, later, monkeypatch, other):
    erase()
    plan = kept.plan_left

    def with_people(subject, left, *, at):
        found = plan(subject, left, at=at)
        found.stages[0].steps[0].model, found.stages[0].steps[0].keys = Account, {other.pk}
        return found

    monkeypatch.setattr(kept, "plan_left", with_people)
    [done] = end_all(later)

    assert done.left == 3
    assert Account.objects.filter(pk=other.pk).exists()


def test_the_planned_steps_of_an_ending_are_its_own(order, erase, later, run_id):
    erase()
    before = list(ErasureStep.objects.filter(run_id=run_id).values_list("label", "action", "planned", "done"))
    end_all(later)

    assert list(ErasureStep.objects.filter(run_id=run_id).values_list("label", "action", "planned", "done")) == before
    assert not ErasureBatch.objects.filter(done=False).exists()


def test_an_own_row_of_the_person_that_was_kept_ends_with_everything_that_is_left(account, declare, noon, run_id):
    declare(Account, erasure=Keep(for_=days(2300), after="joined_at", because="law"))
    Document.objects.create(account=account)
    subject = Subject.find(Account, account.pk)
    erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon)
    assert Account.objects.exists()

    end_all(noon + 60 * DAY)

    assert not Account.objects.filter(pk=account.pk).exists()
    assert not Document.objects.exists()


def test_a_certificate_that_is_read_later_says_since_when_what_was_kept_is_gone(order, erase, later, run_id):
    from tasks.erasure.ends import ends_of

    erase()
    assert set(map(str, (end["until"] for end in ends_of(run_id).values()))) == {"2026-06-01"}

    end_all(later)

    assert [end["gone"] for end in ends_of(run_id).values()] == [later.date()] * len(ends_of(run_id))
    assert all(end["until"] is None for end in ends_of(run_id).values())
