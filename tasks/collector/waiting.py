"""Waiting for a source that takes its time, where nobody can come back later: at a shell."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

from django.utils import timezone

from tasks.collector.sources.base import Batch
from tasks.collector.sources.store import StoreSource
from tasks.collector.subject import Subject
from tasks.datamap.stores import Ask
from tasks.errors import SourceWaiting

Wait = Callable[[float], object]


def patiently(
    store: StoreSource, subject: Subject, *, ask: Ask | None = None, wait: Wait | None = None
) -> Iterator[Batch]:
    """What a store holds; while it prepares its answer, ``wait`` is called with seconds, and it is asked again.

    All in all for no longer than its ``time_limit``, and not where it has given records already.

    Raises:
        SourceWaiting: it needs longer, or there is no ``wait``.
        SourceUnavailable, SourceRefused: see ``SourcePrivacy.collect``.
    """
    left, ask = store.policy.time_limit, ask or Ask(uuid4().hex, timezone.now())
    while True:
        begun = False
        try:
            for batch in store.collect(subject, ask=ask):
                begun = True
                yield batch
        except SourceWaiting as waiting:
            left -= max(waiting.seconds, 1)
            if wait is None or begun or left < 0:
                raise
            wait(max(waiting.seconds, 1))
            ask = replace(ask, memo=waiting.memo)
        else:
            return
