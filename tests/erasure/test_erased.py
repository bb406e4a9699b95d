"""What the ledger remembers is enough to erase again after a restore, and never to erase a stranger."""

from datetime import timedelta

import pytest

from tasks import erasure
from tasks.datamap import Keep
from tests.hosts.fates.models import Account, Document, Order, Post, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_it_names_each_row_that_went_or_was_changed_and_when(account, erase, run_id, noon):
    post, ticket = Post.objects.create(author=account), Ticket.objects.create(account=account)
    pk = account.pk
    erase()

    rows = {(row.label, row.key, row.action) for row in erasure.erased()}

    assert rows == {
        ("fates.Account", pk, "delete"),
        ("fates.Post", post.pk, "delete"),
        ("fates.Ticket", ticket.pk, "update"),
    }
    assert {row.run_id for row in erasure.erased()} == {run_id}
    assert {row.at for row in erasure.erased(since=noon)} == {noon}
    assert not list(erasure.erased(since=noon + timedelta(seconds=1))), "the backup was taken later"


def test_the_restored_row_is_known_again(account, erase):
    restored = Account.objects.values().get()
    erase()
    Account.objects.bulk_create([Account(**restored)])

    [(row, same)] = erasure.returned(erasure.erased(), using="default")

    assert (row.label, row.key, same) == ("fates.Account", account.pk, True)


def test_a_stranger_who_got_the_key_is_not_touched(account, erase):
    pk = account.pk
    erase()
    Account.objects.create(pk=pk, name="Alice Hartmann", email="alice@example.com", joined_at="2027-01-01T00:00Z")

    [(row, same)] = erasure.returned(erasure.erased(), using="default")

    assert (row.key, same) == (pk, False)


def test_where_nothing_tells_people_have_to(account, erase):
    document = Document.objects.create(account=account, file="")
    ticket = Ticket.objects.create(account=account)
    pk = document.pk
    erase()
    new = Account.objects.create(name="Bob")
    Document.objects.create(pk=pk, account=new, file="")

    found = {(row.label, row.key): same for row, same in erasure.returned(erasure.erased(), using="default")}

    assert found == {("fates.Document", pk): None, ("fates.Ticket", ticket.pk): None}


def test_the_time_zone_of_the_connection_does_not_matter(account, erase, settings):
    restored = Account.objects.values().get()
    erase()
    Account.objects.bulk_create([Account(**restored)])

    settings.TIME_ZONE = "Asia/Tokyo"
    [(_, same)] = erasure.returned(erasure.erased(), using="default")

    assert same is True


def test_kept_rows_are_not_among_them(account, declare, erase):
    declare(Order, follow=True, erasure=Keep(because="law"))
    Order.objects.create(account=account)
    erase()

    assert {row.label for row in erasure.erased()} == {"fates.Account"}
