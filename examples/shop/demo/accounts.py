"""The accounts of the tour. Their secrets are public: never use them outside a demo."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

PASSWORD = "kestrel-and-moss"
AUTHENTICATORS = {"dana": "DANAWHITFIELDKESTRELMOSSDEMO2345", "axel": "AXELBRANDTKESTRELANDMOSSDEMO2345"}
ROLES: dict[str, tuple[str, ...]] = {
    "alice": (),
    "bob": (),
    "dana": ("Data protection officers", "Privacy handlers"),
    "axel": ("Privacy approvers",),
}


@dataclass(frozen=True)
class Account:
    """A line of the demo's start message and of its page of codes."""

    username: str
    name: str
    who: object

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    @property
    def secret(self) -> str:
        """The authenticator's secret, or an empty text."""
        return AUTHENTICATORS.get(self.username, "")


ACCOUNTS = (
    Account("alice", "Alice Okafor", _("a customer with much data")),
    Account("bob", "Bob Lindqvist", _("another customer")),
    Account("dana", "Dana Whitfield", _("data protection officer, works the cases")),
    Account("axel", "Axel Brandt", _("approves")),
)
