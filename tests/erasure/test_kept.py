"""Kept rows end by themselves when their day is over: with what hangs on them, and never somebody else's."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.signals import post_delete

from tasks import erasure
from tasks.datamap import Blank, Delete, Keep, Mask, days, years
from tasks.erasure import kept
from tasks.erasure.models import ErasureRun, KeptRow
from tests.hosts.fates.models import Account, Document, Letter, Line, Order, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = timedelta(days=1)
BOOKS = Keep(for_=years(1), after="placed_on", because="law", meanwhile=[Blank("address"), Mask("number", keep=2)])


@pytest.fixture
def order(account, declare):
    """A kept order with two lines; its last day is 1 June 2026."""
    declare(Order, follow=True, erasure=BOOKS)
    order = Order.objects.create(account=account, address="Leipzig", number="N-4711", placed_on=date(2025, 6, 1))
    Line.objects.create(order=order, text="a mug")
    Line.objects.create(order=order, text="a pot")
    return order


@pytest.fixture
def later(noon):
    """The day after the last one."""
    return noon.replace(month=6, day=2)


def end_all(at):
    """What the job does: each run with rows to end."""
    return [kept.end(run, at=at) for run in list(kept.due_runs(at=at))]


def test_on_its_last_day_a_row_is_there_and_the_day_after_it_is_gone_with_what_hangs_on_it(order, erase, later):
    erase()

    assert end_all(later - DAY) == []
    [done] = end_all(later)

    assert done.stats == (3, {"fates.Line": 2, "fates.Order": 1})
    assert done.ends == {"gone": 3}
    assert not Order.objects.exists()
    assert not KeptRow.objects.filter(swept_at=None).exists()
    assert end_all(later + DAY) == []


def test_the_ledger_knows_the_ended_rows_so_that_a_replay_does(order, erase, later, run_id):
    erase()
    end_all(later)

    ending = ErasureRun.objects.get(cause="kept")

    assert (ending.origin, ending.finished_at) == (run_id, later)
    assert {(row.label, row.run_id) for row in erasure.erased(since=later)} == {
        ("fates.Order", ending.pk),
        ("fates.Line", ending.pk),
    }


def test_signals_are_sent_and_files_go(account, declare, erase, later, monkeypatch):
    heard = []
    declare(Document, erasure=Keep(because="law"))
    declare(Account, erasure=Keep(for_=days(3000), after="joined_at", because="the contract"))
    name = default_storage.save("documents/contract.txt", ContentFile(b"x"))
    Document.objects.create(account=account, file=name)
    erase()
    KeptRow.objects.filter(label="fates.Document").update(until=later.date() - DAY)
    declare(Document)
    assert default_storage.exists(name)

    def listen(instance, **_):
        heard.append(instance.pk)

    post_delete.connect(listen, sender=Document)
    try:
        end_all(later)
    finally:
        post_delete.disconnect(listen, sender=Document)

    assert len(heard) == 1
    assert not default_storage.exists(name)
    assert Account.objects.exists(), "whoever stays, stays"


def test_a_row_without_a_date_of_its_own_ends_as_was_written_down_and_is_not_kept_anew(account, declare, erase, noon):
    declare(Order, follow=True, erasure=Keep(for_=days(10), after="placed_on", because="law"))
    Order.objects.create(account=account, placed_on=None)
    erase()

    assert end_all(noon + 10 * DAY) == []
    [done] = end_all(noon + 11 * DAY)

    assert done.ends == {"gone": 1}


def test_a_declaration_that_keeps_longer_by_now_is_heeded_and_what_hangs_on_the_row_stays_too(
    order, erase, declare, later
):
    erase()
    declare(Order, follow=True, erasure=Keep(for_=years(3), after="placed_on", because="a new law"))

    [done] = end_all(later)

    assert done.ends == {"later": 3}
    assert not done.stats
    waiting = KeptRow.objects.filter(swept_at=None).values_list("label", "until")
    assert set(waiting) == {("fates.Order", date(2028, 6, 1)), ("fates.Line", date(2028, 6, 1))}
    assert end_all(later + 30 * DAY) == []
    [done] = end_all(later.replace(year=2028))
    assert done.ends == {"gone": 3}


def test_what_was_masked_stays_masked_and_is_not_masked_again(order, erase, declare, later):
    erase()
    masked = Order.objects.get().number
    Order.objects.update(address="Leipzig again, by the host")
    declare(Order, follow=True, erasure=Keep(for_=years(3), after="placed_on", because="a new law"))

    end_all(later)

    assert (Order.objects.get().number, masked) == (masked, "N-•••")
    assert Order.objects.get().address == "Leipzig again, by the host", "a host's save is the host's doing"


def test_a_stranger_who_got_the_key_is_not_touched(order, erase, later, other):
    pk = order.pk
    erase()
    Order.objects.filter(pk=pk).delete()
    Order.objects.create(pk=pk, account=other, placed_on=date(2024, 1, 1))

    [done] = end_all(later)

    assert done.ends == {"reused": 1, "absent": 2}
    assert Order.objects.filter(pk=pk).exists()


def test_a_row_that_the_host_gave_to_somebody_else_is_theirs_and_the_office_hears_why_it_stays(
    order, erase, later, other
):
    erase()
    Order.objects.update(account=other)

    [done] = end_all(later)

    assert (done.left, Order.objects.count()) == (1, 1)
    assert KeptRow.objects.get(swept_at=None, label="fates.Order").left_for == kept.WHY["theirs"]
    assert end_all(later + DAY) == [], "not asked again every day"


def test_a_row_that_another_erasure_keeps_for_longer_is_ended_by_that_one(order, erase, later, noon):
    erase()
    row = KeptRow.objects.get(label="fates.Order")
    run = ErasureRun.objects.create(
        subject_label="fates.Account", subject_key="99", using="default", started_at=noon, finished_at=noon
    )
    KeptRow.objects.create(run=run, label=row.label, key=row.key, spot=row.spot, until=later.date() + 5 * DAY)

    [done] = end_all(later)

    assert done.ends["later"] == 1
    assert Order.objects.exists()
    end_all(later + 6 * DAY)
    assert not Order.objects.exists()


def test_a_stranger_with_the_key_of_the_person_loses_nothing(order, erase, later, account, declare):
    declare(Letter, erasure=Delete(), match=erasure_match())
    pk = account.pk
    erase()
    stranger = Account.objects.create(pk=pk, name="Mallory", email="m@example.com", joined_at="2027-01-01T00:00Z")
    theirs = Order.objects.create(account=stranger, placed_on=date(2020, 1, 1))
    Letter.objects.create(email="m@example.com")
    Ticket.objects.create(account=stranger)

    [done] = end_all(later)

    assert done.stats == (3, {"fates.Line": 2, "fates.Order": 1})
    assert Account.objects.filter(pk=pk, name="Mallory").exists()
    assert Order.objects.get() == theirs
    assert Letter.objects.exists()
    assert Ticket.objects.get().account == stranger


def erasure_match():
    from tasks.datamap import Match

    return Match(email="email")
