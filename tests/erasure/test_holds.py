"""A legal hold: nothing that it covers is erased, swept or ended; and it goes on by itself when it is lifted."""

from datetime import date, timedelta

import pytest

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Blank, Category, Keep, years
from tasks.erasure import holds, kept
from tasks.erasure.apply import Pace
from tasks.erasure.models import Hold, KeptRow
from tasks.errors import ApprovalVoid, SubjectHeld
from tests.hosts.fates.models import Account, Document, Line, Order, Receipt, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = timedelta(days=1)
BOOKS = Category("books", "Books")
PAPERS = Category("papers", "Papers")


@pytest.fixture
def put(subject, noon):
    """Hold Alice's data."""

    def hold(category="", **facts):
        return holds.put(
            subject, category=category, reason="a claim of Bob's", review_on=date(2026, 9, 1), at=noon, **facts
        )

    return hold


@pytest.fixture
def papers(account, declare):
    """Documents of a category of their own."""
    declare(Document, category=PAPERS)
    return [Document.objects.create(account=account, file="") for _ in range(2)]


def lift(hold, at):
    return holds.lift(hold, by="auth.User:1", by_name="Axel", at=at)


def end_all(at):
    return [kept.end(run, at=at) for run in list(kept.due_runs(at=at))]


def test_a_person_who_is_held_as_a_whole_is_not_erased_and_the_plan_stays_as_it_is(account, erase, subject, put, noon):
    before = erasure.plan(subject, at=noon).decisions_hash
    hold = put()

    with pytest.raises(SubjectHeld, match=f"legal hold {hold.pk}"):
        erase()

    assert Account.objects.filter(pk=account.pk).exists()
    assert erasure.plan(subject, at=noon).decisions_hash == before
    lift(hold, noon)
    assert erase().total == 1


def test_a_hold_that_is_set_while_rows_go_stops_the_rest_and_lifted_it_goes_on(
    account, declare, erase, put, noon, monkeypatch
):
    monkeypatch.setattr(Pace, "MOST", 1)
    for _ in range(3):
        Document.objects.create(account=account, file="")
    found = []

    def told(done, total):
        found.append(done)
        if done == 3:
            put()

    with pytest.raises(SubjectHeld):
        erase(on_progress=told)

    assert Account.objects.filter(pk=account.pk).exists()
    lift(Hold.objects.get(), noon)
    assert erase() == (4, {"fates.Account": 1, "fates.Document": 3})


def test_a_held_category_stays_unchanged_with_what_it_cannot_be_without(account, erase, subject, put, papers, noon):
    put("papers")

    stats = erase()

    assert stats.total == 0
    assert Document.objects.filter(account=account).count() == 2, "a document cannot be without its account"
    assert Account.objects.get(pk=account.pk).email == "alice@example.com"
    assert set(KeptRow.objects.values_list("label", "held", "until")) == {
        ("fates.Account", "papers", None),
        ("fates.Document", "papers", None),
    }


def test_the_plan_says_so_to_the_person_only_as_far_as_they_may_know(subject, put, papers, noon):
    put("papers")
    quiet = [row for row in erasure.plan(subject, at=noon).summary()["rows"] if row["category"] == "papers"]
    decided = erasure.plan(subject, at=noon).decisions_hash
    put("papers", told=True)
    told = [row for row in erasure.plan(subject, at=noon).summary()["rows"] if row["category"] == "papers"]

    assert [(row["fate"], row["because"], row["law"]) for row in quiet] == [
        ("keep", "It cannot be deleted at present.", "")
    ]
    assert [(row["because"], row["law"]) for row in told] == [("It is needed for legal claims.", "Art. 17(3)(e) GDPR")]
    assert erasure.plan(subject, at=noon).decisions_hash == decided


def test_a_hold_that_came_after_the_approval_voids_it(account, subject, put, papers, noon, run_id):
    approved = erasure.plan(subject, at=noon)
    put("papers")

    with pytest.raises(ApprovalVoid, match=r"fates\.Document"):
        erasure.apply(subject, approved, run_id=run_id, at=noon + DAY)

    assert Document.objects.count() == 2


def test_what_was_held_goes_by_itself_when_the_hold_is_lifted(account, erase, put, papers, noon):
    hold = put("papers")
    erase()
    assert end_all(noon + DAY) == [kept.Ended()]

    lift(hold, noon + 2 * DAY)
    [done] = end_all(noon + 2 * DAY)

    assert done.stats == (3, {"fates.Account": 1, "fates.Document": 2})
    assert done.ends == {"gone": 3}
    assert end_all(noon + 5 * DAY) == []


def test_what_the_law_keeps_is_masked_and_gets_its_date_when_the_hold_is_lifted(account, erase, put, declare, noon):
    keep = Keep(for_=years(2), after="placed_on", because="law", meanwhile=Blank("address"))
    declare(Order, follow=True, category=BOOKS, erasure=keep)
    order = Order.objects.create(account=account, placed_on=date(2026, 1, 1), address="Leipzig")
    Line.objects.create(order=order)
    hold = put("books")
    erase()
    assert Order.objects.get().address == "Leipzig", "nothing of what is held is changed"

    lift(hold, noon)
    [done] = end_all(noon)

    assert done.ends == {"later": 2}
    assert Order.objects.get().address == ""
    assert set(KeptRow.objects.filter(swept_at=None).values_list("until", "held")) == {(date(2028, 1, 1), "")}
    assert end_all(noon.replace(year=2028))[0].ends == {"gone": 2}


def test_a_row_whose_day_comes_while_it_is_held_stays_and_goes_after(account, erase, put, declare, noon, subject):
    keep = Keep(for_=years(1), after="placed_on", because="law")
    declare(Order, follow=True, category=BOOKS, erasure=keep)
    Order.objects.create(account=account, placed_on=date(2025, 6, 1))
    erase()
    hold = put("books")
    later = noon.replace(month=7)

    end_all(later)
    assert Order.objects.exists()
    lift(hold, later)
    end_all(later + DAY)
    assert not Order.objects.exists()


def test_a_row_that_cannot_be_without_the_person_holds_the_person(account, erase, put, declare):
    declare(Receipt, category=PAPERS, follow=True)
    Receipt.objects.create(account=account)
    put("papers")

    erase()

    assert Receipt.objects.filter(account=account).exists()


def test_a_sweep_learns_which_rows_to_leave_out(account, other, subject, put, papers, declare):
    theirs = Document.objects.create(account=other, file="")
    keys = [account.pk, other.pk]
    assert holds.held_keys(Account, keys, using="default") == set()

    put("papers")

    assert holds.held_keys(Account, keys, using="default") == {account.pk}, "with the account everything would go"
    documents = [theirs.pk, *(paper.pk for paper in papers)]
    assert holds.held_keys(Document, documents, using="default") == {paper.pk for paper in papers}
    assert holds.held_keys(Ticket, [1, 2], using="default") == set()


def test_a_sweep_leaves_out_what_would_take_along_what_is_held(account, other, put, declare):
    declare(Order, follow=True)
    declare(Line, category=PAPERS)
    mine, theirs = (Order.objects.create(account=who) for who in (account, other))
    Line.objects.create(order=mine)
    put("papers")

    assert holds.held_keys(Order, [mine.pk, theirs.pk], using="default") == {mine.pk}


def test_a_lifted_hold_forgets_whom_and_why(subject, put, noon):
    hold = put()
    assert holds.reason(hold) == "a claim of Bob's"
    assert "claim" not in Hold.objects.get().reason

    assert lift(hold, noon)
    assert not lift(hold, noon), "somebody else did"

    hold.refresh_from_db()
    assert (hold.subject_key, hold.reason, hold.lifted_by) == ("", "", "auth.User:1")
    assert holds.held(subject) == []


def test_a_second_hold_on_the_same_renews_the_first(subject, put, noon):
    put()
    put(told=True)

    assert [(hold.told, hold.reviewed_at) for hold in holds.held(subject)] == [(True, noon)]


def test_the_command_says_that_a_hold_stands_against_it(alice, noon):
    from django.contrib.auth.models import User
    from django.core.management import CommandError, call_command

    subject = Subject.find(User, alice.pk)
    holds.put(subject, category="", reason="a claim", review_on=date(2026, 9, 1), at=noon)

    with pytest.raises(CommandError, match="Nothing is erased: legal hold"):
        call_command("erase", str(alice.pk), "--execute", "--confirm", str(alice.pk))

    assert User.objects.filter(pk=alice.pk).exists()


def test_a_hold_on_alice_is_none_on_bob(other, put):
    put()

    assert holds.held(Subject.find(Account, other.pk)) == []
