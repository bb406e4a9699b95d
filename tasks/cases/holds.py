"""Legal holds as pages read them: who is held, why, until when it is looked at again; and what a hold stops."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks.cases.deadlines import local_date
from tasks.cases.models import Case
from tasks.cases.states import OPEN, Kind
from tasks.cases.subjects import key_text, of_case
from tasks.collector import Subject
from tasks.datamap import registry
from tasks.erasure import holds
from tasks.erasure.models import Hold
from tasks.errors import SubjectNotFound


@dataclass(frozen=True)
class Held:
    """A hold, opened for those who may see it. ``cases`` are the person's open ones, by reference."""

    hold: Hold
    covers: str
    reason: str
    is_overdue: bool
    person: str
    cases: list[str]


def listed(*, at: datetime) -> list[Held]:
    """Every hold, the one whose review is due first on top."""
    return [_opened(hold, at=at) for hold in holds.active()]


def on_case(case: Case, *, at: datetime) -> list[Held]:
    """The holds on the person of a case."""
    return [_opened(hold, at=at) for hold in _of(case)]


def stops(case: Case) -> bool:
    """Whether a hold covers everything of the person whose erasure this is."""
    return case.kind == Kind.ERASURE and any(not hold.category for hold in _of(case))


def is_told(case: Case) -> bool:
    """Whether the person may read that a hold stops their erasure."""
    return case.kind == Kind.ERASURE and any(hold.told for hold in _of(case) if not hold.category)


def stopped(cases: Iterable[Case]) -> set[UUID]:
    """Those of ``cases`` that a hold on everything stops, in one query."""
    whole = {(hold.subject_label, hold.subject_key, hold.using) for hold in holds.active().filter(category="")}
    return {case.pk for case in cases if whole and case.kind == Kind.ERASURE and _name_of(case) in whole}


def _name_of(case: Case) -> tuple[str, str, str]:
    try:
        subject = of_case(case) if case.subject_key else None
    except SubjectNotFound:
        subject = None
    return (subject.label, holds.key_of(subject), subject.using) if subject else ("", "", "")


def overdue(*, at: datetime) -> int:
    """How many holds wait to be reviewed."""
    return holds.active().filter(review_on__lt=local_date(at)).count()


def categories() -> list[tuple[str, str]]:
    """What a hold may cover beside everything: key and title of each category with models or sources of the host."""
    policies = (*registry, *registry.sources.values())
    found = {policy.context.key: str(policy.context.title) for policy in policies}
    return sorted(found.items(), key=lambda pair: pair[1])


def _of(case: Case) -> list[Hold]:
    try:
        return holds.held(of_case(case)) if case.subject_key else []
    except SubjectNotFound:
        return []


def _opened(hold: Hold, *, at: datetime) -> Held:
    subject = holds.subject_of(hold)
    return Held(
        hold=hold,
        covers=dict(categories()).get(hold.category, hold.category) or _("Everything"),
        reason=holds.reason(hold),
        is_overdue=hold.review_on < local_date(at),
        person=f"{subject.label} {key_text(subject)}",
        cases=list(open_cases(subject).values_list("reference", flat=True)),
    )


def open_cases(subject: Subject) -> QuerySet[Case]:
    """The person's cases that are not answered."""
    return Case.objects.filter(
        subject_label=subject.label,
        subject_key=key_text(subject),
        subject_alias=subject.using,
        state__in=sorted(OPEN),
    ).order_by("received_at")
