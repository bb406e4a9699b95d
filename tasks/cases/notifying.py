"""Recipients of what was erased are told, each once, and the certificate says who was told and who not yet.

Whom and by what the person is known to them is written down while the account is there, sealed, and removed when they
were told. Closing a case does not wait for them: the person's data is gone here, and the law asks us to tell others
"unless this proves impossible". Source: GDPR art. 19, 17(2).
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tasks import conf
from tasks.cases import delivering, letters, queue, subjects
from tasks.cases.actors import SYSTEM, Actor
from tasks.cases.models import Case, Letter, Notification
from tasks.cases.models.notification import Telling
from tasks.cases.operations.base import changing, given, record, require, write
from tasks.cases.states import STAFF, State
from tasks.cases.told import Told, of_case, with_recipients
from tasks.datamap import Recipient, registry
from tasks.datamap.telling import TellByLetter, Webhook
from tasks.erasure.sources import UNCONFIRMED
from tasks.errors import DossierError, TransitionRefused

__all__ = [
    "Told",
    "declared",
    "forget_unneeded",
    "letter",
    "of_case",
    "prepare",
    "release",
    "send_due",
    "tell",
    "tell_again",
    "told_otherwise",
    "with_recipients",
]
JOB = "dossier.tell"
AT_ONCE = 200
NOTHING_ERASED = (State.WITHDRAWN, State.REJECTED, State.EXPIRED)


def declared() -> dict[str, tuple[Recipient, dict[str, str]]]:
    """The recipients that can be told, by name, each with the categories that it receives: ``{key: title}``."""
    found: dict[str, tuple[Recipient, dict[str, str]]] = {}
    for policy in registry.policies:
        for each in policy.context.recipients:
            if each.tell is not None:
                categories = found.setdefault(each.name, (each, {}))[1]
                categories[policy.context.key] = str(policy.context.title)
    return found


def prepare(case: Case) -> None:
    """Write down whom to tell and what they know the person by, before the first row goes. Safe to repeat."""
    known = set(case.notifications.values_list("recipient", flat=True))
    for name, (recipient, categories) in declared().items():
        if name in known:
            continue
        about, error = _identified(case, recipient)
        Notification.objects.create(
            case=case,
            recipient=name,
            way=way_of(recipient),
            categories=[{"key": key, "title": title} for key, title in categories.items()],
            about=about,
            error=error,
        )


def _identified(case: Case, recipient: Recipient) -> tuple[str, str]:
    """What the recipient knows the person by, as JSON; or why that is not known, without a word about anybody."""
    try:
        with transaction.atomic(using=case.subject_alias):
            about = dict(recipient.tell.identify(subjects.of_case(case))) if recipient.tell else {}
    except Exception as error:  # noqa: BLE001 -- the host's code may raise anything, and an erasure goes on all the same
        return "", f"identify: {type(error).__name__}."
    if not all(isinstance(text, str) for text in (*about, *about.values())):
        return "", "identify: wanted {name: text}, found something else."
    about = {name: text for name, text in about.items() if text}
    return (json.dumps(about), "") if about else ("", "")


def way_of(recipient: Recipient) -> str:
    """``"webhook"``, ``"mail"``, or ``"post"``: a letter that somebody prints."""
    if isinstance(recipient.tell, Webhook):
        return "webhook"
    return "mail" if recipient.tell and recipient.tell.email else "post"


def release(case: Case, *, at: datetime) -> None:
    """The erasure is done: tell those who receive a category in which something went, forget the others.

    Somebody whom the recipient cannot know is none of its business: it is not told.
    """
    gone = _gone(case)
    for notification in case.notifications.filter(state=Telling.PREPARED):
        categories = [each for each in notification.categories if each["key"] in gone]
        if not categories or not (notification.about or notification.error):
            notification.delete()
            continue
        by_itself = notification.about and notification.way != "post"
        _set(notification, categories=categories, state=Telling.DUE if by_itself else Telling.OPEN,
             next_try_at=at if by_itself else None)  # fmt: skip
        if by_itself:
            queue.soon(JOB, notification_id=str(notification.pk))
    if case.notifications.exists():
        write(case, outcome=with_recipients(case, case.outcome))


def _gone(case: Case) -> set[str]:
    """The categories in which something was erased or changed, or will be: a source that could not be asked yet."""
    rows = {row["category"] for row in case.outcome.get("categories", []) if row["erased"] or row["anonymised"]}
    return rows | {each["category"] for each in case.outcome.get("sources", []) if each["state"] == UNCONFIRMED}


def send_due(*, at: datetime) -> int:
    """Put what is to be delivered now into the queue; how many there are."""
    waiting = Notification.objects.filter(state=Telling.DUE, next_try_at__lte=at)
    keys = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        queue.send(JOB, notification_id=str(key))
    return len(keys)


def tell(notification_id: int | str, *, at: datetime) -> bool:
    """Tell one recipient; safe to call twice. Who does not answer is asked again later; True if it was told now."""
    claimed = Notification.objects.filter(pk=notification_id, state=Telling.DUE, next_try_at__lte=at)
    if not claimed.update(next_try_at=at + timedelta(seconds=conf.lease_seconds)):
        return False
    notification = Notification.objects.select_related("case").get(pk=notification_id)
    recipient = declared().get(notification.recipient)
    try:
        if recipient is None or recipient[0].tell is None or way_of(recipient[0]) == "post":
            raise DossierError(f"{notification.recipient}: the data map does not say (any more) how to tell it.")
        if not notification.about:
            raise DossierError(f"{notification.recipient}: whom it is about is not known any more.")
        proof = delivering.deliver(notification, recipient[0].tell, at=at)
    except Exception as error:  # noqa: BLE001 -- mail backends have exceptions of their own, whose texts hold addresses
        _failed(notification, error, at=at)
        return False
    _told(notification, Telling.TOLD, by=SYSTEM, at=at, proof=proof)
    return True


def _failed(notification: Notification, error: Exception, *, at: datetime) -> None:
    text = str(error) if isinstance(error, DossierError) else f"{type(error).__name__}."
    tries = notification.attempts + 1
    again = letters.again_at(tries, at=at)
    with changing(notification.case) as case:
        state = Telling.DUE if again else Telling.OPEN
        _set(notification, attempts=tries, error=text[:300], next_try_at=again, state=state)
        if again is None:
            record("untold", case, by=SYSTEM, at=at, notification=notification.pk, attempts=tries)
            letters.send(case, "untold", at=at, audience=Letter.OFFICE, recipient=notification.recipient)


def _told(notification: Notification, state: str, *, by: Actor, at: datetime, proof: delivering.Proof) -> None:
    with changing(notification.case) as case:
        _set(notification, state=state, told_at=at, told_by="" if by is SYSTEM else by.key, about="", error="",
             next_try_at=None, answer_status=proof.status, answer_reference=proof.reference,
             answer_sha256=proof.sha256)  # fmt: skip
        record("told", case, by=by, at=at, notification=notification.pk, recipient=notification.recipient,
               way=notification.way if state == Telling.TOLD else state, status=proof.status,
               answer=proof.sha256)  # fmt: skip
        before = case.outcome.get("hash", "")
        fresh = with_recipients(case, {**case.outcome, "issued_at": at.isoformat(), "replaces": before})
        write(case, outcome=fresh)
        record("certified", case, by=by, at=at, hash=fresh["hash"], replaces=before)


def _set(notification: Notification, **facts: Any) -> None:
    Notification.objects.filter(pk=notification.pk).update(**facts)
    for name, value in facts.items():
        setattr(notification, name, value)


def tell_again(case: Case, *, notification: int, by: Actor, at: datetime) -> Case:
    """Try a recipient anew, from now on and as often as before.

    Raises:
        NotAllowed: not of the office.
        TransitionRefused: it is told, is told by post, or was never known by anything.
    """
    with changing(case):
        require(by, case, STAFF, "tell a recipient again")
        found = _untold(case, notification)
        if found.way == "post" or not found.about:
            raise TransitionRefused(case.pk, wanted=Telling.DUE, found=found.state, why="nothing can tell it by itself")
        _set(found, state=Telling.DUE, attempts=0, next_try_at=at)
        record("told.again", case, by=by, at=at, notification=found.pk)
        queue.soon(JOB, notification_id=str(found.pk))
    return case


def told_otherwise(case: Case, *, notification: int, note: str, by: Actor, at: datetime) -> Case:
    """Put down that somebody of the office told a recipient, and how.

    Raises:
        NotAllowed: not of the office.
        ValueError: no word on how.
        TransitionRefused: it is told already.
    """
    with changing(case):
        require(by, case, STAFF, "tell a recipient")
        found = _untold(case, notification)
        _set(found, note=given(note, "how it was told"))
        _told(replace_case(found, case), Telling.OTHERWISE, by=by, at=at, proof=delivering.Proof())
    return case


def replace_case(notification: Notification, case: Case) -> Notification:
    """The same notification with the case that the caller has taken, so that one object is written."""
    notification.case = case
    return notification


def _untold(case: Case, key: int) -> Notification:
    found: Notification | None = case.notifications.filter(pk=key).first()
    if found is None or found.state not in (Telling.OPEN, Telling.DUE):
        raise TransitionRefused(case.pk, wanted=Telling.TOLD, found=found.state if found else "none")
    return found


def forget_unneeded(*, at: datetime) -> int:
    """Remove what was prepared for an erasure that will not be; how many there were."""
    over = Notification.objects.filter(state=Telling.PREPARED, case__state__in=[str(s) for s in NOTHING_ERASED])
    return over.delete()[0] if over.exists() else 0


def letter(case: Case, key: int) -> letters.Rendered:
    """The letter to a recipient who has not been told, for somebody to print.

    Raises:
        Notification.DoesNotExist: none such, told already, or nothing is known to write.
    """
    found = case.notifications.filter(pk=key, state__in=[Telling.OPEN, Telling.DUE]).first()
    if found is None or not found.about:
        raise Notification.DoesNotExist("no letter to print.")
    recipient = declared().get(found.recipient)
    tell = recipient[0].tell if recipient else None
    own = tell if isinstance(tell, TellByLetter) else TellByLetter(identify=lambda subject: {})
    return delivering.letter(found, replace(own, email=""))
