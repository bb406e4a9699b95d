"""A worker's right to write a step: a token with an end, renewed while it works, gone when another took over."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connections
from django.db.models import F, Q

from tasks import audit, conf
from tasks.cases.limits import pulse_limit, seconds_of
from tasks.cases.models import Step, StepState
from tasks.cases.stopwatch import Stopwatch
from tasks.errors import DossierError

logger = logging.getLogger(__name__)
BEAT_SECONDS = 0.5  # progress reaches the page at most twice a second


class LeaseLost(DossierError):
    """Another worker has this step, or nobody wants it any more. Whoever held it writes nothing more."""


class Lease:
    """One claimed step. Progress is said to it often and written by its pulse at most twice a second.

    The pulse has a database connection of its own: what it writes is seen while the work's own
    transaction is still open.
    """

    def __init__(self, step: Step, *, at: datetime) -> None:
        self.step, self.token, self.watch = step, step.lease_token, Stopwatch(at)
        self._stop, self._lost = threading.Event(), threading.Event()
        self._facts: dict[str, Any] = {}
        self._renewed = at
        seconds = seconds_of(step.source, step.phase)
        self._ends = None if seconds is None else time.monotonic() + pulse_limit(seconds)

    @property
    def now(self) -> datetime:
        return self.watch.now

    def progress(
        self, *, done: int, total: int | None = None, detail: str = "", counts: Mapping[str, int] | None = None
    ) -> None:
        """Say how far the work is. Cheap.

        Raises:
            LeaseLost: stop, another worker goes on.
        """
        if self._lost.is_set():
            raise LeaseLost(f"step {self.step.pk}: the lease is lost.")
        facts: dict[str, Any] = {"done": done, "detail": detail[:200]}
        if total is not None:
            facts["total"] = total
        if counts is not None:
            facts["counts"] = dict(counts)
        self._facts = facts

    def hold(self) -> None:
        """Make sure, before something that cannot be undone, that the step is still this worker's. One query.

        Raises:
            LeaseLost: it is not: stop.
        """
        if not self._mine().exists():
            self._lost.set()
            raise LeaseLost(f"step {self.step.pk}: the lease is lost.")

    def write(self, **facts: Any) -> None:
        """Write the step, if the token still holds.

        Raises:
            LeaseLost: it does not; nothing was written.
        """
        if not self._mine().update(**facts):
            self._lost.set()
            raise LeaseLost(f"step {self.step.pk}: the lease is lost.")
        for name, value in facts.items():
            setattr(self.step, name, value)

    def _mine(self) -> Any:
        return Step.objects.filter(pk=self.step.pk, state=StepState.RUNNING, lease_token=self.token)

    @contextmanager
    def kept(self, give_up: "Callable[[Lease], None] | None" = None) -> Iterator["Lease"]:
        """Renew the lease and write the progress in the background for as long as the block runs.

        A step that is far over its source's time limit is not renewed any more: ``give_up`` puts it back.
        Inside a caller's transaction there is no pulse: nobody could see what it writes.
        """
        if connections[audit.alias()].in_atomic_block:
            yield self
            return
        pulse = threading.Thread(target=self._beat, args=[give_up], name=f"lease of step {self.step.pk}", daemon=True)
        pulse.start()
        try:
            yield self
        finally:
            self._stop.set()
            pulse.join()

    def _beat(self, give_up: "Callable[[Lease], None] | None") -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                if self._ends is not None and time.monotonic() > self._ends:
                    self._stop.set()
                    if give_up is not None:
                        give_up(self)
                    return
                self._pulse()
        finally:
            connections[audit.alias()].close()

    def _pulse(self) -> None:
        facts, now = self._facts, self.now
        renew = now - self._renewed > timedelta(seconds=conf.lease_seconds / 4)
        if not facts and not renew:
            return
        try:
            if not self._mine().update(lease_until=now + timedelta(seconds=conf.lease_seconds), **facts):
                self._lost.set()
                self._stop.set()
        except DatabaseError as error:  # busy: the next beat tries again, well before the lease ends
            logger.info("step %s: no heartbeat, %s", self.step.pk, type(error).__name__)
            return
        self._renewed = now
        if self._facts is facts:
            self._facts = {}


def claim(step_id: int | str, *, at: datetime) -> Lease | None:
    """Take a step that is due or whose lease ran out; None if it is not to be had.

    One conditional UPDATE on the step's own row: of any number of callers one gets it.
    """
    token = secrets.token_hex(16)
    free = Step.objects.filter(_free(at), pk=step_id, attempts__lt=conf.max_attempts)
    taken = free.update(
        state=StepState.RUNNING,
        lease_token=token,
        lease_until=at + timedelta(seconds=conf.lease_seconds),
        attempts=F("attempts") + 1,
        began_at=at,
        done=0,
        detail="",
    )
    return Lease(Step.objects.select_related("case").get(pk=step_id), at=at) if taken else None


def exhausted(step_id: int | str, *, at: datetime) -> bool:
    """Fail a step whose workers died as often as may be tried; whether that happened now."""
    dead = Step.objects.filter(
        pk=step_id, state=StepState.RUNNING, lease_until__lte=at, attempts__gte=conf.max_attempts
    )
    return bool(
        dead.update(state=StepState.FAILED, lease_token="", lease_until=None, error="The worker ended while it worked.")
    )


def _free(at: datetime) -> Q:
    return Q(state=StepState.DUE, next_try_at__lte=at) | Q(state=StepState.RUNNING, lease_until__lte=at)
