"""Who and what the housekeeping finds: customers who never come any more, closed accounts, addresses nobody confirmed.

They come last and from chance of their own, so that everybody else is as they would be without them.
"""

from datetime import datetime, timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User

from examples.shop.customers.models import AuditLog, LoginEvent, Profile
from examples.shop.demo.data import words
from examples.shop.demo.data.moments import DAY, between
from examples.shop.news.models import MailingList, NewsletterSubscription

SLEEPERS, CLOSED = 5, 3
LISTS = {"Tea letter": timedelta(days=7), "Repair evenings": timedelta(days=30)}
Status = NewsletterSubscription.Status


def make(rng: Random, *, until: datetime) -> None:
    """Write everything of this module: some whose time has come, and some whose time has not."""
    for n in range(SLEEPERS):
        sleeper(rng, f"sleeper{n + 1}", last=until - DAY * rng.randint(750, 1_400))
    for n in range(CLOSED):
        ago = DAY * (10 if n == CLOSED - 1 else rng.randint(40, 90))
        user = sleeper(rng, f"closed{n + 1}", last=until - ago - DAY, is_active=False)
        AuditLog.objects.create(user=user, at=until - ago, action=AuditLog.Action.CLOSED)
    for title, wait in LISTS.items():
        subscribers(rng, MailingList.objects.create(title=title, confirm_within=wait), until=until)


def sleeper(rng: Random, username: str, *, last: datetime, is_active: bool = True) -> User:
    """A customer who was last here then."""
    joined = last - DAY * rng.randint(30, 700)
    first, family = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
    user = User.objects.create(
        username=username, first_name=first, last_name=family, email=f"{username}@example.com", password="!demo",
        date_joined=joined, last_login=last, is_active=is_active,
    )  # fmt: skip
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    language = rng.choice(["en", "de", "ar"])
    Profile.objects.create(user=user, display_name=first, language=language, member_since=joined.date())
    device, ok = rng.choice(words.DEVICES), LoginEvent.Outcome.SIGNED_IN
    LoginEvent.objects.create(user=user, at=last, ip=f"2001:db8:fffe::{user.pk:x}", user_agent=device, outcome=ok)
    return user


def subscribers(rng: Random, mailing_list: MailingList, *, until: datetime) -> None:
    """Four who confirmed, three who never did, and one who still may."""
    for n in range(8):
        confirmed, young = n < 4, n == 7
        asked_at = until - DAY * 3 if young else between(rng, until - DAY * 300, until - DAY * 60)
        ip = f"2001:db8:fffd:{mailing_list.pk:x}::{n + 1:x}"
        NewsletterSubscription.objects.create(
            email=f"list{mailing_list.pk}-{n + 1}@example.net",
            mailing_list=mailing_list,
            status=Status.CONFIRMED if confirmed else Status.ASKED,
            topics=["tea" if mailing_list.title == "Tea letter" else "repair"],
            asked_at=asked_at,
            asked_from_ip=ip,
            confirmed_at=asked_at + timedelta(minutes=rng.randint(2, 300)) if confirmed else None,
            confirmed_from_ip=ip if confirmed else None,
            confirm_token=f"{rng.getrandbits(160):040x}",
        )
