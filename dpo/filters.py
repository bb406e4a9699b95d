"""The inbox's filters: a GET form whose values stand in the address."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dpo import people
from dpo.words import KINDS
from tasks.cases import queries
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tasks.cases.states import State

ORDERS = ("due", "reference", "kind", "state", "handler")
#: Narrow a view; the view and the order are links of their own.
NARROWING = ("q", "kind", "state", "who")


class InboxFilters(django_filters.FilterSet):
    """Narrows a saved view. What is not a choice narrows nothing. The cases come from ``queries.inbox``."""

    q = django_filters.CharFilter(label=_("Reference or e-mail"), widget=forms.TextInput(attrs={"type": "search"}))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Any kind"), choices=[(k.value, word) for k, (_icon, word) in KINDS.items()]
    )
    state = django_filters.ChoiceFilter(label=_("State"), empty_label=_("Any state"))
    who = django_filters.ChoiceFilter(label=_("Assigned to"), empty_label=_("Anyone"))

    def __init__(self, data: QueryDict, *, by: Actor, at: datetime) -> None:
        super().__init__(data, queryset=Case.objects.none())
        self.by, self.at = by, at
        self.view = data.get("view") if data.get("view") in queries.VIEWS else queries.VIEWS[0]
        given, usual = data.get("order", ""), "-due" if self.view == "closed" else "due"
        self.order = given if given.removeprefix("-") in ORDERS else usual
        self.filters["state"].extra["choices"] = [(state.value, state.title) for state in State]
        others = [(key, name) for key, name in people.colleagues() if key != by.key]
        self.filters["who"].extra["choices"] = [("me", _("Me")), ("nobody", _("Nobody")), *others]
        self.form.fields["q"].widget.attrs["autocomplete"] = "off"

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.get(name) for name in NARROWING)

    def cases(self) -> QuerySet[Case]:
        """The cases, in their order."""
        self.form.is_valid()  # of an invalid form the valid values count
        valid: dict[str, Any] = self.form.cleaned_data
        narrowing = {name: valid.get(name) or "" for name in NARROWING}
        wanted = queries.Filters(view=str(self.view), order=self.order, **narrowing)
        return queries.inbox(wanted, by=self.by, at=self.at)

    def address(self, **changed: Any) -> str:
        """The query string with something changed; an empty value leaves a name out."""
        values = {name: self.data.get(name, "") for name in (*NARROWING, "view", "order")} | changed
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in values.items() if value})
        return f"?{query.urlencode()}"
