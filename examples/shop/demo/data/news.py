"""The newsletter's list: customers and people without an account."""

from datetime import datetime, timedelta
from random import Random

from examples.shop.demo.data.moments import between, midnight
from examples.shop.demo.data.people import People
from examples.shop.news.models import NewsletterSubscription

TOPICS = ("tea", "outdoor", "repair", "sales")
Status = NewsletterSubscription.Status


def make(rng: Random, people: People, *, until: datetime) -> None:
    """Write everything of this module. Alice and Bob read it; Alice wrote her address with a capital."""
    readers = [("Alice@example.com", people.alice.ips[0]), (people.bob.user.email, people.bob.ips[0])]
    readers += [(person.user.email, person.ips[0]) for person in people.customers[2:] if rng.random() < 0.4]
    readers += [(f"reader{n}@example.net", f"2001:db8:ffff::{n:x}") for n in range(1, 61)]
    NewsletterSubscription.objects.bulk_create(subscription(rng, *reader, until=until) for reader in readers)


def subscription(rng: Random, email: str, ip: str, *, until: datetime) -> NewsletterSubscription:
    """Asked for, mostly confirmed, sometimes ended."""
    asked_at = between(rng, midnight(2022, 1, 1), until)
    status = rng.choices([Status.CONFIRMED, Status.ASKED, Status.ENDED], [8, 1, 2])[0]
    if email.lower() in {"alice@example.com", "bob@example.com"}:
        status = Status.CONFIRMED
    confirmed_at = None if status == Status.ASKED else min(asked_at + timedelta(minutes=rng.randint(2, 900)), until)
    return NewsletterSubscription(
        email=email,
        status=status,
        topics=sorted(rng.sample(TOPICS, rng.randint(1, 3))),
        asked_at=asked_at,
        asked_from_ip=ip,
        confirmed_at=confirmed_at,
        confirmed_from_ip=ip if confirmed_at else None,
        confirm_token=f"{rng.getrandbits(160):040x}",
        ended_at=between(rng, confirmed_at, until) if status == Status.ENDED and confirmed_at else None,
    )
