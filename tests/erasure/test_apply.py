"""An erasure ends as planned, once, however it is interrupted."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Anonymise, Blank, Constant, Delete, Keep, Mask, Null, years
from tasks.erasure.models import ErasureBatch, ErasureFile, ErasureRun, ErasureStep, KeptRow
from tasks.erasure.prints import Prints
from tasks.errors import ApprovalVoid, PlanRefused
from tests.erasure.conftest import interrupt
from tests.hosts.fates.models import (
    Account,
    Document,
    Invoice,
    Line,
    Order,
    Post,
    Rating,
    Receipt,
    Watched,
)
from tests.hosts.zoo.models import Hermit, Secret

pytestmark = pytest.mark.django_db
TEN_YEARS = Keep(
    for_=years(10), after="placed_on", because="§ 147 AO", meanwhile=[Blank("address", "extra"), Constant(1, "total")]
)


def test_what_is_owned_goes_and_what_names_lets_go(account, other, erase):
    mine, theirs = (Document.objects.create(account=who, file="") for who in (account, other))
    order = Order.objects.create(account=account, number="7")
    rating = Rating.objects.create(by=account, seen_by=account)

    stats = erase()

    assert stats == (2, {"fates.Account": 1, "fates.Document": 1})
    assert list(Document.objects.all()) == [theirs]
    assert not Document.objects.filter(pk=mine.pk).exists()
    order.refresh_from_db()
    assert (order.account, order.number) == (None, "7")
    rating.refresh_from_db()
    assert (rating.by.name, rating.seen_by) == ("nobody", None)


def test_kept_rows_change_meanwhile_and_stand_in_the_ledger_with_their_end(account, declare, erase, run_id):
    declare(Order, follow=True, erasure=TEN_YEARS)
    order = Order.objects.create(
        account=account, number="7", placed_on=date(2026, 1, 2), address="Leipzig", extra={"a": 1}
    )
    line = Line.objects.create(order=order, text="a mug")

    stats = erase()

    order.refresh_from_db()
    assert (order.account, order.number, order.address, order.extra, order.total) == (None, "7", "", {}, 1)
    assert Line.objects.get() == line
    assert stats == (1, {"fates.Account": 1})
    kept = KeptRow.objects.filter(run_id=run_id).order_by("label").values_list("label", "key", "until")
    assert list(kept) == [("fates.Line", line.pk, date(2036, 1, 2)), ("fates.Order", order.pk, date(2036, 1, 2))]


def test_an_anonymous_row_holds_nothing_of_what_was_declared(account, declare, erase):
    changes = [Constant("gone", "name"), Blank("email"), Mask("phone", keep=3), Null("nick")]
    declare(Account, erasure=Anonymise(changes))

    stats = erase()

    account.refresh_from_db()
    assert (account.name, account.email, account.phone, account.nick) == ("gone", "", "+49•••", None)
    assert stats.total == 0


def test_a_refused_plan_touches_nothing(account, erase):
    Receipt.objects.create(account=account)
    Document.objects.create(account=account, file="")

    with pytest.raises(PlanRefused):
        erase()

    assert Document.objects.count() == Account.objects.count() == 1
    assert not ErasureRun.objects.exists()


def test_called_again_it_changes_nothing_and_tells_the_same(account, declare, erase, run_id):
    declare(Order, follow=True, erasure=TEN_YEARS)
    Order.objects.create(account=account)
    first = erase()
    batches, kept = ErasureBatch.objects.count(), KeptRow.objects.count()

    second = erase()

    assert second == first == (1, {"fates.Account": 1})
    assert (ErasureBatch.objects.count(), KeptRow.objects.count()) == (batches, kept)


@pytest.mark.parametrize("stop_after", range(1, 9))
def test_stopped_after_any_transaction_it_goes_on_and_counts_nothing_twice(account, declare, erase, run_id, stop_after):
    declare(Order, follow=True, erasure=TEN_YEARS)
    for n in range(3):
        order = Order.objects.create(account=account, number=str(n), address="Leipzig")
        Line.objects.create(order=order)
        Document.objects.create(account=account, file="")
        Watched.objects.create(account=account)
        Rating.objects.create(by=account)
    calls = []

    def stop(done, total):
        calls.append((done, total))
        if len(calls) == stop_after:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        erase(on_progress=stop)
    assert len(calls) == min(stop_after, 6), "six steps, each one transaction"
    stats = erase()

    assert stats == (7, {"fates.Account": 1, "fates.Document": 3, "fates.Watched": 3})
    assert list(Order.objects.values_list("account", "address")) == [(None, "")] * 3
    assert KeptRow.objects.count() == 6
    done = ErasureStep.objects.filter(run_id=run_id).values_list("label", "action", "planned", "done")
    assert {(label, action): n for label, action, planned, n in done if planned == n} == {
        ("fates.Account", "delete"): 1,
        ("fates.Document", "delete"): 3,
        ("fates.Watched", "delete"): 3,
        ("fates.Line", "keep"): 3,
        ("fates.Order", "keep"): 3,
        ("fates.Rating", "update"): 3,
    }


def test_progress_counts_to_the_end(account, erase):
    Document.objects.bulk_create(Document(account=account, file="") for _ in range(450))
    said = []

    erase(on_progress=lambda done, total: said.append((done, total)))

    assert said[-1] == (451, 451)
    assert len(said) >= 3, "450 rows are more than one short transaction to begin with"
    assert said == sorted(said)


def test_rows_that_come_meanwhile_fall_under_the_same_decision(subject, account, erase, run_id):
    Document.objects.create(account=account, file="")

    def write(done, total):
        if done == 1:
            Document.objects.create(account=account, file="")

    stats = erase(on_progress=write)

    assert stats == (3, {"fates.Account": 1, "fates.Document": 2})


def test_a_model_that_nobody_approved_voids_the_approval(subject, account, noon, run_id):
    plan = erasure.plan(subject, at=noon)
    Document.objects.create(account=account, file="")

    with pytest.raises(ApprovalVoid, match=r"fates.Document"):
        erasure.apply(subject, plan, run_id=run_id, at=noon + timedelta(minutes=1))

    assert Account.objects.exists()
    assert not ErasureRun.objects.exists()


def test_a_model_that_comes_up_on_the_way_waits_for_a_new_approval(subject, account, erase, run_id, noon):
    Document.objects.create(account=account, file="")

    def write(done, total):
        if not Watched.objects.exists():
            Watched.objects.create(account=account)

    with pytest.raises(ApprovalVoid, match=r"fates.Watched"):
        erase(on_progress=write)
    assert erasure.resume(run_id) is None, "what was approved is not enough"

    stats = erase()

    assert stats == (3, {"fates.Account": 1, "fates.Document": 1, "fates.Watched": 1})


def test_a_begun_run_is_resumed_with_what_was_approved(subject, account, erase, run_id, noon):
    Document.objects.create(account=account, file="")
    with pytest.raises(KeyboardInterrupt):
        erase(on_progress=interrupt)

    plan = erasure.resume(run_id)
    stats = erasure.apply(subject, plan, run_id=run_id, at=noon)

    assert stats == (2, {"fates.Account": 1, "fates.Document": 1})
    assert plan.decisions_hash == ErasureRun.objects.get().decisions_hash


def test_a_plan_after_a_begun_run_has_the_hash_that_was_approved(subject, account, erase, noon):
    Document.objects.create(account=account, file="")
    approved = erasure.plan(subject, at=noon).decisions_hash
    with pytest.raises(KeyboardInterrupt):
        erase(on_progress=interrupt)

    assert not Document.objects.exists()
    assert erasure.plan(subject, at=noon).decisions_hash == approved


def test_a_tree_goes_leaves_first_in_one_short_transaction_after_another(account, other, erase):
    parent = None
    for n in range(1_200):
        parent = Post.objects.create(author=(account, other)[n % 2] if n else account, parent=parent)
    Post.objects.create(author=other)

    stats = erase()

    assert stats == (1_201, {"fates.Account": 1, "fates.Post": 1_200})
    assert Post.objects.count() == 1


def test_a_circle_of_rows_goes_at_once(account, erase):
    first = Post.objects.create(author=account)
    second = Post.objects.create(parent=first)
    Post.objects.filter(pk=first.pk).update(parent=second)

    assert erase() == (3, {"fates.Account": 1, "fates.Post": 2})


def test_the_ledger_tells_a_reused_key_from_the_person(subject, account, erase, run_id):
    pk = account.pk
    erase()
    print_ = ErasureRun.objects.get().subject_print
    (batch,) = ErasureBatch.objects.filter(label="fates.Account")

    stranger = Account.objects.create(pk=pk, name="Alice Hartmann", joined_at="2027-01-01T00:00Z")

    assert batch.keys == [pk]
    assert batch.notes == [print_]
    assert Prints(batch.run).of(Account, [stranger.pk], using="default") != {pk: print_}


def test_the_ledger_holds_no_value_of_a_row(account, declare, erase):
    declare(Invoice, erasure=Keep(for_=years(1), after="issued_at", because="law"))
    Invoice.objects.create(account=account, text="for Alice Hartmann")
    Document.objects.create(account=account, file="documents/alice.pdf")

    erase()

    held = [
        str(value)
        for model in (ErasureRun, ErasureStep, ErasureBatch, KeptRow, ErasureFile)
        for row in model.objects.values()
        for name, value in row.items()
        if name != "identifiers"
    ]
    assert not any("lice" in value for value in held)
    assert "alice" not in ErasureRun.objects.get().identifiers, "what verification looks for is sealed"


def test_rows_that_no_manager_shows_go_too(db, noon, run_id):
    hermit = Hermit.objects.create()
    QuerySet(model=Secret).bulk_create([Secret(hermit=hermit)])
    subject = Subject.find(Hermit, hermit.pk)

    stats = erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon)

    assert stats == (2, {"zoo.Hermit": 1, "zoo.Secret": 1})


def test_a_declared_delete_takes_named_rows(account, declare, erase):
    declare(Invoice, erasure=Delete())
    Invoice.objects.create(account=account)

    assert erase() == (2, {"fates.Account": 1, "fates.Invoice": 1})
