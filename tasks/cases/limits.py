"""How long a source may work at once: no plug-in holds a case or a worker for good.

Three nets, each for what falls through the one before. An alarm raises ``Overdue`` inside the hook; where nothing
hears it, the step's pulse gives the step up; and a process that lets no other thread run is ended by Celery.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tasks.cases.models import Phase, Step
from tasks.datamap import registry
from tasks.errors import SourceUnavailable

ASKING = frozenset({Phase.COLLECT, Phase.ERASE})  # phases in which a source is asked


class Overdue(BaseException):
    """Raised where a hook stands when its time is over. No ``except Exception`` of a plug-in swallows it."""


class TookTooLong(SourceUnavailable):
    """A source worked longer than its ``time_limit``. It is tried again."""

    def __init__(self, source: str, seconds: float) -> None:
        super().__init__(f"{source}: given up after {seconds:g} seconds.")


def seconds_of(source: str, phase: str) -> float | None:
    """How long a step of this source may work; None: as long as it takes."""
    policy = registry.sources.get(source) if phase in ASKING else None
    return float(policy.time_limit) if policy else None


def pulse_limit(seconds: float) -> float:
    """When the pulse gives up a step whose hook did not hear the alarm."""
    return seconds * 1.05 + 2


def hard_limit(source: str, phase: str) -> float | None:
    """When Celery ends the process that is at it; None: never."""
    seconds = seconds_of(source, phase)
    return None if seconds is None else seconds * 1.1 + 5


def of_step(step: Step) -> AbstractContextManager[None]:
    """Interrupt the block when the step's source has worked as long as it may.

    Raises:
        TookTooLong: it has.
    """
    return within(seconds_of(step.source, step.phase), step.source)


@contextmanager
def within(seconds: float | None, source: str) -> Iterator[None]:
    """Interrupt the block when ``seconds`` are over. Outside of a main thread nothing can be interrupted.

    Raises:
        TookTooLong: they are.
    """
    if seconds is None:
        yield
        return
    try:
        with alarm(seconds):
            yield
    except Overdue as overdue:
        raise TookTooLong(source, seconds) from overdue


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise ``Overdue`` after ``seconds``, and each second after that: a hook may swallow the first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, _overdue)
    before, every = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if before:  # somebody else's alarm goes on
            signal.setitimer(signal.ITIMER_REAL, max(before - (time.monotonic() - began), 0.001), every)


def _overdue(*_: object) -> None:
    raise Overdue
