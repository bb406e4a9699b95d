"""What the stores hold, while a page waits: asked at the same time and for a moment only.

Whoever does not answer in that moment is unknown on the page; the case itself asks again, and waits. Reading the
person first and handing them over means that a hook needs no database of its own thread.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping

from django.db import connections

from tasks import collector
from tasks.cases.subjects import Known
from tasks.collector import StoreSource
from tasks.collector.subject import Subject

logger = logging.getLogger(__name__)
SECONDS = 2.0
AT_ONCE = 4  # questions to one source that nobody waits for any more; beyond that it is not asked
Counts = dict[str, dict[str, int] | None]

_asking: Counter[str] = Counter()
_lock = threading.Lock()


def stores(subject: Subject) -> Counts:
    """``{source: {label: records}}`` of every declared store; None where it cannot tell or did not answer in time."""
    asked = collector.stores()
    if not asked:
        return {}
    person, found = Known.of(subject), Counts.fromkeys((store.key for store in asked), None)
    threads = [_ask(store, person, found) for store in asked if _may_ask(store.key)]
    end = time.monotonic() + SECONDS
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0))
    return dict(found)


def _may_ask(key: str) -> bool:
    with _lock:
        if _asking[key] >= AT_ONCE:
            return False
        _asking[key] += 1
        return True


def _ask(store: StoreSource, person: Subject, found: Counts) -> threading.Thread:
    thread = threading.Thread(target=_answer, args=(store, person, found), daemon=True, name=f"glance at {store.key}")
    thread.start()
    return thread


def _answer(store: StoreSource, person: Subject, found: Counts) -> None:
    try:
        found[store.key] = store.count(person) or None
    except Exception as error:  # noqa: BLE001 -- whatever a plug-in raises: the page says that the number is not known
        logger.info("glance at %s: %s", store.key, type(error).__name__)
    finally:
        connections.close_all()
        with _lock:
            _asking[store.key] -= 1


def known(counts: Mapping[str, dict[str, int] | None]) -> dict[str, int]:
    """Records per label of those that answered."""
    return {label: count for each in counts.values() for label, count in (each or {}).items()}
