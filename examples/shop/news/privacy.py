"""What Kestrel & Moss holds about its newsletter: found by the address, because there is no key."""

from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from examples.shop.news.models import NewsletterSubscription
from tasks import datamap
from tasks.datamap import Category, Delete, LegalBasis, Match, Purpose, Recipient, Retention

NEWSLETTER = Category(
    "newsletter",
    title=_("Newsletter"),
    description=_("What you agreed to, and when"),
    purposes=(Purpose("dpv:DirectMarketing", _("To send you the newsletter, and to prove that you asked for it")),),
    legal_basis=LegalBasis.CONSENT,
    retention=Retention(_("Until you withdraw your consent")),
    recipients=(Recipient("Brieftaube Mail", "Halle (Saale), Germany", _("sends our newsletter")), HOST),
    origin=_("You, when you filled in the form"),
    order=80,
)


@datamap.register(NewsletterSubscription)
class NewsletterSubscriptionPrivacy(datamap.ModelPrivacy):
    category = NEWSLETTER
    label = "{email}"
    fields = ("email", "status", "topics", "asked_at", "asked_from_ip", "confirmed_at", "confirmed_from_ip", "ended_at")
    withheld = {"confirm_token": _("It would let others subscribe or unsubscribe you.")}
    portable = ("email", "topics")
    match = Match(email="email")
    erasure = Delete()
