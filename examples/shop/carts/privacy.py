"""What Kestrel & Moss's Redis remembers of a customer. It is asked where SHOP_REDIS_URL says that it runs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from tasks import datamap
from tasks.collector.sources import Member, RedisSource
from tasks.datamap import LegalBasis, Purpose, Retention


class CartPrivacy(RedisSource):
    """Carts by the customer's number, devices by their address, and the quiz that everybody shares."""

    key = "carts"
    title = _("Shopping cart and visits")
    description = _("What lies in your cart, and what you looked at")
    purposes = (Purpose("dpv:ServiceProvision", _("To keep your cart until you come back")),)
    legal_basis = LegalBasis.CONTRACT
    retention = Retention(_("Thirty days after your last visit"))
    recipients = (HOST,)
    origin = _("Your visits to the shop")

    url = settings.SHOP_REDIS_URL
    patterns = {
        "cart:{user.pk}": _("Shopping cart"),
        "viewed:{user.pk}": _("Goods that you looked at"),
        "device:*:{email}": _("Devices that we remember"),
    }
    parts = (Member("quiz:*", "{user.pk}", _("Points in the tea quiz")),)
    labels = {"expires_at": _("Goes by itself on"), "score": _("Points")}


if CartPrivacy.url:
    datamap.register_source(CartPrivacy)
