"""A plan decides on every row, once, and says why."""

from datetime import date

import pytest
from django.utils import timezone

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import (
    Anonymise,
    Blank,
    Constant,
    Delete,
    Keep,
    Mask,
    Match,
    Null,
    calendar_years,
    years,
)
from tasks.erasure.models import ErasureRun
from tasks.errors import PlanRefused
from tests.hosts.fates.models import (
    Account,
    Document,
    Invoice,
    Letter,
    Line,
    Order,
    Partner,
    Post,
    Receipt,
    Reply,
    Ticket,
    Wish,
)
from tests.hosts.zoo.models import Lock, Person, Pet, Trace

pytestmark = pytest.mark.django_db
TEN_YEARS = Keep(for_=years(10), after="placed_on", because="Bookkeeping: § 147 AO", meanwhile=Blank("address"))


def test_without_a_declaration_owned_rows_go_and_named_ones_lose_their_key(subject, account, noon):
    document, order = Document.objects.create(account=account, file="a.txt"), Order.objects.create(account=account)
    Line.objects.create(order=order)

    plan = erasure.plan(subject, at=noon)

    assert plan.keys() == {
        "fates.Account": {"delete": [account.pk], "update": [], "keep": [], "refused": []},
        "fates.Document": {"delete": [document.pk], "update": [], "keep": [], "refused": []},
        "fates.Order": {"delete": [], "update": [order.pk], "keep": [], "refused": []},
    }
    assert [str(change) for step in plan.steps for change in step.changes.values()] == ["null"]


def test_what_hangs_on_a_kept_row_is_kept_as_long(subject, account, declare, noon):
    declare(Order, follow=True, erasure=TEN_YEARS)
    order = Order.objects.create(account=account, placed_on=date(2024, 2, 29))
    line = Line.objects.create(order=order)

    plan = erasure.plan(subject, at=noon)

    kept = {step.label: step for step in plan.steps if step.action == "keep"}
    assert kept["fates.Order"].until == {order.pk: date(2034, 2, 28)}
    assert kept["fates.Line"].until == {line.pk: date(2034, 2, 28)}
    assert kept["fates.Line"].rule.ground == "Bookkeeping: § 147 AO"
    assert kept["fates.Order"].changes.keys() == {"address", "account"}


def test_what_is_kept_without_a_period_ends_with_what_it_hangs_on(subject, account, declare, noon):
    declare(Order, follow=True, erasure=TEN_YEARS)
    declare(Line, erasure=Keep(because="Part of the order"))
    lines = [
        Line.objects.create(order=Order.objects.create(account=account, placed_on=date(year, 5, 1)))
        for year in (2020, 2024)
    ]

    (step,) = [step for step in erasure.plan(subject, at=noon).steps if step.label == "fates.Line"]

    assert step.until == {lines[0].pk: date(2030, 5, 1), lines[1].pk: date(2034, 5, 1)}
    assert step.rule.ground == "Part of the order"


def test_a_declaration_touches_nothing_that_is_somebody_elses_alone(subject, account, other, declare, noon):
    declare(Post, erasure=Anonymise([Null("author"), Blank("text")]))
    mine = Post.objects.create(author=account, text="mine")
    theirs = Post.objects.create(author=other, parent=mine, text="theirs")

    plan = erasure.plan(subject, at=noon)

    changed = {
        step.rule.strategy: (list(step.keys), sorted(step.changes)) for step in plan.steps if step.label == "fates.Post"
    }
    assert changed == {"anonymise": ([mine.pk], ["author", "text"]), "follows": ([theirs.pk], [])}


def test_a_period_that_is_over_keeps_nothing(subject, account, declare, noon):
    declare(Order, follow=True, erasure=TEN_YEARS)
    old = Order.objects.create(account=account, placed_on=date(2016, 3, 4))
    last_day = Order.objects.create(account=account, placed_on=date(2016, 3, 5))
    line = Line.objects.create(order=old)

    keys = erasure.plan(subject, at=noon).keys()

    assert keys["fates.Order"]["delete"] == [old.pk]
    assert keys["fates.Order"]["keep"] == [last_day.pk]
    assert keys["fates.Line"]["delete"] == [line.pk]


def test_a_row_without_its_date_is_kept_from_today(subject, account, declare, noon):
    declare(Order, follow=True, erasure=Keep(for_=calendar_years(6), after="placed_on", because="§ 257 HGB"))
    order = Order.objects.create(account=account, placed_on=None)

    (step,) = [step for step in erasure.plan(subject, at=noon).steps if step.label == "fates.Order"]

    assert step.until == {order.pk: date(2032, 12, 31)}


def test_a_moment_counts_by_the_controllers_calendar(subject, account, declare, noon):
    declare(Invoice, erasure=Keep(for_=years(10), after="issued_at", because="§ 147 AO"))
    invoice = Invoice.objects.create(
        account=account, issued_at=timezone.datetime.fromisoformat("2025-12-31T23:30+00:00")
    )

    (step,) = [step for step in erasure.plan(subject, at=noon).steps if step.label == "fates.Invoice"]

    assert step.until == {invoice.pk: date(2036, 1, 1)}


def test_protect_without_a_declaration_refuses_and_names_rows_and_what_is_missing(subject, account, noon):
    receipts = [Receipt.objects.create(account=account).pk for _ in range(7)]

    plan = erasure.plan(subject, at=noon)

    assert plan.keys()["fates.Receipt"]["refused"] == receipts
    with pytest.raises(PlanRefused, match=r"declare erasure = Delete\(\).*'account' is PROTECT.*and 2 more") as caught:
        plan.check()
    assert caught.value.rows == {"fates.Receipt": receipts}


def test_a_kept_row_that_must_lead_to_a_deleted_one_is_refused_with_the_way_out(subject, account, declare, noon):
    declare(Receipt, erasure=Keep(because="law"))
    Receipt.objects.create(account=account)

    with pytest.raises(PlanRefused, match=r"may not be NULL.*declare Null\('account'\), or declare Keep"):
        erasure.plan(subject, at=noon).check()


def test_a_kept_row_that_forbids_lets_go_where_its_key_may_be_null(subject, account, declare, noon):
    declare(Invoice, erasure=Keep(for_=years(10), after="issued_at", because="law", meanwhile=[Blank("text")]))
    invoice = Invoice.objects.create(account=account)

    plan = erasure.plan(subject, at=noon)

    plan.check()
    assert plan.keys()["fates.Invoice"]["keep"] == [invoice.pk]


def test_a_row_that_forbids_is_no_obstacle_where_the_other_stays(subject, account, declare, noon):
    declare(
        Account, erasure=Anonymise([Constant("gone", "name"), Mask("email"), Null("nick")], because="Reviews stay.")
    )
    receipt = Receipt.objects.create(account=account)
    wish = Wish.objects.create(account=account)

    keys = erasure.plan(subject, at=noon).keys()

    assert keys["fates.Account"]["update"] == [account.pk]
    assert keys["fates.Receipt"]["update"] == [receipt.pk]
    assert keys["fates.Wish"]["delete"] == [wish.pk], "an anonymous account does not keep what hangs on it"


def test_a_row_that_hangs_on_a_kept_and_on_a_deleted_one_is_refused(subject, account, declare, noon):
    declare(Order, follow=True, erasure=TEN_YEARS)
    wish = Wish.objects.create(account=account, order=Order.objects.create(account=account))

    plan = erasure.plan(subject, at=noon)

    assert plan.keys()["fates.Wish"]["refused"] == [wish.pk]
    assert "may not be NULL" in plan.refusals[0].missing


def test_rows_that_hang_on_a_deleted_named_row_ask_for_follow(subject, account, declare, noon):
    declare(Ticket, erasure=Delete())
    reply = Reply.objects.create(ticket=Ticket.objects.create(account=account))

    plan = erasure.plan(subject, at=noon)

    assert plan.keys()["fates.Reply"]["refused"] == [reply.pk]
    assert "Declare follow = True for fates.Ticket" in plan.refusals[0].missing


def test_with_follow_they_go_along(subject, account, other, declare, noon):
    declare(Ticket, erasure=Delete(), follow=True)
    replies = [
        Reply.objects.create(ticket=Ticket.objects.create(account=account), author=who).pk for who in (account, other)
    ]

    keys = erasure.plan(subject, at=noon).keys()

    assert keys["fates.Reply"]["delete"] == replies


def test_a_tie_by_value_asks_for_a_declaration(subject, account, declare, noon):
    declare(Letter, match=Match(email="email"))
    letter = Letter.objects.create(email="ALICE@example.com")

    plan = erasure.plan(subject, at=noon)

    assert plan.keys()["fates.Letter"]["refused"] == [letter.pk]
    assert "tied to the person by value" in plan.refusals[0].missing


def test_a_declared_tie_by_value_goes(subject, account, declare, noon):
    declare(Letter, match=Match(email="email"), erasure=Delete())
    letter = Letter.objects.create(email="alice@example.com")
    Letter.objects.create(email="bob@example.com")

    assert erasure.plan(subject, at=noon).keys()["fates.Letter"]["delete"] == [letter.pk]


def test_a_child_and_its_parent_are_one_thing(declare, noon, db):
    partner = Partner.objects.create(name="Alice", firm="Moss")
    declare(Account, erasure=Anonymise(Constant("gone", "name")))

    keys = erasure.plan(Subject.find(Partner, partner.pk), at=noon).keys()

    assert keys["fates.Account"]["update"] == keys["fates.Partner"]["update"] == [partner.pk]


def test_a_child_that_goes_while_its_parent_must_stay_is_possible(declare, noon, db):
    partner = Partner.objects.create(name="Alice", firm="Moss")
    declare(Account, erasure=Anonymise(Constant("gone", "name")))
    declare(Partner, erasure=Delete())

    plan = erasure.plan(Subject.find(Partner, partner.pk), at=noon)

    plan.check()
    assert plan.keys()["fates.Partner"]["delete"] == plan.keys()["fates.Account"]["update"] == [partner.pk]


def test_a_parent_that_goes_while_its_child_must_stay_is_refused(declare, noon, db):
    partner = Partner.objects.create(name="Alice", firm="Moss")
    declare(Account, erasure=Delete())
    declare(Partner, erasure=Keep(because="law"))

    with pytest.raises(PlanRefused, match=r"declare the same erasure for fates\.Account"):
        erasure.plan(Subject.find(Partner, partner.pk), at=noon).check()


def test_a_field_strategy_that_cannot_be_carried_out_refuses(subject, declare, noon):
    declare(Account, erasure=Anonymise(Mask("joined_at")))

    with pytest.raises(PlanRefused, match=r"Mask\('joined_at'\) works on text only"):
        erasure.plan(subject, at=noon).check()


def test_the_order_of_work_is_children_first(subject, account, declare, noon):
    declare(Order, follow=True, erasure=TEN_YEARS)
    Line.objects.create(order=Order.objects.create(account=account))
    Document.objects.create(account=account, file="a.txt")

    labels = [step.label for step in erasure.plan(subject, at=noon).steps]

    assert labels.index("fates.Line") < labels.index("fates.Order") < labels.index("fates.Account")
    assert labels[-1] == "fates.Account"


@pytest.mark.parametrize(
    ("key", "on_delete"),
    [("protect", "PROTECT"), ("restrict", "RESTRICT"), ("nothing", "DO_NOTHING"), ("custom", "CUSTOM")],
)
def test_each_key_that_says_nothing_is_refused_before_anything_is_touched(noon, run_id, db, key, on_delete):
    person = Person.objects.create(code="alice")
    Pet.objects.create(owner=person)
    model = Lock if key in ("protect", "restrict") else Trace
    row = model.objects.create(**{key: person})
    subject = Subject.find(Person, person.pk)
    plan = erasure.plan(subject, at=noon)

    with pytest.raises(PlanRefused) as caught:
        erasure.apply(subject, plan, run_id=run_id, at=noon)

    assert caught.value.rows == {model._meta.label: [row.pk]}
    assert f"{model._meta.label}: declare erasure = Delete(), Keep(...) or Anonymise(...)" in str(caught.value)
    assert f"its key '{key}' is {on_delete} (rows {row.pk})" in str(caught.value)
    assert Pet.objects.exists()
    assert not ErasureRun.objects.exists()
