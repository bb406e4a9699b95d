"""What Kestrel & Moss's CouchDB holds about a customer. It is asked where SHOP_COUCHDB_URL says that it runs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from tasks import datamap
from tasks.collector.sources import CouchSource, Find, View
from tasks.datamap import LegalBasis, Purpose, Retention


class PreferencePrivacy(CouchSource):
    """Preferences by a Mango selector, with the picture that somebody put in; saved searches by a view."""

    key = "preferences"
    title = _("Preferences")
    description = _("How you want the shop to be")
    purposes = (Purpose("dpv:Personalisation", _("To show you the shop as you want it")),)
    legal_basis = LegalBasis.CONTRACT
    retention = Retention(_("While your account exists"))
    recipients = (HOST,)
    origin = _("You, on the page of your preferences")

    url, database = settings.SHOP_COUCHDB_URL, "preferences"
    documents = {
        "display": Find({"type": "display", "customer": "{user.pk}"}, _("Display")),
        "searches": View("customers/searches", "{user.pk}", _("Saved searches")),
    }
    fields = ("theme", "units", "favourites", "words", "saved_on", "attachments")
    withheld = {
        "type": _("Says only what kind of record it is."),
        "customer": _("Your number, which the account shows."),
    }
    portable = ("units", "favourites", "words")
    labels = {"attachments": _("Background picture")}


if PreferencePrivacy.url:
    datamap.register_source(PreferencePrivacy)
