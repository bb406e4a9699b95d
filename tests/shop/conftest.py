"""The demo company, filled once for a module; what a test changes is undone."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from examples.shop.demo import data
from tests.collector.couch_hosts import couch_url
from tests.collector.redis_hosts import redis_url

__all__ = ["couch_url", "redis_url"]


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """The whole demo company in the test database, gone again after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        data.fill()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def shop(filled: None, db: None) -> None:
    """The demo company as ``manage.py demo`` leaves it."""
