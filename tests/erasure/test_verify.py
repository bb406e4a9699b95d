"""After an erasure somebody looks again, and the certificate says what was found."""

import json
from datetime import date

import pytest
from django.db import transaction

from tasks import erasure
from tasks.datamap import Anonymise, Blank, Category, Constant, Keep, LegalBasis, Null, Retention, years
from tasks.erasure.models import ErasureRun
from tasks.errors import SourceUnavailable
from tests.hosts.fates.models import Account, Document, Line, Order, Reply, Ticket, Watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def erase(subject, run_id, noon):
    """Plan and carry out, as a case does."""
    return lambda: erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon)


def test_a_finished_erasure_leaves_nothing(subject, account, erase, run_id, noon):
    Document.objects.create(account=account, file="")
    Order.objects.create(account=account)
    erase()

    found = erasure.verify(subject, run_id=run_id, at=noon)

    assert found.clean
    assert (found.left, found.broken, found.mentions, found.searched) == ({}, {}, {}, True)
    assert ErasureRun.objects.get().identifiers == "", "what was sealed to look for is forgotten"


def test_a_row_that_the_host_wrote_after_the_end_is_found(subject, account, declare, erase, run_id, noon):
    declare(Account, erasure=Anonymise([Constant("gone", "name")]))
    erase()
    Watched.objects.create(account=account)

    found = erasure.verify(subject, run_id=run_id, at=noon)

    assert not found.clean
    assert found.left == {"fates.Watched": 1}
    assert ErasureRun.objects.get().identifiers != ""


def test_a_key_that_leads_to_a_deleted_row_is_found(subject, account, erase, run_id, noon):
    erase()
    with transaction.atomic():
        Watched.objects.create(account_id=subject.pk)
        found = erasure.verify(subject, run_id=run_id, at=noon)
        transaction.set_rollback(True)

    assert found.broken == {"fates.Watched.account": 1}
    assert not found.clean


def test_a_copied_name_or_address_in_what_stays_is_found(subject, account, other, declare, erase, run_id, noon):
    declare(Ticket, follow=False)
    ticket = Ticket.objects.create(account=account)
    texts = [
        "From: ALICE@example.com",
        "Dear Alice Hartmann, ...",
        "call +49 341 5550120!",
        "Malice@example.community",
        "hello",
    ]
    for text in texts:
        Reply.objects.create(ticket=ticket, author=account, text=text)
    Reply.objects.create(ticket=ticket, author=other, text="Alice Hartmann")
    erase()

    found = erasure.verify(subject, run_id=run_id, at=noon)

    assert found.mentions == {"fates.Reply.text": 3}
    assert found.clean, "mentions are for people to judge"


def test_what_a_declaration_keeps_on_purpose_is_not_searched(subject, account, declare, erase, run_id, noon):
    declare(
        Order,
        erasure=Keep(for_=years(10), after="placed_on", because="law", meanwhile=[Null("account"), Blank("number")]),
    )
    Order.objects.create(account=account, address="Alice Hartmann, Leipzig")
    erase()
    Order.objects.update(number="Alice Hartmann")

    found = erasure.verify(subject, run_id=run_id, at=noon)

    assert found.mentions == {"fates.Order.number": 1}


def test_what_was_known_can_be_handed_in(subject, account, other, declare, erase, run_id, noon):
    Order.objects.create(account=account, address="Zwickau 12345")
    erase()

    found = erasure.verify(subject, run_id=run_id, at=noon, identifiers={"customer number": ["12345"]})

    assert found.mentions == {"fates.Order.address": 1}


def test_an_unknown_run_cannot_be_verified(subject, run_id, noon):
    with pytest.raises(SourceUnavailable, match="no erasure"):
        erasure.verify(subject, run_id=run_id, at=noon)


def test_the_certificate_says_what_went_what_stays_why_and_until_when(subject, account, declare, erase, run_id, noon):
    books = Category(
        "books", title="Bookkeeping", order=1, legal_basis=LegalBasis.LEGAL_OBLIGATION,
        retention=Retention("ten years", law="§ 147 AO"),
    )  # fmt: skip
    declare(Order, follow=True, category=books, erasure=Keep(for_=years(10), after="placed_on", because="Tax law"))
    declare(Line, category=books)
    Line.objects.create(order=Order.objects.create(account=account, placed_on=date(2025, 6, 1), address="Leipzig"))
    Document.objects.create(account=account, file="")
    Ticket.objects.create(account=account)
    erase()
    erasure.verify(subject, run_id=run_id, at=noon)

    certificate = erasure.certificate(run_id, at=noon)

    kept, rest = certificate["categories"]
    assert (kept["category"], kept["kept"], kept["until"], kept["law"]) == ("books", 2, "2035-06-01", "§ 147 AO")
    assert kept["grounds"] == ["Tax law"]
    assert (rest["erased"], rest["anonymised"], rest["kept"]) == (2, 1, 0)
    assert certificate["totals"] == {"erased": 2, "anonymised": 1, "kept": 2}
    assert certificate["verification"]["clean"] is True
    assert certificate["backups_gone_on"] == "2026-04-09"


def test_the_certificate_holds_no_deleted_value_and_one_hash(subject, account, declare, erase, run_id, noon):
    Order.objects.create(account=account, address="Leipzig")
    erase()
    erasure.verify(subject, run_id=run_id, at=noon)

    one, two = erasure.certificate(run_id, at=noon), erasure.certificate(run_id, at=noon)

    assert one == two
    assert len(one["hash"]) == 64
    assert not any(value in json.dumps(one) for value in ("Hartmann", "alice", "Leipzig", "5550120"))


def test_there_is_no_certificate_before_the_end(run_id, noon):
    with pytest.raises(SourceUnavailable, match="not finished"):
        erasure.certificate(run_id, at=noon)
