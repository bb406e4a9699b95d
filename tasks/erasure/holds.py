"""Legal holds: what must not be erased or swept as long as somebody needs it for a claim. The only writer of its table.

Source: GDPR art. 17(3)(e).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from tasks.collector import Subject, closure
from tasks.collector.graph import graph
from tasks.collector.keyset import EMPTY
from tasks.datamap import registry
from tasks.datamap.ties import Says
from tasks.erasure import ledger
from tasks.erasure.keys import as_json, plain
from tasks.erasure.ledger import key_of, subject_of
from tasks.erasure.models import Hold
from tasks.errors import SubjectHeld

__all__ = [
    "active",
    "below",
    "check",
    "forget_lifted",
    "held",
    "held_keys",
    "key_of",
    "lift",
    "on_everything",
    "put",
    "reason",
    "subject_of",
]


def active() -> QuerySet[Hold]:
    """Every hold that is not lifted; none where Dossier's tables are missing."""
    rows: QuerySet[Hold] = plain(Hold, ledger.alias()).filter(lifted_at=None)
    return rows.order_by("review_on", "pk") if ledger.exists() else rows.none()


def held(subject: Subject) -> list[Hold]:
    """The holds on one person: of everything first, then by category. One query."""
    return sorted(_of(subject), key=lambda hold: hold.category)


def on_everything(subject: Subject) -> Hold | None:
    """The hold that covers all of a person's data, if there is one."""
    return next((hold for hold in held(subject) if not hold.category), None)


def check(subject: Subject) -> None:
    """Let nobody be erased whose data is held as a whole.

    Raises:
        SubjectHeld: it is; names no reason, for that is the office's to tell.
    """
    if hold := on_everything(subject):
        raise SubjectHeld(
            f"Nothing is erased: legal hold {hold.pk} covers {subject.label} {as_json(subject.pk)} as a whole, "
            f"to be reviewed on {hold.review_on}. The office lifts it under “Legal holds”."
        )


def held_keys(model: type[Model], keys: Iterable[Any], *, using: str) -> set[Any]:
    """Those of ``keys`` of ``model``'s rows that a hold covers: for a sweep, to leave them out.

    A person's own row is covered by any hold on them, for with it everything would go. Other rows are looked
    for from each held person: holds are few, and a row may be tied to its person in any way.
    """
    wanted, found, covered = set(keys), set[Any](), set[Subject]()
    holding = list(active()) if wanted else []
    names = {registry.get(own).context.key for own in below(model, using=using)} if holding else set()
    for hold in holding:
        subject = subject_of(hold)
        if model is subject.model and using == subject.using:
            found |= wanted & {subject.pk}
        if not hold.category or hold.category in names:
            covered.add(subject)
    for subject in covered:
        if found != wanted:
            found |= wanted & set(closure(subject).owned.get(model, EMPTY))
    return found


def below(model: type[Model], *, using: str) -> set[type[Model]]:
    """The model and those whose rows hang on its rows."""
    compiled, found, todo = graph(model, using=using), {model}, [model]
    while todo:
        ties = compiled.from_rows_of(todo.pop(), Says.OWNED, Says.FOLLOWED)
        new = {tie.model for tie in ties} - found
        found |= new
        todo += new
    return found


def _of(subject: Subject) -> QuerySet[Hold]:
    return active().filter(subject_label=subject.label, subject_key=key_of(subject), using=subject.using)


def reason(hold: Hold) -> str:
    """Why: the office's own words, opened."""
    opened: str = import_string("tasks.vault.open_text")(hold.reason) if hold.reason else ""
    return opened


# --- writing


def put(subject: Subject, *, category: str, reason: str, review_on: date, at: datetime, **facts: Any) -> Hold:
    """Put a hold on a person, or on one category; one that is there already gets the new reason and date.

    ``facts`` are further columns: ``told``, ``reviewer``, ``set_by``, ``set_by_name``.
    """
    sealed: str = import_string("tasks.vault.seal_text")(reason)
    facts |= {"reason": sealed, "review_on": review_on, "warned_on": None}
    name = {"subject_label": subject.label, "subject_key": key_of(subject), "using": subject.using}
    hold, made = Hold.objects.using(ledger.alias()).get_or_create(
        **name, category=category, lifted_at=None, defaults={**facts, "set_at": at}
    )
    if not made:
        plain(Hold, ledger.alias()).filter(pk=hold.pk).update(**facts, reviewed_at=at)
        hold.refresh_from_db(using=ledger.alias())
    return hold


def forget_lifted(*, before: datetime) -> int:
    """Remove holds that were lifted before that moment; how many."""
    rows = plain(Hold, ledger.alias()).filter(lifted_at__lt=before) if ledger.exists() else Hold.objects.none()
    return int(rows.delete()[0])


def lift(hold: Hold, *, by: str, by_name: str, at: datetime) -> bool:
    """End a hold: its person's key and its reason go with it. Whether this call did it."""
    rows = plain(Hold, ledger.alias()).filter(pk=hold.pk, lifted_at=None)
    return bool(rows.update(lifted_at=at, lifted_by=by, lifted_by_name=by_name, subject_key="", reason="", reviewer=""))
