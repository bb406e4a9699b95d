"""Which worker has a sweep, and for how long: one conditional update of the sweep's switch."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tasks import audit, conf
from tasks.cases.stopwatch import Stopwatch
from tasks.datamap.sweeps import Sweep
from tasks.errors import DossierError
from tasks.housekeeping.models import SweepRun, Switch


class LeaseLost(DossierError):
    """Another worker has this sweep. Whoever held it writes nothing more."""


class Lease:
    """A sweep that one worker has. It writes nothing once another one has it."""

    def __init__(self, sweep: Sweep, token: str, watch: Stopwatch) -> None:
        self.sweep, self.token, self.watch = sweep, token, watch

    def renew(self) -> None:
        """Keep it for another while.

        Raises:
            LeaseLost: it is somebody else's.
        """
        if not self._mine().update(lease_until=self.watch.now + timedelta(seconds=conf.lease_seconds)):
            raise LeaseLost(f"sweep {self.sweep.key}: the lease is lost.")

    def write(self, run: SweepRun, **facts: Any) -> None:
        """Store facts of a run, if the lease still holds.

        Raises:
            LeaseLost: it does not; nothing was written.
        """
        with audit.atomic():
            self.renew()
            SweepRun.objects.filter(pk=run.pk).update(**facts)
        for name, value in facts.items():
            setattr(run, name, value)

    def put_off(self, *, until: datetime) -> None:
        """Say when the sweep is due next: in the transaction in which its run ends."""
        self._mine().update(next_at=until)

    def give_back(self) -> None:
        """Let others have it."""
        self._mine().update(lease_token="", lease_until=None)

    def _mine(self) -> Any:
        return Switch.objects.filter(pk=self.sweep.key, lease_token=self.token)


def take(sweep: Sweep, *, at: datetime, anyway: bool = False) -> Lease | None:
    """Take a sweep that is due, or whose worker died; ``anyway`` also one that is not due. None: not to be had.

    One conditional update: of any number of callers one gets it. Moments further in the future than they can
    be were written by a clock that was wrong, and count as past.
    """
    token, lease = secrets.token_hex(16), timedelta(seconds=conf.lease_seconds)
    Switch.objects.get_or_create(pk=sweep.key)
    free = Q(lease_until=None) | Q(lease_until__lte=at) | Q(lease_until__gt=at + lease + lease)
    due = Q() if anyway else is_due(sweep, at=at)
    taken = Switch.objects.filter(free, due, pk=sweep.key).update(lease_token=token, lease_until=at + lease)
    return Lease(sweep, token, Stopwatch(at)) if taken else None


def is_due(sweep: Sweep, *, at: datetime) -> Q:
    """Of the switch: the time has come, or was put too far away by a clock that was wrong."""
    return Q(next_at=None) | Q(next_at__lte=at) | Q(next_at__gt=at + sweep.every)


def under_way(sweep: Sweep) -> SweepRun | None:
    """The run that was begun and is not over."""
    return SweepRun.objects.filter(sweep=sweep.key, state=SweepRun.State.RUNNING).order_by("-started_at").first()
