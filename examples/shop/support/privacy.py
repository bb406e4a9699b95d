"""What Kestrel & Moss holds about questions to its support."""

from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from examples.shop.support.models import Attachment, Ticket, TicketMessage
from tasks import datamap
from tasks.datamap import Blank, Category, Delete, Keep, LegalBasis, Null, Purpose, Retention, calendar_years

SUPPORT = Category(
    "support",
    title=_("Support"),
    description=_("To answer what you asked us"),
    purposes=(
        Purpose("dpv:CommunicationForCustomerCare", _("To answer you")),
        Purpose("dpv:LegalClaim", _("To defend claims from a purchase")),
    ),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(
        _("Until 31 December of the third year after the last message"), calendar_years(3), "§§ 195, 199 BGB"
    ),
    recipients=(HOST,),
    origin=_("You, and the members of our staff who answered"),
    order=40,
)


@datamap.register(Ticket)
class TicketPrivacy(datamap.ModelPrivacy):
    category = SUPPORT
    label = "Conversation {number}"
    fields = ("number", "subject", "status", "order", "phone", "opened_at", "changed_at")
    portable = ("number", "subject", "opened_at")
    order_by = "-opened_at"
    follow = {"customer": True}
    erasure = Keep(
        for_=calendar_years(3),
        after="changed_at",
        because=_("Claims can be made until then: §§ 195, 199 BGB"),
        meanwhile=(Null("customer"), Blank("phone")),
    )


@datamap.register(TicketMessage)
class TicketMessagePrivacy(datamap.ModelPrivacy):
    category = SUPPORT
    fields = ("ticket", "sent_at", "from_staff", "text")
    third_party = {"agent": _("a member of our staff")}
    portable = ("sent_at", "text")
    order_by = ("ticket", "sent_at")
    group_by = "ticket"
    follow = {"agent": False}  # a conversation is the customer's, not that of the one who answers
    erasure = Keep(because=_("Part of the conversation, and deleted with it"))


@datamap.register(Attachment)
class AttachmentPrivacy(datamap.ModelPrivacy):
    category = SUPPORT
    label = "{name}"
    fields = ("name", "file", "media_type", "uploaded_at")
    portable = ("file",)
    follow = True  # nothing but a generic key says that the file belongs to a message
    erasure = Delete()  # the words of a conversation are enough to defend a claim
