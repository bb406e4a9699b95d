"""What the sign-in library allauth holds about a person, described once for every host that uses it.

These are defaults: a host's own declaration of the same model replaces them.
"""

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from tasks import datamap
from tasks.datamap import Category, Delete, LegalBasis, Purpose, Retention, register

ACCOUNT = Category(
    "account",
    title=_("Account"),
    description=_("So that you can sign in and we can reach you"),
    purposes=(Purpose("dpv:AccountManagement", _("To let you sign in and to write to you")),),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(_("While your account exists")),
    origin=_("You, when you signed up or changed your settings"),
    order=10,
)
SECURITY = Category(
    "security",
    title=_("Sign-ins and security"),
    description=_("To notice when somebody else signs in"),
    purposes=(Purpose("dpv:IdentityAuthentication", _("To keep other people out of your account")),),
    legal_basis=LegalBasis.LEGITIMATE_INTEREST,
    retention=Retention(_("While your account exists")),
    origin=_("Your devices, when you signed in"),
    order=90,
)
WOULD_LET_OTHERS_IN = _("It would let others in.")


class EmailAddressPrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    label = "{email}"
    fields = ("email", "verified", "primary")
    portable = ("email",)
    erasure = Delete()


class EmailConfirmationPrivacy(datamap.ModelPrivacy):
    category = ACCOUNT
    title = _("E-mails that asked you to confirm an address")
    fields = ("email_address", "created", "sent")
    withheld = {"key": WOULD_LET_OTHERS_IN}
    erasure = Delete()


class AuthenticatorPrivacy(datamap.ModelPrivacy):
    category = SECURITY
    title = _("Second factors and passkeys")
    fields = ("type", "created_at", "last_used_at")
    withheld = {"data": WOULD_LET_OTHERS_IN}
    labels = {"type": _("Kind"), "created_at": _("Set up"), "last_used_at": _("Last used")}
    erasure = Delete()


class UserSessionPrivacy(datamap.ModelPrivacy):
    category = SECURITY
    title = _("Devices that are signed in")
    retention = Retention(_("Until you sign out, two weeks at most"))
    fields = ("created_at", "last_seen_at", "ip", "user_agent")
    withheld = {
        "session_key": WOULD_LET_OTHERS_IN,
        "data": _("Internal notes of the sign-in, without meaning elsewhere."),
    }
    labels = {
        "created_at": _("Signed in"),
        "last_seen_at": _("Last seen"),
        "ip": _("IP address"),
        "user_agent": _("Device"),
    }
    order_by = "-last_seen_at"
    erasure = Delete()


# A host need not have every part of allauth installed, so models are named only where they exist.
if apps.is_installed("allauth.account"):
    register("account.EmailAddress", default=True)(EmailAddressPrivacy)
    register("account.EmailConfirmation", default=True)(EmailConfirmationPrivacy)
if apps.is_installed("allauth.mfa"):
    register("mfa.Authenticator", default=True)(AuthenticatorPrivacy)
if apps.is_installed("allauth.usersessions"):
    register("usersessions.UserSession", default=True)(UserSessionPrivacy)
