"""Who of the office is told about a case."""

from django.apps import apps
from django.contrib.auth import get_user_model

from tasks import conf
from tasks.cases.models import Case

HANDLERS = "Privacy handlers"


def office_of(case: Case) -> list[str]:
    """The handler's address; where there is none, all handlers'; failing that the DPO's of the settings."""
    return _addresses(case) or ([conf.controller.dpo_email] if conf.controller.dpo_email else [])


def _addresses(case: Case) -> list[str]:
    if not apps.is_installed("django.contrib.auth"):
        return []
    user = get_user_model()
    people = user._default_manager.filter(is_active=True)
    label, _, key = case.handler.partition(":")
    wanted = {"pk": key} if label == user._meta.label and key else {"groups__name": HANDLERS}
    found = people.filter(**wanted).values_list(user.get_email_field_name(), flat=True).distinct()
    return sorted(address for address in found if address)
