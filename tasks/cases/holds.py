"""Legal holds as pages read them: who is held, why, until when it is looked at again; and what a hold stops."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
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
    """A hold for those who may see it. Its reason is opened, its person looked up, where a page shows them."""

    hold: Hold
    covers: str
    is_overdue: bool

    @cached_property
    def reason(self) -> str:
        """Why, unsealed."""
        return holds.reason(self.hold)

    @cached_property
    def person(self) -> str:
        """Model and key of the person."""
        subject = holds.subject_of(self.hold)
        return f"{subject.label} {key_text(subject)}"

    @cached_property
    def cases(self) -> list[str]:
        """The person's open cases, by reference."""
        return list(open_cases(holds.subject_of(self.hold)).values_list("reference", flat=True))


def listed(*, at: datetime) -> list[Held]:
    """Every hold, the one whose review is due first on top."""
    return _seen(holds.active(), at=at)


def on_case(case: Case, *, at: datetime) -> list[Held]:
    """The holds on the person of a case."""
    return _seen(_of(case), at=at)


def whole(case: Case) -> Hold | None:
    """The hold that covers everything of the person of a case, if there is one. One query."""
    return next((hold for hold in _of(case) if not hold.category), None)


def stopping(case: Case) -> Hold | None:
    """The hold on everything of the person whose erasure this is; nothing stops a copy. One query."""
    return whole(case) if case.kind == Kind.ERASURE else None


def stops(case: Case) -> bool:
    """Whether a hold covers everything of the person whose erasure this is."""
    return stopping(case) is not None


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
    found = {policy.context.key: str(policy.context.title) for policy in registry.policies}
    return sorted(found.items(), key=lambda pair: pair[1])


def _of(case: Case) -> list[Hold]:
    try:
        return holds.held(of_case(case)) if case.subject_key else []
    except SubjectNotFound:
        return []


def _seen(found: Iterable[Hold], *, at: datetime) -> list[Held]:
    titles, today = dict(categories()), local_date(at)
    return [Held(hold, _covers(hold, titles), hold.review_on < today) for hold in found]


def _covers(hold: Hold, titles: Mapping[str, str]) -> str:
    return titles.get(hold.category, hold.category) or _("Everything")


def open_cases(subject: Subject) -> QuerySet[Case]:
    """The person's cases that are not answered."""
    return Case.objects.filter(
        subject_label=subject.label,
        subject_key=key_text(subject),
        subject_alias=subject.using,
        state__in=sorted(OPEN),
    ).order_by("received_at")
