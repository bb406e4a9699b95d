"""A process that collects or erases, says so in the middle of it, and waits to be killed there.

python -m tests.collector.braked redis|couchdb collect|erase URL
"""

import sys
from typing import Any, NoReturn

import django
from django.conf import settings

PERSON = 7


def main(kind: str, what: str, url: str) -> None:
    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "tasks"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        SECRET_KEY="x",
        USE_TZ=True,
    )
    django.setup()
    from django.contrib.auth.models import User

    from tasks.collector import Subject
    from tests.collector.redis_hosts import ASK

    source, subject = SOURCES[kind](url), Subject(User, PERSON, "default")
    if what == "erase":
        brake(kind)
        source.erase(subject, ASK)
    for place, _ in enumerate(source.collect(subject, ASK)):
        if place == 40:
            wait()
    raise SystemExit("nothing stopped it")


def brake(kind: str) -> None:
    """Have the third batch of changes reach the server, and nobody hear of it."""
    from tasks.collector.sources import couchdb, redis_keys
    from tasks.collector.sources import redis as redis_source

    calls = iter(range(1, 10))
    if kind == "redis":
        redis_keys.CHUNK = 20
        really = redis_source.pipelined
    else:
        couchdb.AT_ONCE = 20
        really = couchdb.write

    def braked(*args: Any) -> Any:
        answer = really(*args)
        if next(calls) == 3:
            wait()
        return answer

    if kind == "redis":
        redis_source.pipelined = braked
    else:
        couchdb.write = braked


def wait() -> NoReturn:
    print("here", flush=True)
    sys.stdin.read()
    raise SystemExit("nobody killed it")


def redis_source(url: str) -> Any:
    from tests.collector import redis_hosts

    return redis_hosts.declared(url, patterns={"cart:{user.pk}:*": "Carts"})


def couch_source(url: str) -> Any:
    from tests.collector import couch_hosts

    return couch_hosts.declared(url)


SOURCES = {"redis": redis_source, "couchdb": couch_source}

if __name__ == "__main__":
    main(*sys.argv[1:])
