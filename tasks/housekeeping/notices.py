"""Letters of the housekeeping: to people before they leave, and to the office when a sweep was stopped.

No letter holds a name or a record. A person's day counts from the moment at which theirs went out.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet

from tasks import conf
from tasks.cases.deadlines import local_date, zone
from tasks.cases.letters import again_at, link, mail, rendered
from tasks.cases.models import Case
from tasks.cases.recipients import office_of
from tasks.cases.subjects import key_text
from tasks.collector.subject import Subject, parse_key, subject_model
from tasks.datamap.sweeps import Sweep, declared
from tasks.errors import DossierError
from tasks.housekeeping import matching
from tasks.housekeeping.models import Alarm, Leaver, Switch

AT_ONCE = 100
A_WHILE = timedelta(minutes=5)  # nobody sends one letter for longer


def waiting(*, at: datetime) -> bool:
    """Whether a letter is to be posted, or posted again."""
    return _leavers(at=at).exists() or _alarms(at=at).exists()


def post(*, at: datetime) -> int:
    """Post what is to be posted; how many went out. Safe to call twice and from two workers."""
    told = [_one(Leaver, key, _tell, at=at) for key in _first(_leavers(at=at))]
    sent = [_one(Alarm, key, _raise_alarm, at=at) for key in _first(_alarms(at=at))]
    return sum(told) + sum(sent)


def _leavers(*, at: datetime) -> QuerySet[Leaver]:
    """Those whose letter is due. While a sweep is off nobody is told anything."""
    on = Switch.objects.filter(is_on=True).values("pk")
    return Leaver.objects.filter(next_try_at__lte=at, sweep__in=on)


def _alarms(*, at: datetime) -> QuerySet[Alarm]:
    return Alarm.objects.filter(next_try_at__lte=at)


def _first(letters: "QuerySet[Any]") -> list[int]:
    return list(letters.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _one(model: Any, key: int, deliver: Any, *, at: datetime) -> bool:
    """Take one letter by a conditional update, send it, and write down that it went; or when it is tried again."""
    mine = model.objects.filter(pk=key, next_try_at__lte=at)
    if not mine.update(next_try_at=at + A_WHILE):
        return False
    row = model.objects.get(pk=key)
    try:
        facts = deliver(row, at)
    except Exception as error:  # noqa: BLE001 -- every mail backend has exceptions of its own, and their texts hold addresses
        tries = row.attempts + 1
        again = again_at(tries, at=at)
        model.objects.filter(pk=key).update(attempts=tries, error=type(error).__name__, next_try_at=again)
        return False
    model.objects.filter(pk=key).update(**facts, next_try_at=None, error="")
    return bool(facts)


def _tell(leaver: Leaver, at: datetime) -> dict[str, Any]:
    """Write to a person; nothing where they match no more by now."""
    sweep = declared.get(leaver.sweep)
    if sweep is None:
        raise DossierError(f"The sweep '{leaver.sweep}' is not declared any more.")
    subject = subject_of(leaver)
    if not matching.still(sweep, subject.model, [subject.pk], at=at):
        leaver.delete()
        return {}
    address = next(iter(subject.identifiers().get("email", [])), "")
    if not address:
        raise NoAddress(f"{subject.label} {subject.pk}: no address is known.")
    language = language_of(sweep, subject)
    last_day = local_date(at + sweep.notice)
    send("leaving", [address], language, why=sweep.description, last_day=last_day)
    return {"told_at": at, "stays_until": datetime.combine(last_day + timedelta(days=1), time(), zone())}


class NoAddress(DossierError):
    """Nobody can be told, so the day never comes."""


def subject_of(leaver: Leaver) -> Subject:
    """The person of a notice."""
    model = subject_model(leaver.subject_label)
    return Subject(model, parse_key(model, leaver.subject_key), leaver.subject_alias)


def language_of(sweep: Sweep, subject: Subject) -> str:
    """The person's language: from where the sweep says, else of their last request, else the installation's."""
    found = _said(sweep.language, subject) if sweep.language else ""
    if not found:
        last = Case.objects.filter(subject_label=subject.label, subject_key=key_text(subject)).order_by("-received_at")
        found = last.values_list("language", flat=True).first() or ""
    known = {code for code, _ in settings.LANGUAGES}
    return found if found in known else settings.LANGUAGE_CODE


def _said(path: str, subject: Subject) -> str:
    rows: QuerySet[Model] = QuerySet(model=subject.model, using=subject.using).filter(pk=subject.pk).order_by()
    return str(rows.values_list(path, flat=True).first() or "")


def _raise_alarm(alarm: Alarm, at: datetime) -> dict[str, Any]:
    run = alarm.run
    sweep = declared.get(run.sweep)
    addresses = office_of(Case())
    if not addresses:
        raise NoAddress("Nobody of the office has an address.")
    send(
        "sweep",
        addresses,
        settings.LANGUAGE_CODE,
        title=sweep.title if sweep else run.sweep,
        refused=run.state == run.State.REFUSED,
        failed=run.state == run.State.FAILED,
        touches=run.touches,
        rows=run.counts.get("rows", 0),
        allowed=run.counts.get("allowed", 0),
        along=", ".join(sorted(run.counts.get("along", {}))),
        page_url=link("dpo:sweep", run.sweep),
    )
    return {"sent_at": at}


def send(template: str, addresses: list[str], language: str, **context: Any) -> None:
    """Render a letter in one language and send it to each address by itself.

    Raises:
        OSError: the mail server did not take it.
    """
    values = {"controller": conf.controller, "desk": link("portal:home"), **context}
    letter = rendered(template, values, language=language)
    for address in addresses:
        mail(address, letter)
