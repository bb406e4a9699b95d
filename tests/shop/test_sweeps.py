"""The housekeeping of the founding article, as the demo company declares it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from examples.shop.demo.data import UNTIL
from tasks.datamap.sweeps import declared
from tasks.housekeeping import sweeps


def look(key: str) -> sweeps.Preview:
    sweep = declared.get(key)
    assert sweep
    return sweeps.preview(sweep, at=UNTIL)


def test_customers_who_have_not_signed_in_for_two_years_are_told_first(shop):
    found = look("customers.inactive").look

    names = User.objects.filter(pk__in=found.fresh).values_list("username", flat=True)
    assert sorted(names) == [f"sleeper{n}" for n in range(1, 6)]
    assert (found.ripe, found.is_too_much) == ([], False)
    assert found.spared["staff"] >= 2  # Dana and Axel never sign in by the form of the shop


def test_closed_accounts_go_after_thirty_days_and_not_before(shop):
    found = look("customers.pending")

    assert list(User.objects.filter(pk__in=found.look.ripe).values_list("username", flat=True)) == [
        "closed1",
        "closed2",
    ]
    assert found.stats.by_label["auth.User"] == 2
    assert len(sweeps.preview(declared.get("customers.pending"), at=UNTIL + timedelta(days=30)).look.ripe) == 3


def test_each_mailing_list_waits_as_long_as_it_says(shop):
    found = look("news.unconfirmed")

    assert found.stats.by_label == {"news.NewsletterSubscription": 6}
    later = sweeps.preview(declared.get("news.unconfirmed"), at=UNTIL + timedelta(days=10))
    assert later.stats.by_label == {"news.NewsletterSubscription": 7}  # a week for one list, a month for the other


@pytest.mark.parametrize("key", ["customers.inactive", "customers.pending", "news.unconfirmed"])
def test_the_people_of_the_tour_are_in_no_sweep(shop, key):
    tour = set(User.objects.filter(username__in=["alice", "bob", "dana", "axel"]).values_list("pk", flat=True))
    found = look(key).look

    assert not found.is_about_people or not tour & {*found.fresh, *found.ripe}
