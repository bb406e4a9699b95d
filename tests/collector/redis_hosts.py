"""A Redis for a module of tests, and a declaration to try on it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from tasks.collector import Subject
from tasks.collector.sources import RedisSource
from tasks.datamap import Ask
from tests import services

AT = datetime(2026, 3, 5, 11, tzinfo=UTC)
ASK = Ask("a-question", AT)
DRY = Ask("a-question", AT, dry_run=True)


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with services.redis() as url:
        yield url


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    """An empty Redis."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


def declared(url: str, **attributes: object) -> RedisSource:
    """An instance of a declaration, checked as the registry does."""
    given = {"key": "shop", "url": url, "patterns": {"cart:{user.pk}": "Cart"}, **attributes}
    source = type("ShopPrivacy", (RedisSource,), given)()
    source.validate()
    return source


@pytest.fixture
def source(redis_url: str) -> RedisSource:
    """The declaration as it is without further words."""
    return declared(redis_url)


def collected(source: RedisSource, subject: Subject) -> list[tuple[str, str, dict[str, Any]]]:
    """What the source holds of somebody: section, key and values of each record."""
    return [(item.section, item.key, dict(item.values)) for item in source.collect(subject, ASK)]


def values(source: RedisSource, subject: Subject) -> list[dict[str, Any]]:
    """The values of each record alone."""
    return [values for _, _, values in collected(source, subject)]
