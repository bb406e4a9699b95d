"""What an approval binds of a plan, and how a plan reads."""

import json
from datetime import date

import pytest

from tasks import erasure
from tasks.datamap import (
    Anonymise,
    Blank,
    Category,
    Keep,
    LegalBasis,
    Retention,
    years,
)
from tasks.errors import ApprovalVoid
from tests.hosts.fates.models import (
    Account,
    Document,
    Line,
    Order,
    Post,
    Rating,
)

pytestmark = pytest.mark.django_db
TEN_YEARS = Keep(for_=years(10), after="placed_on", because="Bookkeeping: § 147 AO", meanwhile=Blank("address"))


def test_the_hash_binds_decisions_and_no_rows(subject, account, declare, noon):
    Order.objects.create(account=account)
    before = erasure.plan(subject, at=noon).decisions_hash

    Order.objects.create(account=account)

    assert erasure.plan(subject, at=noon).decisions_hash == before
    declare(Order, erasure=TEN_YEARS)
    assert erasure.plan(subject, at=noon).decisions_hash != before


def test_the_hash_speaks_no_language(subject, account, declare, noon):
    from django.utils import translation
    from django.utils.translation import gettext_lazy

    declare(Order, erasure=Anonymise(Blank("address"), because=gettext_lazy("Yes")))
    Order.objects.create(account=account)
    hashes = set()

    for language in ("en", "de"):
        with translation.override(language):
            hashes.add(erasure.plan(subject, at=noon).decisions_hash)

    assert len(hashes) == 1


def test_an_approval_covers_fewer_decisions_but_none_more(subject, account, noon):
    Order.objects.create(account=account)
    approved = erasure.plan(subject, at=noon).decisions

    Order.objects.all().delete()
    erasure.plan(subject, at=noon).check_within(approved)

    Document.objects.create(account=account, file="a.txt")
    with pytest.raises(ApprovalVoid, match=r"Not as it was approved: fates.Document\."):
        erasure.plan(subject, at=noon).check_within(approved)


def test_the_plan_is_json_without_a_value_of_a_row(subject, account, other, declare, noon):
    declare(Order, follow=True, erasure=TEN_YEARS)
    Order.objects.create(account=account, address="Spinnereistraße 7")
    Post.objects.create(author=account, text="a secret")
    Rating.objects.create(by=account, seen_by=other)

    text = json.dumps([erasure.plan(subject, at=noon).as_json(), erasure.plan(subject, at=noon).summary()])

    assert not any(value in text for value in ("Spinnerei", "secret", "alice@", "Hartmann"))


def test_the_summary_reads_by_category(subject, account, declare, noon):
    books = Category(
        "books",
        title="Bookkeeping",
        legal_basis=LegalBasis.LEGAL_OBLIGATION,
        retention=Retention("ten years", law="§ 147 AO"),
    )
    declare(Order, follow=True, category=books, erasure=TEN_YEARS, labels={"address": "Delivery address"})
    declare(Line, category=books)
    Line.objects.create(order=Order.objects.create(account=account, placed_on=date(2026, 1, 1)))

    summary = erasure.plan(subject, at=noon).summary()

    (row,) = [row for row in summary["rows"] if row["category"] == "books"]
    assert row == {
        "category": "books",
        "title": "Bookkeeping",
        "labels": ["fates.Line", "fates.Order"],
        "fate": "keep",
        "count": 2,
        "because": "Bookkeeping: § 147 AO",
        "until": "2036-01-01",
        "changes": ["Delivery address: emptied", "Account: emptied"],
        "law": "§ 147 AO",
    }
    assert summary["totals"] == {"delete": 1, "anonymise": 0, "keep": 2, "refused": 0}


def test_planning_writes_nothing(subject, account, noon):
    Rating.objects.create(by=account)

    erasure.plan(subject, at=noon)

    assert list(Account.objects.values_list("name", flat=True)) == ["Alice Hartmann"], "SET(nobody) was not asked"
