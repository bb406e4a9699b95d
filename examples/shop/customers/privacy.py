"""What Kestrel & Moss holds about a customer's account, and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.models import User
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from examples.shop.customers.models import Address, AuditLog, BusinessProfile, Follow, LoginEvent, Notification, Profile
from portal import privacy as defaults
from tasks import datamap
from tasks.datamap import (
    Anonymise,
    Blank,
    Category,
    Delete,
    LegalBasis,
    Match,
    Null,
    Purpose,
    Recipient,
    Retention,
    months,
)

HOST = Recipient("Pleiße Rechenzentrum", "Leipzig, Germany", _("runs our servers"))

ACCOUNT = Category(
    "account",
    title=_("Account and addresses"),
    description=_("So that you can sign in and parcels reach you"),
    purposes=(
        Purpose("dpv:AccountManagement", _("To let you sign in")),
        Purpose("dpv:DeliveryOfGoods", _("To deliver to the address that you choose")),
    ),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(_("While your account exists")),
    recipients=(HOST,),
    origin=_("You, when you signed up or changed your profile"),
    order=10,
)
SECURITY = Category(
    "security",
    title=_("Sign-ins and security"),
    description=_("To notice when somebody else signs in"),
    purposes=(Purpose("dpv:FraudPreventionAndDetection", _("To notice when somebody else uses your account")),),
    legal_basis=LegalBasis.LEGITIMATE_INTEREST,
    retention=Retention(_("Twelve months"), months(12)),
    recipients=(HOST,),
    origin=_("Your devices, when you signed in"),
    order=90,
)
MESSAGES = Category(
    "notifications",
    title=_("Notifications"),
    description=_("What we told you in the shop"),
    purposes=(Purpose("dpv:ServiceProvision", _("To tell you about parcels, answers and prices that you watch")),),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(_("Two years"), months(24)),
    recipients=(HOST,),
    origin=_("Made by the shop from what happened on your account"),
    order=70,
)
SOCIAL = Category(
    "follows",
    title=_("People you follow"),
    description=_("Whose posts you want to see, and who wants to see yours"),
    purposes=(Purpose("dpv:SocialMediaManagement", _("To show posts of the people that somebody follows")),),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(_("Until one of the two ends it")),
    recipients=(HOST,),
    origin=_("You, and the people who follow you"),
    order=65,
)


def emails(user: Any) -> Iterator[str]:
    """Each address that the person has proved to be theirs: an unproved one may be a stranger's."""
    yield user.email
    yield from EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)


def names(user: Any) -> Iterator[str]:
    """The names under which a text may speak of the person."""
    yield user.get_full_name()
    yield from Profile.objects.filter(user=user).values_list("display_name", flat=True)


def ip_addresses(user: Any) -> Iterator[tuple[str, datetime]]:
    """The IP addresses from which the person signed in, each with the last moment of each day."""
    mine = LoginEvent.objects.filter(user=user, outcome=LoginEvent.Outcome.SIGNED_IN).order_by()
    yield from mine.values("ip", "at__date").annotate(last=Max("at")).values_list("ip", "last")


@datamap.register(User)
class UserPrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    title = _("Account")
    label = "{username}"  # other people's answers show it, so it is no legal name
    fields = (
        "first_name",
        "last_name",
        "email",
        "username",
        "date_joined",
        "last_login",
        "is_active",
        "is_staff",
        "is_superuser",
    )
    withheld = {"password": _("It would let others in. We hold a scrambled form of it only.")}
    portable = ("first_name", "last_name", "email")
    labels = {
        "username": _("Internal name"),
        "date_joined": _("Signed up"),
        "last_login": _("Last sign-in"),
        "is_staff": _("Works for us"),
        "is_superuser": _("May administrate the shop"),
    }
    identifiers = {"email": emails, "name": names, "phone": "profile__phone", "ip": ip_addresses}
    erasure = Delete()


@datamap.register(User.groups.through)
class RolePrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    title = _("Roles")
    fields = ("group",)
    erasure = Delete()


datamap.exempt(User.user_permissions.through, because="Technical: what an account may do in the shop's back office.")


@datamap.register(EmailAddress)  # replaces the default: the same fields in our own category
class EmailAddressPrivacy(defaults.EmailAddressPrivacy):
    category = ACCOUNT


@datamap.register(EmailConfirmation)
class EmailConfirmationPrivacy(defaults.EmailConfirmationPrivacy):
    category = ACCOUNT


@datamap.register(Profile)
class ProfilePrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    label = "{display_name}"
    fields = ("display_name", "phone", "birth_date", "language", "about", "member_since", "preferences")
    portable = ("display_name", "phone", "birth_date", "language", "about", "preferences")
    erasure = Delete()


@datamap.register(BusinessProfile)  # only its own fields: those of Profile are declared there
class BusinessProfilePrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    label = "{company}"
    fields = ("company", "vat_number")
    third_party = {"accounts_contact": _("a colleague of yours")}
    portable = ("company", "vat_number")
    erasure = Delete()


@datamap.register(Address)
class AddressPrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    label = "{street}, {city}"
    fields = ("title", "recipient", "street", "postcode", "city", "country", "is_default")
    portable = fields
    erasure = Delete()


@datamap.register(LoginEvent)
class LoginEventPrivacy(datamap.ModelPrivacy):
    category = SECURITY
    fields = ("at", "outcome", "ip", "user_agent")
    order_by = "-at"
    group_by = "at__month"
    summary = ("outcome",)
    follow = {"user": True}  # the key is set to null when an account goes, but the row is the person's
    # Attempts before a sign-in name nobody. On the same day, from the same address, they were the person's.
    match = Match(ip="ip", within=timedelta(days=1), at="at")
    erasure = Delete()

    def display_user_agent(self, event: Any) -> str:
        """Say "Firefox, Linux" for what the browser sent; the raw text stays beside it."""
        return device(event.user_agent)


@lru_cache(maxsize=1_000)  # few devices, many sign-ins
def device(user_agent: str) -> str:
    known = ("Firefox", "Chrome", "Safari"), ("Android", "iPhone", "Windows", "Macintosh", "Linux")
    found = [next((name for name in names if name in user_agent), "") for names in known]
    return ", ".join(filter(None, found)) or user_agent


@datamap.register(AuditLog)
class AuditLogPrivacy(datamap.ModelPrivacy):
    category = SECURITY
    title = _("Changes to your account")
    retention = Retention(_("Three years"), months(36))
    fields = ("at", "action", "detail", "ip")
    order_by = "-at"
    summary = ("action",)
    follow = True
    erasure = Anonymise(
        (Null("user", "ip"), Blank("detail")),
        because=_("That something was changed stays, so that the log has no holes; whose account it was goes."),
    )


@datamap.register(Notification)
class NotificationPrivacy(datamap.ModelPrivacy):
    category = MESSAGES
    fields = ("sent_at", "kind", "payload", "read_at")
    order_by = "-sent_at"
    summary = ("kind",)
    erasure = Delete()

    def display_payload(self, notification: Any) -> str:
        return str(notification.payload.get("text", ""))


@datamap.register(Follow)
class FollowPrivacy(datamap.ModelPrivacy):
    category = SOCIAL
    fields = ("follower", "followed", "since")  # both: which of the two is the person differs by row
    order_by = "-since"
    erasure = Delete()


@datamap.sweep(
    _("Inactive customers"),
    every="1 day",
    notice="30 days",
    language="profile__language",
    description=_("You have not signed in for two years."),
)
def inactive(at: datetime) -> QuerySet[User]:
    """Nobody signed in for two years. Whoever was told and signs in is no longer among them."""
    since = at - timedelta(days=730)
    signed_in = LoginEvent.objects.filter(outcome=LoginEvent.Outcome.SIGNED_IN, at__gte=since, user__isnull=False)
    return User.objects.filter(is_active=True, date_joined__lt=since).exclude(
        Q(last_login__gte=since) | Q(pk__in=signed_in.values("user"))
    )


@datamap.sweep(
    _("Accounts to be deleted"),
    every="1 day",
    description=_("Customers who closed their account. It can be opened again for thirty days."),
)
def pending(at: datetime) -> QuerySet[User]:
    """Closed by themselves thirty days ago or earlier, and not opened again."""
    closed = AuditLog.objects.filter(action=AuditLog.Action.CLOSED, at__lt=at - timedelta(days=30), user__isnull=False)
    return User.objects.filter(is_active=False, pk__in=closed.values("user"))
