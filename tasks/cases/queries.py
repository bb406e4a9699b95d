"""Reading cases: whose they are, which of them the office sees, how far they are.

This is the whole reading face of the room; pages import nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from tasks.cases.actors import Actor
from tasks.cases.certifying import unconfirmed
from tasks.cases.contact import fingerprint, masked
from tasks.cases.deadlines import local_date
from tasks.cases.held import held, plan_for
from tasks.cases.history import Event, timeline
from tasks.cases.models import Case, Package
from tasks.cases.progress import progress, stages
from tasks.cases.reading import certificate, preview, receipt
from tasks.cases.references import normal
from tasks.cases.states import OPEN, State
from tasks.cases.subjects import key_text, subject_of

__all__ = [
    "VIEWS",
    "Event",
    "Filters",
    "case_for_office",
    "case_of",
    "cases_of",
    "certificate",
    "contact_of",
    "held",
    "inbox",
    "open_case",
    "packages",
    "plan_for",
    "preview",
    "progress",
    "receipt",
    "stages",
    "subject_of",
    "timeline",
    "unconfirmed",
    "views_counts",
]

#: The saved views of the inbox, in their order.
VIEWS = ("open", "due", "mine", "unassigned", "overdue", "paused", "failed", "closed")
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Filters:
    """What the inbox shows: a saved view, narrowed by kind, state, handler, and a reference or an address."""

    view: str = "open"
    kind: str = ""
    state: str = ""
    who: str = ""  # "me", "nobody" or the key of an actor
    q: str = ""
    order: str = "due"


def cases_of(user: Any) -> QuerySet[Case]:
    """The signed-in person's own cases, newest first."""
    subject = subject_of(user)
    if subject is None:
        return Case.objects.none()
    return Case.objects.filter(subject_label=subject.label, subject_key=key_text(subject)).order_by("-received_at")


def case_of(user: Any, reference: str) -> Case:
    """One of the person's own cases.

    Raises:
        Case.DoesNotExist: no such case, or somebody else's: the two cannot be told apart.
    """
    return cases_of(user).get(reference=_reference(reference))


def open_case(user: Any, kind: str) -> Case | None:
    """The person's open case of this kind, which a second request would only lead to."""
    return cases_of(user).filter(kind=kind, state__in=sorted(OPEN)).first()


def case_for_office(by: Actor, reference: str) -> Case:
    """A case for somebody of the office.

    Raises:
        Case.DoesNotExist: no such case, or no role in the office.
    """
    if not by.roles:
        raise Case.DoesNotExist("no case of this reference.")
    return Case.objects.get(reference=_reference(reference))


def packages(case: Case) -> list[Package]:
    """The files that answer a case and are still there: the report and its volumes first, then archive and data."""
    order = {"pdf": 0, "zip": 1, "json": 2}
    there = case.packages.filter(purged_at=None)
    return sorted(there, key=lambda package: (order.get(package.kind, 9), package.kind, package.position))


def contact_of(case: Case) -> str:
    """The address that the case writes to, masked: ``a…e@example.com``."""
    return masked(case.contact)


def inbox(filters: Filters, *, by: Actor, at: datetime) -> QuerySet[Case]:
    """The cases that a view and its filters show, by strict due date. Nothing for somebody without a role.

    ``strict_on`` is on each row: the date by law with an extension.
    """
    if not by.roles:
        return Case.objects.none()
    cases = _dated().filter(_view(filters.view, by=by, at=at))
    for name in ("kind", "state"):
        if value := getattr(filters, name):
            cases = cases.filter(**{name: value})
    if filters.who:
        cases = cases.filter(handler={"me": by.key, "nobody": ""}.get(filters.who, filters.who))
    if filters.q.strip():
        cases = cases.filter(_search(filters.q))
    return cases.defer("note", "contact", "extension_reason", "incomplete_reason").order_by(
        *_ORDERS.get(filters.order, _ORDERS["due"])
    )


_UNSEEN = ("note", "contact", "extension_reason", "incomplete_reason")  # sealed columns that no list shows
_ORDERS = {
    "due": ("strict_on", "received_at"),
    "-due": ("-strict_on", "-received_at"),
    "reference": ("reference",),
    "-reference": ("-reference",),
    "kind": ("kind", "strict_on"),
    "-kind": ("-kind", "strict_on"),
    "state": ("state", "strict_on"),
    "-state": ("-state", "strict_on"),
    "handler": ("handler_name", "strict_on"),
    "-handler": ("-handler_name", "strict_on"),
}


def _dated() -> QuerySet[Case]:
    return Case.objects.annotate(strict_on=Coalesce("extended_until", "due_on"))


def _view(name: str, *, by: Actor, at: datetime) -> Q:
    today = local_date(at)
    is_open = Q(state__in=sorted(OPEN))
    return {
        "open": is_open,
        "due": is_open & Q(strict_on__gte=today, strict_on__lte=today + SOON),
        "mine": is_open & Q(handler=by.key),
        "unassigned": is_open & Q(handler=""),
        "overdue": is_open & Q(strict_on__lt=today),
        "paused": Q(state=State.AWAITING_SUBJECT) | (is_open & Q(frozen_at__isnull=False)),
        "failed": Q(state=State.FAILED),
        "closed": ~is_open,
    }.get(name, is_open)


def views_counts(*, by: Actor, at: datetime) -> dict[str, int]:
    """How many cases each saved view holds: ``{"open": 31, …}``, in one query."""
    if not by.roles:
        return dict.fromkeys(VIEWS, 0)
    counted = {name: Count("pk", filter=_view(name, by=by, at=at)) for name in VIEWS}
    return dict(_dated().aggregate(**counted))


def _search(text: str) -> Q:
    """By reference, however it was typed, or by the whole address."""
    return Q(reference=_reference(text)) | (Q(contact_print=fingerprint(text)) if "@" in text else Q(pk__in=[]))


def _reference(typed: str) -> str:
    """``d26 4t7q`` as it is stored: ``D26-4T7Q``."""
    plain = normal(typed)
    return f"{plain[:3]}-{plain[3:]}"
