"""Six digits by e-mail. The session holds a keyed hash of them, never the digits."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.module_loading import import_string

from portal import languages, limits
from tasks import conf
from tasks.cases import letters

SESSION_KEY = "dossier_code"
VALID = timedelta(minutes=10)
TRIES = 5


class Verdict(StrEnum):
    """What a typed code turned out to be."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"  # tried too often
    NONE = "none"  # nothing was sent


@dataclass(frozen=True)
class Sent:
    """The code that is out: until when it works and how many tries are left."""

    until: datetime
    left: int


def mailbox(user: AbstractBaseUser | Any) -> str:
    """The address that codes go to, else nothing.

    What the project's ``confirmed_email`` gives; else allauth's verified address, the primary one first. A project
    without both has nobody who says whether an address is confirmed: then codes go to those only who have no
    password, and whose sign-in elsewhere stands for their address.
    """
    if conf.confirmed_email:
        return str(import_string(conf.confirmed_email)(user) or "")
    if not apps.is_installed("allauth.account"):
        return "" if user.has_usable_password() else account_address(user)
    from allauth.account.models import EmailAddress

    verified = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk").first()
    return verified.email if verified else ""


def account_address(user: AbstractBaseUser | Any) -> str:
    """The address that the account itself holds, confirmed or not."""
    field = user.get_email_field_name() if hasattr(user, "get_email_field_name") else "email"
    return str(getattr(user, field, "") or "")


def send(request: HttpRequest, *, at: datetime) -> bool:
    """Mail a new code to the signed-in person. False if too many were asked for, or there is no address."""
    to = mailbox(request.user)
    if not to or not limits.allow("code", request.user.pk, times=6, seconds=3600, at=at):
        return False
    digits = f"{secrets.randbelow(1_000_000):06}"
    request.session[SESSION_KEY] = {"hash": _hash(request, digits), "at": at.timestamp(), "left": TRIES}
    letters.send_code(to, code=digits, language=languages.current(), minutes=VALID.seconds // 60)
    return True


def outstanding(request: HttpRequest, *, at: datetime) -> Sent | None:
    """The code that was sent and may still be typed."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["left"] < 1 or at >= _until(kept):
        return None
    return Sent(_until(kept), kept["left"])


def check(request: HttpRequest, typed: str, *, at: datetime) -> Verdict:
    """Compare what somebody typed; a right code works once, a wrong one costs a try."""
    kept = request.session.get(SESSION_KEY)
    if not kept:
        return Verdict.NONE
    if at >= _until(kept):
        return Verdict.EXPIRED
    if kept["left"] < 1 or not limits.allow("code-try", request.user.pk, times=20, seconds=3600, at=at):
        return Verdict.SPENT
    if constant_time_compare(kept["hash"], _hash(request, typed)):
        del request.session[SESSION_KEY]
        return Verdict.RIGHT
    request.session[SESSION_KEY] = {**kept, "left": kept["left"] - 1}
    return Verdict.WRONG if kept["left"] > 1 else Verdict.SPENT


def forget(request: HttpRequest) -> None:
    """Drop the code that is out."""
    request.session.pop(SESSION_KEY, None)


def _until(kept: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(kept["at"], UTC) + VALID


def _hash(request: HttpRequest, digits: str) -> str:
    return salted_hmac("portal.codes", f"{request.user.pk}:{digits}", algorithm="sha256").hexdigest()
