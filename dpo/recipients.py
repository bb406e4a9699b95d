"""The recipients of what was erased, as a case's page draws them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dpo.forms import Office, Text
from tasks.cases import notifying
from tasks.cases.models import Case
from tasks.cases.models.notification import Telling

WAYS = {
    "webhook": gettext_lazy("by a signed message"),
    "mail": gettext_lazy("by mail"),
    "post": gettext_lazy("by a letter that you print"),
}


class ToldForm(Office):
    """How somebody of the office told a recipient."""

    note = Text(gettext_lazy("How did you tell them?"), required=gettext_lazy("Say when and how they were told."))


@dataclass(frozen=True)
class Row:
    """One recipient with its state in words, and the form to settle it where it is open."""

    told: notifying.Told
    way: str
    status: tuple[str, str, str]
    form: Office | None


def rows(case: Case) -> list[Row]:
    """A row per recipient; none before an erasure is done."""
    return [
        Row(told, str(WAYS.get(told.way, told.way)), _status(told), None if told.is_settled else form(case, told.key))
        for told in notifying.of_case(case)
    ]


def form(case: Case, key: int, data: Any = None) -> ToldForm:
    """The form of one recipient; its fields carry its number, so that no id comes twice."""
    return ToldForm(data, case=case, action=f"told-{key}")


def _status(told: notifying.Told) -> tuple[str, str, str]:
    if told.is_settled:
        return "done", "check", _("Told")
    if told.state == Telling.OPEN:
        return "wait", "warn", _("Somebody has to tell them")
    return ("wait", "warn", _("Not told yet")) if told.error else ("soft", "mail", _("On its way"))
