"""What Dossier holds itself ends too: a list of what, after how long, and how. Daily, safe to repeat.

Source: GDPR art. 5(1)(e).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps

from tasks import audit, conf
from tasks.cases import notifying, operations, sessions
from tasks.cases.actors import SYSTEM
from tasks.cases.forgetting import forget_closed
from tasks.cases.holds import whole
from tasks.cases.models import Case, Letter, Tally
from tasks.cases.operations.each import each
from tasks.cases.states import FINAL, State
from tasks.erasure import holds, journal, ledger
from tasks.housekeeping import expiry, kept, marks

logger = logging.getLogger(__name__)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Expiry:
    """Something of Dossier's own: what, when it ends (in words), and what ends it, which says how many did."""

    key: str
    what: str
    when: str
    end: Callable[..., int]


def listed() -> list[Expiry]:
    """Everything that Dossier stores and when it ends, as the settings say now."""
    return [
        Expiry(
            "copies", "copies to download", f"{conf.package_days} days after they are ready", expiry.expire_packages
        ),
        Expiry("snapshots", "snapshots and files of finished cases", "at once", expiry.purge_finished),
        Expiry("drafts", "files that a killed worker was writing", "after 1 day", expiry.remove_drafts),
        Expiry("unverified", "requests that nobody confirmed", "after 7 days, with all that they hold", _unverified),
        Expiry("evidence", "how somebody showed who they are", f"{conf.evidence_days} days after closing", _evidence),
        Expiry("letters", "which letters went out", f"{conf.letter_days} days after closing", _letters),
        Expiry("cases", "closed cases: names, addresses, texts", f"{conf.closed_case_days} days after closing", _cases),
        Expiry("sessions", "sessions", "when they expire", _sessions),
        Expiry("tries", "used codes and counts of tries", "when their window is over", _tries),
        Expiry(
            "recipients",
            "whom to tell of an erasure that will not be",
            "after 1 day at most",
            notifying.forget_unneeded,
        ),
        Expiry("holds", "lifted holds", f"{conf.closed_case_days} days after they were lifted", _holds),
        Expiry("journal", "the journal of erasures", f"after {conf.backup_days} days, with the last backup", _journal),
        Expiry("kept", "records that an erasure kept", "on the day that its certificate names", _kept),
    ]


def daily(*, at: datetime) -> int:
    """What ``tick`` asks every few seconds: let own records end, at most once a day."""
    if not marks.is_turn("own", every=DAY, at=at):
        return 0
    return sum(n for n in reclaim(at=at).values() if n)


def reclaim(*, at: datetime) -> dict[str, int | None]:
    """Let everything end whose time is over: ``{key: how many}``, None where it failed, which stops nothing else."""
    done: dict[str, int | None] = {}
    for one in listed():
        try:
            done[one.key] = one.end(at=at)
        except Exception as error:  # noqa: BLE001 - one kind that fails must not keep the others
            logger.error("reclaim: %s failed: %s", one.key, type(error).__name__)
            done[one.key] = None
    if any(n != 0 for n in done.values()):
        audit.record("housekeeping.reclaimed", by=SYSTEM.key, at=at, data=done)
    return done


def _unverified(*, at: datetime) -> int:
    dropped = operations.expire_unverified(at=at)
    never = Case.objects.filter(state=State.EXPIRED, approved_hash="", forgotten_at=None, closed_at__lte=at - DAY)
    return dropped + each(never, _forget, at=at)


def _evidence(*, at: datetime) -> int:
    closed = Case.objects.filter(state__in=sorted(FINAL), closed_at__lte=at - conf.evidence_days * DAY)
    return closed.exclude(identity_method="", identity_at=None).update(identity_method="", identity_at=None)


def _letters(*, at: datetime) -> int:
    closed = Case.objects.filter(state__in=sorted(FINAL), closed_at__lte=at - conf.letter_days * DAY)
    return Letter.objects.filter(case__in=closed.values("pk"), next_try_at=None).delete()[0]


def _cases(*, at: datetime) -> int:
    old = Case.objects.filter(state__in=sorted(FINAL), closed_at__lte=at - conf.closed_case_days * DAY)
    return each(old.filter(forgotten_at=None), _forget, at=at)


def _forget(case: Case, at: datetime) -> bool:
    """A person whose data is held as a whole keeps their cases, too."""
    return whole(case) is None and forget_closed(case, at=at)


def _sessions(*, at: datetime) -> int:
    """Expired sessions, as ``clearsessions`` does it."""
    if not apps.is_installed("django.contrib.sessions"):
        return 0
    model = apps.get_model("sessions", "Session")
    old = model._default_manager.filter(expire_date__lt=at).count()
    sessions.store().clear_expired()
    return old


def _tries(*, at: datetime) -> int:
    return Tally.objects.filter(until__lte=at).delete()[0]


def _holds(*, at: datetime) -> int:
    return holds.forget_lifted(before=at - conf.closed_case_days * DAY)


def _journal(*, at: datetime) -> int:
    return journal.remove_before(at - conf.backup_days * DAY) if ledger.exists() else 0


def _kept(*, at: datetime) -> int:
    done = kept.sweep(at=at)
    return sum(rows for name, rows in done.items() if name not in ("more", "failed", "left"))
