"""From a user to the person whose data is asked for, and back from a case."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field, Model, QuerySet

from tasks.cases.models import Case, Step
from tasks.collector.subject import Subject, default_alias, parse_key, subject_model

SUBJECTS = "subjects"  # the alias of a host's own database


def subject_of(user: Any) -> Subject | None:
    """The subject that a signed-in user is; None where subjects are no users and this user is none of them.

    Where the subject model is not the user model, its first foreign key or one-to-one to the user leads there.
    """
    model, using = subject_model(), default_alias()
    if not is_among(user, using=using):
        return None
    if isinstance(user, model):
        return Subject(model, user.pk, using)
    link = user_field(model, type(user))
    if link is None:
        return None
    row: Model | None = QuerySet(model=model, using=using).filter(**{link.attname: user.pk}).order_by("pk").first()
    return Subject(model, row.pk, using) if row else None


def user_field(model: type[Model], user_model: type[Model]) -> "Field[Any, Any] | None":
    """The first foreign key or one-to-one from the subject model to the user model: it leads to the account."""
    user = user_model._meta.concrete_model
    return next((f for f in model._meta.concrete_fields if f.is_relation and f.related_model is user), None)


def is_among(user: Any, *, using: str) -> bool:
    """Whether an account is one of the people's in ``using``.

    Where those have a database of their own (alias ``subjects``), the desk's accounts are others: number 3 here and
    number 3 there are two people.
    """
    return using != SUBJECTS or user._state.db in {SUBJECTS, "replica"}


def has_account(case: Case) -> bool:
    """Whether the case's person is an account of the desk's own sign-in."""
    own = case.subject_label == get_user_model()._meta.label and case.subject_alias != SUBJECTS
    return own and bool(case.subject_key)


def key_text(subject: Subject) -> str:
    """The primary key as a case remembers it; a composite one is a JSON array."""
    return json.dumps([str(part) for part in subject.pk]) if isinstance(subject.pk, tuple) else str(subject.pk)


def name_of(subject: Subject) -> str:
    """``"auth.User:3"``: the person, without saying who."""
    return f"{subject.label}:{key_text(subject)}"


def of_case(case: Case) -> Subject:
    """The subject of a case, whether or not its row is still there.

    Raises:
        SubjectNotFound: the case has forgotten its subject.
    """
    model = subject_model(case.subject_label)
    return Subject(model, parse_key(model, case.subject_key), case.subject_alias)


@dataclass(frozen=True)
class Known(Subject):
    """A person whose row may be gone, or may not be read here, with what was known of them."""

    values: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def identifiers(self) -> dict[str, list[str]]:
        """What was known to point at this person."""
        return self.values

    def known(self, name: str) -> list[tuple[Any, datetime | None]]:
        """The values that were known under ``name``."""
        return [(value, None) for value in self.values.get(name, [])]

    @classmethod
    def of(cls, subject: Subject) -> "Known":
        """The same person with what is known of them now."""
        return cls(subject.model, subject.pk, subject.using, subject.identifiers())


def sealed(subject: Subject) -> str:
    """A person as a step keeps them to erase them in one source later: key and identifiers."""
    return json.dumps({"key": key_text(subject), "values": subject.identifiers()})


def of_step(step: Step) -> Subject:
    """The subject of a step: of its case, or as it was known when the account was there.

    Raises:
        SubjectNotFound: the case has forgotten its subject.
    """
    if not step.known:
        return of_case(step.case)
    model, known = subject_model(step.case.subject_label), json.loads(step.known)
    return Known(model, parse_key(model, known["key"]), step.case.subject_alias, known["values"])
