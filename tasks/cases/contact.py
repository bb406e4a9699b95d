"""Where a person is written to, and how their address is shown and found again."""

from django.apps import apps

from tasks import vault
from tasks.cases.models import Case
from tasks.cases.subjects import has_account


def fingerprint(address: str) -> str:
    """A keyed fingerprint of an e-mail address, for the search; empty for none."""
    return vault.fingerprint("contact", address.strip().casefold()) if address.strip() else ""


def masked(address: str) -> str:
    """An address that its owner knows again and others do not: ``a…e@example.com``; empty where it is none.

    Of a name with two letters the last one stays hidden: with the first it would be the whole name.
    """
    name, at, domain = address.partition("@")
    if not at:
        return ""
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{domain}"


def verified_addresses(case: Case) -> list[str]:
    """The contact and, where allauth knows them, every other verified address of the account."""
    found = [case.contact] if case.contact else []
    if apps.is_installed("allauth.account") and has_account(case):
        model = apps.get_model("account", "EmailAddress")
        rows = model._default_manager.filter(user_id=case.subject_key, verified=True)
        found += list(rows.values_list("email", flat=True))
    return list({address.casefold(): address for address in reversed(found)}.values())[::-1]
