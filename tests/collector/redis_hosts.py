"""A Redis for a module of tests, and a declaration to try on it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis

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
