"""What Django's own apps hold about a person, described once. A host's own declaration replaces these."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.vocabulary import Category, LegalBasis, Purpose

ADMINISTRATION = Category(
    "administration",
    title=_("Work in the back office"),
    description=_("What you changed as a member of our staff, so that a mistake can be traced"),
    purposes=(Purpose("dpv:RecordManagement", _("To see who changed what")),),
    legal_basis=LegalBasis.LEGITIMATE_INTEREST,
    origin=_("You, when you worked in the back office"),
    order=95,
)


class LogEntryPrivacy(ModelPrivacy):
    category = ADMINISTRATION
    title = _("Changes that you made in the back office")
    fields = ("action_time", "content_type", "action_flag", "object_repr", "change_message")
    withheld = {"object_id": _("The number of a record, of no meaning by itself.")}
    order_by = "-action_time"


def describe() -> None:
    """Register the defaults of the apps that are installed."""
    if apps.is_installed("django.contrib.admin"):
        registry.register("admin.LogEntry", default=True)(LogEntryPrivacy)
