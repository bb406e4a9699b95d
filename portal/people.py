"""The person who is signed in, as the cases know them."""

from typing import Any

from django.http import Http404, HttpRequest

from portal import codes
from tasks.cases import queries
from tasks.cases.actors import Actor, full_name
from tasks.cases.models import Case
from tasks.cases.subjects import subject_of


def actor(request: HttpRequest) -> Actor:
    """Who acts."""
    return Actor.of_user(request.user)


def subject(request: HttpRequest) -> Any:
    """Whose data it is.

    Raises:
        Http404: nobody's: this user is no subject (a member of staff where customers are no users).
    """
    found = subject_of(request.user)
    if found is None:
        raise Http404("this user is no subject")
    return found


def own_case(request: HttpRequest, reference: str) -> Case:
    """The person's own case with this reference.

    Raises:
        Http404: no such case, or another person's: both look the same.
    """
    try:
        return queries.case_of(request.user, reference)
    except Case.DoesNotExist as error:
        raise Http404("no such request") from error


def contact(request: HttpRequest) -> str:
    """Where the person is written to: their confirmed address, else the one that the account holds."""
    user: Any = request.user
    return codes.mailbox(user) or codes.account_address(user)


def name(request: HttpRequest) -> str:
    """The person's name for the letterhead of their files; never shown to others."""
    user: Any = request.user
    return full_name(user)
