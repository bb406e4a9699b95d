"""Letters to the person and to the office: written with their cause, posted after it, tried again.

No letter holds a name, an address or a record, none has an attachment, and a link alone opens nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from tasks import conf
from tasks.cases import pages, queue
from tasks.cases.contact import verified_addresses
from tasks.cases.deadlines import zone
from tasks.cases.models import Case, Letter
from tasks.cases.recipients import office_of
from tasks.cases.states import Kind
from tasks.errors import DossierError

NOT_ME, NOT_ME_DAYS = "dossier.not-me", 60
TRIES = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
#: Letters that go to every verified address, because they warn of a takeover.
TO_ALL = frozenset({"acknowledgement", "frozen"})


class LinkExpired(DossierError):
    """The link of a letter that is too old to do anything."""


@dataclass(frozen=True)
class Rendered:
    """A letter as it will be read."""

    subject: str
    text: str
    html: str


def send(case: Case, template: str, *, at: datetime, audience: str = Letter.SUBJECT, **context: Any) -> Letter:
    """Write a letter in the caller's transaction; it is posted after the commit.

    ``context`` is what the template needs beyond the case; it stands sealed until the letter was sent. Words that are
    translated late are put down in the reader's language, not in that of whoever decides.
    """
    with translation.override(_language(case, audience)):
        words = json.dumps(context, default=str) if context else ""
    letter = Letter.objects.create(
        case=case,
        template=template,
        audience=audience,
        context=words,
        written_at=at,
        next_try_at=at,
    )
    queue.soon("dossier.post", letter_id=str(letter.pk))
    return letter


def post(letter_id: int | str, *, at: datetime) -> bool:
    """Post one letter; safe to call twice. A server that does not take it is asked again later.

    True if it went out now.
    """
    claimed = Letter.objects.filter(pk=letter_id, sent_at=None, next_try_at__lte=at)
    if not claimed.update(next_try_at=at + timedelta(seconds=conf.lease_seconds)):
        return False
    letter = Letter.objects.select_related("case").get(pk=letter_id)
    try:
        _deliver(letter)
    except Exception as error:  # noqa: BLE001 -- every mail backend has exceptions of its own, and their texts hold addresses
        _failed(letter, type(error).__name__, at=at)
        return False
    Letter.objects.filter(pk=letter.pk).update(sent_at=at, next_try_at=None, context="", error="")
    _forget_contact(letter.case)
    return True


def _deliver(letter: Letter) -> None:
    to = _addresses(letter)
    context = json.loads(letter.context or "{}")
    content = render(letter.case, letter.template, language=_language(letter.case, letter.audience), **context)
    for address in to:  # one mail each: nobody learns another's address
        mail(address, content)


def _language(case: Case, audience: str) -> str:
    """The person's own; the installation's for the office, which may not read the person's."""
    own = "" if audience == Letter.OFFICE else case.language
    return own or settings.LANGUAGE_CODE


def _addresses(letter: Letter) -> list[str]:
    case = letter.case
    if letter.audience == Letter.OFFICE:
        return office_of(case)
    if letter.template in TO_ALL:
        return verified_addresses(case)
    return [case.contact] if case.contact else []


def _failed(letter: Letter, error: str, *, at: datetime) -> None:
    tries = letter.attempts + 1
    Letter.objects.filter(pk=letter.pk).update(attempts=tries, error=error, next_try_at=again_at(tries, at=at))


def again_at(tries: int, *, at: datetime) -> datetime | None:
    """When something that failed ``tries`` times is tried again: each pause is twice the last; None: never."""
    return at + min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE) if tries < TRIES else None


def _forget_contact(case: Case) -> None:
    """After the last letter of an erasure that is closed, nothing needs the address any more."""
    if case.kind == Kind.ERASURE and not case.subject_key and not case.letters.exclude(next_try_at=None).exists():
        Case.objects.filter(pk=case.pk, subject_key="").update(contact="", contact_print="")


def render(case: Case, template: str, *, language: str = "", **context: Any) -> Rendered:
    """A letter in the person's language unless another is named, dates in the controller's time zone."""
    language = language or _language(case, Letter.SUBJECT)
    return rendered(template, {**_about(case), **context}, language=language)


def rendered(template: str, values: Mapping[str, Any], *, language: str) -> Rendered:
    """A letter in ``language``, from its two templates. The first line of the text is its subject."""
    values = {"language": language, **values}
    with translation.override(language):
        text = render_to_string(f"dossier/letters/{template}.txt", values)
        html = render_to_string(f"dossier/letters/{template}.html", values)
    subject, _, body = text.strip().partition("\n")
    return Rendered(subject.removeprefix("Subject:").strip(), body.strip() + "\n", html)


def mail(address: str, letter: Rendered) -> None:
    """Send a letter to one address now.

    Raises:
        OSError: the mail server did not take it.
    """
    message = EmailMultiAlternatives(letter.subject, letter.text, None, [address])
    message.attach_alternative(letter.html, "text/html")
    message.send()


def preview(case: Case, template: str, **context: Any) -> Rendered:
    """The letter as it would go out, without sending it."""
    return render(case, template, **context)


def send_code(address: str, *, code: str, language: str, minutes: int) -> None:
    """Mail a code to somebody who confirms who they are. Belongs to no case and is never stored.

    Raises:
        OSError: the mail server did not take it.
    """
    values = {"code": code, "minutes": minutes, "controller": conf.controller, "desk": conf.site_url}
    mail(address, rendered("code", values, language=language))


def _about(case: Case) -> dict[str, Any]:
    return {
        "case": case,
        "reference": case.reference,
        "is_access": case.kind == Kind.ACCESS,
        "due_on": case.strict_due_on,
        "adjusted_due_on": case.adjusted_due_on(),
        "controller": conf.controller,
        "case_url": link("portal:case", case.reference),
        "office_url": link("dpo:case", case.reference),
        "not_me_url": link("portal:not_me", not_me_token(case)),
        "receipt_url": link("portal:receipt"),
        "zone": zone(),
    }


def link(name: str, *args: str) -> str:
    """An address that stands in a mail; the front door where a project has no such page."""
    path = pages.address(name, args=args)
    return f"{conf.site_url.rstrip('/')}{path}" if path else str(conf.site_url)


def not_me_token(case: Case) -> str:
    """What "This wasn't me" carries: the signed id of the case and the moment of the letter, nothing else."""
    return signing.dumps(str(case.pk), salt=NOT_ME)


def case_of_not_me(token: str, *, at: datetime) -> Case:
    """The case that a "This wasn't me" link speaks of. Each letter has a new link, which works for 60 days.

    Raises:
        LinkExpired: the letter is older than that.
        Case.DoesNotExist: no such case, or somebody made the token up.
    """
    try:
        key = signing.loads(token, salt=NOT_ME)
    except signing.BadSignature as error:
        raise Case.DoesNotExist("this link was not made here.") from error
    written = signing.b62_decode(token.split(":")[-2])  # the signature covers it
    if at.timestamp() - written > NOT_ME_DAYS * 24 * 3600:
        raise LinkExpired("a link of a letter that is too old.")
    return Case.objects.get(pk=key)
