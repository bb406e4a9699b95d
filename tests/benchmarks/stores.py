# ruff: noqa: E402 - models need Django first
"""What it costs to collect and erase a person's records in Redis and CouchDB: time, CPU of ours, memory.

python -m tests.benchmarks.stores
"""

import os
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

import redis
from django.contrib.auth.models import User

from tasks.collector import Subject
from tasks.collector.sources.store import StoreSource
from tests import services
from tests.benchmarks.meter import measure
from tests.collector import couch_hosts, redis_hosts
from tests.collector.redis_hosts import ASK

SUBJECT = Subject(User, 7, "default")
SIZES = (1_000, 100_000)


def main() -> None:
    print("| | records | wall s | CPU s | MB above baseline |\n|---|---|---|---|---|")
    for line in (*in_redis(), *in_couchdb()):
        print(line, flush=True)


def in_redis() -> Iterator[str]:
    with services.redis() as url, redis.Redis.from_url(url) as server:
        for size in SIZES:
            server.flushall()
            server.hset("cart:7", mapping={f"field-{n:06}": f"value {n} of somebody" for n in range(size)})
            source = StoreSource(redis_hosts.declared(url))
            yield told("Redis, a hash of one person: collect", size, partial(collected, source))
            yield told("Redis, a hash of one person: erase", size, partial(erased, source))
        for start in range(0, 1_000_000, 10_000):
            server.mset({f"session:{n}:{n}@example.com": "x" for n in range(start, start + 10_000)})
        server.mset({f"page:{n}:7": "x" for n in range(1_000)})
        source = StoreSource(redis_hosts.declared(url, patterns={"page:*:{user.pk}": "Pages"}))
        yield told("Redis, 1,000 keys by wildcard among 1,000,000: collect", 1_000, partial(collected, source))


def in_couchdb() -> Iterator[str]:
    with services.couchdb() as url:
        couch = couch_hosts.Database(url, "preferences")
        couch.ask("PUT")
        couch.put({"_id": "_design/people", "views": {"by_owner": couch_hosts.BY_OWNER}})
        for start in range(0, 10_000, 1_000):
            couch.put(*({"_id": f"d{n:06}", "owner": 7, "text": "x" * 200} for n in range(start, start + 1_000)))
        source = StoreSource(couch_hosts.declared(url, view="people/by_owner", view_key="{user.pk}", timeout=300.0))
        source.count(SUBJECT)  # the view is made when it is asked for the first time
        yield told("CouchDB (PouchDB's server), documents by view: collect", 10_000, partial(collected, source))
        yield told("CouchDB (PouchDB's server), documents by view: erase", 10_000, partial(erased, source))


def collected(source: StoreSource) -> int:
    return sum(len(batch.rows) for batch in source.collect(SUBJECT, ask=ASK))


def erased(source: StoreSource) -> int:
    return source.erase(SUBJECT, ASK).erased


def told(what: str, size: int, work: Any) -> str:
    found: list[int] = []
    began = time.perf_counter()
    cost = measure(lambda: found.append(work()) or {})
    wall = time.perf_counter() - began
    if found != [size]:
        raise SystemExit(f"{what}: wanted {size} records, found {found}.")
    return f"| {what} | {size:,} | {wall:.2f} | {cost['client']:.2f} | {cost['memory'] / 1e6:.1f} |"


if __name__ == "__main__":
    main()
