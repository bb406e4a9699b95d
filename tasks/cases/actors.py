"""Who acts on a case: a person with roles, or Dossier itself."""

from dataclasses import dataclass
from typing import Any

from tasks.cases.models import Case
from tasks.cases.states import Role
from tasks.cases.subjects import name_of, subject_of

#: Django groups that make somebody part of the office.
GROUPS = {
    "Privacy handlers": Role.HANDLER,
    "Privacy approvers": Role.APPROVER,
    "Data protection officers": Role.DPO,
    "Privacy auditors": Role.AUDITOR,
}


@dataclass(frozen=True)
class Actor:
    """Somebody who acts. ``key`` is ``"auth.User:3"``; ``subject`` is the person whose cases are theirs."""

    key: str
    name: str
    roles: frozenset[str]
    subject: str = ""

    @classmethod
    def of_user(cls, user: Any) -> "Actor":
        """The actor that a signed-in user is: one query for the groups, one where subjects are no users."""
        groups = user.groups.filter(name__in=GROUPS).values_list("name", flat=True) if hasattr(user, "groups") else []
        person = subject_of(user)
        return cls(
            key=f"{user._meta.label}:{user.pk}",
            name=full_name(user),
            roles=frozenset(GROUPS[name] for name in groups),
            subject=name_of(person) if person else "",
        )

    def owns(self, case: Case) -> bool:
        """Whether the case is about this person's own data."""
        return bool(case.subject_key) and self.subject == f"{case.subject_label}:{case.subject_key}"

    def roles_in(self, case: Case) -> frozenset[str]:
        """The roles towards one case: of the office, and subject where it is their own."""
        return self.roles | {Role.SUBJECT} if self.owns(case) else self.roles


def full_name(user: Any) -> str:
    """How a person is called; the name that they sign in with where their model has no other."""
    return str((user.get_full_name() if hasattr(user, "get_full_name") else "") or user.get_username())


SYSTEM = Actor("system", "Dossier", frozenset({Role.SYSTEM}))
#: Whoever opened the link "This wasn't me" in a mail. May freeze, nothing else.
MAIL_LINK = Actor("mail-link", "", frozenset())
