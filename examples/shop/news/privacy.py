"""What Kestrel & Moss holds about its newsletter: found by the address, because there is no key."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from examples.shop.news.models import MailingList, NewsletterSubscription
from tasks import datamap
from tasks.datamap import Category, Delete, LegalBasis, Match, Purpose, Recipient, Retention, TellByLetter


def by_address(subject: Any) -> dict[str, str]:
    """Whoever sends the newsletter knows people by their address, and by nothing else."""
    return {"e-mail": next(iter(subject.identifiers().get("email", [])), "")}


BRIEFTAUBE = Recipient(
    "Brieftaube Mail",
    "Halle (Saale), Germany",
    _("sends our newsletter"),
    tell=TellByLetter(by_address, email="privacy@brieftaube.example"),
)

NEWSLETTER = Category(
    "newsletter",
    title=_("Newsletter"),
    description=_("What you agreed to, and when"),
    purposes=(Purpose("dpv:DirectMarketing", _("To send you the newsletter, and to prove that you asked for it")),),
    legal_basis=LegalBasis.CONSENT,
    retention=Retention(_("Until you withdraw your consent")),
    recipients=(BRIEFTAUBE, HOST),
    origin=_("You, when you filled in the form"),
    order=80,
)


@datamap.register(NewsletterSubscription)
class NewsletterSubscriptionPrivacy(datamap.ModelPrivacy):
    category = NEWSLETTER
    label = "{email}"
    fields = (
        "email",
        "mailing_list",
        "status",
        "topics",
        "asked_at",
        "asked_from_ip",
        "confirmed_at",
        "confirmed_from_ip",
        "ended_at",
    )
    withheld = {"confirm_token": _("It would let others subscribe or unsubscribe you.")}
    portable = ("email", "topics")
    match = Match(email="email")
    erasure = Delete()


datamap.exempt(MailingList, because="The lists themselves: a title and how long each waits for a confirmation.")


@datamap.sweep(
    _("Unconfirmed subscriptions"),
    every="1 day",
    description=_("Somebody typed an address and nobody confirmed it. Each list says how long it waits."),
)
def unconfirmed(at: datetime) -> QuerySet[NewsletterSubscription]:
    """Asked for, and never confirmed within the time of the list. The address may be anybody's."""
    late = Q(pk__in=[])
    for each in MailingList.objects.all():
        late |= Q(mailing_list=each, asked_at__lt=at - each.confirm_within)
    return NewsletterSubscription.objects.filter(late, status=NewsletterSubscription.Status.ASKED)
