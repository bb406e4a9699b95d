"""What Kestrel & Moss's loyalty service holds. It runs beside the shop, and is asked where it runs."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from tasks import datamap
from tasks.collector.sources import HttpSource
from tasks.datamap import LegalBasis, Purpose, Retention


class LoyaltyPrivacy(HttpSource):
    """Points, coupons and club cards, by the address that somebody signs in with."""

    key = "loyalty"
    title = _("Loyalty programme")
    description = _("Points, coupons and your club card")
    fields = ("booked_on", "points", "reason", "invoice", "worth")
    portable = ("booked_on", "points", "reason", "worth")
    purposes = (Purpose("dpv:CustomerRelationshipManagement", _("To give you something back for what you buy")),)
    legal_basis = LegalBasis.CONTRACT
    retention = Retention(_("While your account exists; points that paid an invoice ten years, by bookkeeping law"))
    recipients = (HOST,)
    origin = _("You, when you bought something or used a coupon")

    url, secret, key_id = settings.LOYALTY_URL, settings.LOYALTY_SECRET, "demo"
    callback = True

    def identify(self, subject: Any) -> dict[str, str]:
        """The service knows members by their address, and needs nothing else."""
        return {"email": next(iter(subject.identifiers().get("email", [])), "")}


if LoyaltyPrivacy.url:
    datamap.register_source(LoyaltyPrivacy)
