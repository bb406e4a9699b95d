"""What the club holds about its members."""

from django.utils.translation import gettext_lazy as _

from members.models import Fee, Member, Outing
from tasks import datamap
from tasks.datamap import Blank, Delete, Keep, years


@datamap.register(Member)
class MemberPrivacy(datamap.ModelPrivacy):
    category = "account"
    fields = ("email", "called", "licence", "last_login", "is_active", "is_staff", "is_superuser")
    withheld = {"password": _("A scrambled form of your password. Nobody can read it, and it is of no use to you.")}
    erasure = Delete()


@datamap.register(Outing)
class OutingPrivacy(datamap.ModelPrivacy):
    category = datamap.Category("outings", title=_("Outings"))
    label = "{boat}"
    fields = ("on", "boat")
    erasure = Delete()


@datamap.register(Fee)
class FeePrivacy(datamap.ModelPrivacy):
    category = datamap.Category("fees", title=_("Fees"))
    label = "Fee {year}"
    follow = {"member": True}
    fields = ("year", "amount", "paid_on", "payer")
    erasure = Keep(for_=years(8), after="paid_on", because=_("Bookkeeping: § 147 AO"), meanwhile=Blank("payer"))
