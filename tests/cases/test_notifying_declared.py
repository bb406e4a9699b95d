"""Recipients as they are declared: whom the declarations name, and what is wrong with one."""

from typing import Any

import pytest

from examples.shop.news.models import NewsletterSubscription
from examples.shop.news.privacy import NewsletterSubscriptionPrivacy
from tasks import datamap
from tasks.cases import notifying
from tasks.cases.models.notification import Telling
from tasks.datamap import Category, Recipient, Webhook, registry
from tasks.errors import DeclarationError
from tests.cases.recipients import HOUR, carrier, erased, printer, receive
from tests.collector.loopback import SECRET

__all__ = ["erased", "receive"]
pytestmark = pytest.mark.django_db


def test_recipients_come_from_the_declarations_with_their_categories():
    both = Category("news", title="News", recipients=(printer("a@b.example"), Recipient("Nobody tells them")))
    declared = type("Declared", (NewsletterSubscriptionPrivacy,), {"category": both})

    with registry.overridden({NewsletterSubscription: declared}):
        found = notifying.declared()

    assert {name: categories for name, (_, categories) in found.items()} == {"Brieftaube Mail": {"news": "News"}}


def test_a_declaration_that_fails_does_not_stop_an_erasure_and_stays_in_sight(receive, erased):
    def broken(subject: Any) -> dict[str, str]:
        raise KeyError(subject.row.email)

    receive(printer("privacy@brieftaube.example", identify=broken), carrier("https://x.example", identify=lambda _: {}))

    (notification,) = erased().notifications.all()

    assert (notification.state, notification.error) == (Telling.OPEN, "identify: KeyError.")


def test_a_recipient_that_is_not_declared_any_more_is_told_so(receive, erased, noon):
    receive(carrier("https://talweg.example"))
    notification = erased().notifications.get()
    receive()

    assert not notifying.tell(notification.pk, at=noon + HOUR)

    notification.refresh_from_db()
    assert "does not say (any more) how to tell it" in notification.error


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda: carrier("talweg"), "Webhook.url: wanted an address"),
        (lambda: carrier("http://talweg.example"), "Webhook.url: wanted https"),
        (lambda: carrier("https://talweg.example", secret="short"), "at least 16 characters, found 5"),
        (lambda: carrier("https://talweg.example", identify="email"), "Webhook.identify: wanted a function"),
        (lambda: printer("brieftaube"), "TellByLetter.email: wanted an address"),
        (lambda: printer(identify=None), "TellByLetter.identify: wanted a function"),
    ],
)
def test_a_way_of_telling_that_cannot_be_is_told_at_start(make, wanted):
    with pytest.raises(DeclarationError, match=wanted):
        make()


def test_a_secret_is_in_no_representation():
    assert SECRET.value not in repr(carrier("https://talweg.example"))
    assert datamap.Webhook is Webhook
