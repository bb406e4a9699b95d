"""How a swept person, or a part of swept rows, goes: by the engine, with its plan, its ledger and its second look."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model

from tasks import audit, collector, conf, erasure
from tasks.cases import limits
from tasks.cases.actors import SYSTEM
from tasks.cases.forgetting import forget_person
from tasks.cases.subjects import key_text
from tasks.collector.selection import Selection
from tasks.collector.subject import Subject, subject_model
from tasks.datamap import Ask
from tasks.erasure import holds, ledger, sources
from tasks.erasure.models import Action
from tasks.erasure.plan import Plan
from tasks.errors import DeclarationError, DossierError, SourceRefused, SourceUnavailable, SourceWaiting, SubjectHeld
from tasks.housekeeping.running import LeaseLost

Memo = dict[str, dict[str, Any]]  # of each store: what it wants to be asked with again, or what it has done
STORE_PART = 0.75  # of a lease that one store may work
Keeping = Callable[[Memo], None]
Beat = Callable[[], None]


class LeftForLater(DossierError):
    """Somebody cannot go in this run. ``reason`` is a word for the count."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass
class Gone:
    """What went, and whether a second look found nothing left."""

    stats: erasure.DeleteStats
    is_clean: bool = True


def person(
    subject: Subject, *, run_id: uuid.UUID, at: datetime, memo: Memo, keep: Keeping, beat: Beat, language: str
) -> Gone:
    """Erase a person whole: the stores beyond the database first, then their rows; then look again.

    ``keep`` stores what a store did or wants to be asked with, ``beat`` runs between transactions and stops the
    work by raising. Called again with the same ``run_id`` and ``memo`` after a crash it finishes, and counts
    nothing twice.

    Raises:
        LeftForLater: a store, the plan or something of the host's does not allow it now.
        SourceUnavailable: the database did not answer.

    Source: GDPR art. 5(1)(e), 17(1)(a).
    """
    try:
        holds.check(subject)
        plan = erasure.resume(run_id) or erasure.plan(subject, at=at)
        if plan.refusals:
            raise LeftForLater("undecided", "Nothing says what to do with some rows: run 'manage.py erase PK --plan'.")
        if ledger.get(run_id) is None:  # their own row is needed to know them elsewhere
            memo = stores(subject, run_id=run_id, at=at, memo=memo, keep=keep, beat=beat, language=language)
        gone = applied(subject, plan, run_id=run_id, at=at, beat=beat)
    except (LeftForLater, LeaseLost, SourceUnavailable):
        raise
    except SubjectHeld as error:
        raise LeftForLater("held", str(error)) from error
    except DossierError as error:  # a host's delete() said no, a declaration that does not fit
        raise LeftForLater("refused", str(error)) from error
    except Exception as error:
        raise LeftForLater("error", type(error).__name__) from error
    for key, done in memo.items():
        gone.stats += {key: int(done.get("erased", 0))}
    if gone.is_clean:
        _proved(subject, run_id, gone.stats, memo, at=at)
    return gone


def applied(subject: Subject, plan: Plan, *, run_id: uuid.UUID, at: datetime, beat: Beat) -> Gone:
    """Carry a plan out and look again; what was written meanwhile is found by the second look, and goes, too."""
    for _ in range(2):
        stats = erasure.apply(subject, plan, run_id=run_id, at=at, on_progress=lambda *_: beat())
        if erasure.verify(subject, run_id=run_id, at=at).clean:
            return Gone(stats)
    return Gone(stats, is_clean=False)


def stores(
    subject: Subject, *, run_id: uuid.UUID, at: datetime, memo: Memo, keep: Keeping, beat: Beat, language: str
) -> Memo:
    """Have every declared store erase what it holds of the person, and search it again; what is kept is left alone.

    Raises:
        LeftForLater: one of them did not do it, so nothing is erased in the database either.
    """
    found, held = dict(memo), sources.held_of(subject)
    for store in collector.stores():
        said = found.get(store.key, {})
        if said.get("done") or sources.fate_of(store.policy, held=held) == "keep":
            continue
        beat()
        try:
            with limits.within(min(store.policy.time_limit, STORE_PART * conf.lease_seconds), store.key):
                if "before" not in said:
                    said = {"before": sources.count(store, subject)}
                    keep({**found, store.key: said})
                ask = Ask(f"{run_id}:{store.key}", at, language or settings.LANGUAGE_CODE, memo=said.get("memo", {}))
                done = sources.erase(store, subject, ask, before=said["before"], at=at)
        except SourceWaiting as waiting:
            keep({**found, store.key: {**said, "memo": waiting.memo}})
            raise LeftForLater("store", f"{store.key} wants to be asked again later.") from waiting
        except (SourceUnavailable, SourceRefused) as error:
            raise LeftForLater("store", str(error)) from error
        found[store.key] = {"done": True, "erased": done["erased"], "proof": done["proof"]}
        keep(found)
    return found


def _proved(subject: Subject, run_id: uuid.UUID, stats: erasure.DeleteStats, memo: Memo, *, at: datetime) -> None:
    """Put the certificate's hash into the audit, and forget the person's own cases."""
    proof = erasure.certificate(run_id, at=at)
    told = {
        "erasure": str(run_id),
        "certificate": proof["hash"],
        "rows": stats.total,
        "stores": {key: done.get("erased", 0) for key, done in memo.items()},
    }
    with audit.atomic():
        forget_person(subject.label, key_text(subject), at=at)
        audit.record("sweep.erased", by=SYSTEM.key, at=at, data=told)


def rows(
    model: type[Model], keys: list[Any], *, name: str, using: str, run_id: uuid.UUID, at: datetime, beat: Beat
) -> Gone:
    """Erase some rows with what hangs on them, as their declarations say. Repeatable with the same ``run_id``.

    Raises:
        DeclarationError: people would go along with them, or nothing says what to do with something.
        SourceUnavailable: the database did not answer.
    """
    chosen = Selection.of(model, keys, name=name, using=using)
    plan = checked(chosen, at=at)
    return applied(chosen, plan, run_id=run_id, at=at, beat=beat)


def checked(chosen: Selection, *, at: datetime) -> Plan:
    """The plan for a selection.

    Raises:
        DeclarationError: it would take people along, who go by a sweep of their own, with notice and limit.
        PlanRefused: nothing says what to do with something.
    """
    plan = erasure.plan(chosen, at=at)
    people = subject_model()
    if any(step.action == Action.DELETE and issubclass(step.model, people) for step in plan.steps):
        raise DeclarationError(
            f"{chosen.label}: people ({people._meta.label}) hang on these rows and would go along. Declare a sweep of "
            "people instead, or another on_delete."
        )
    plan.check()
    return plan
