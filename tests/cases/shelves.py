"""Alice's erasure in the database and three stores, as fixtures."""

import pytest
from django.contrib.auth.models import User

from tasks.cases import operations
from tasks.collector import Subject
from tasks.datamap import Category, registry
from tests.cases.stores import KEPT, Shelf, declared
from tests.cases.test_sources import go_on


@pytest.fixture
def cart():
    return Shelf([{"id": 1}, {"id": 2}, {"id": 3}])


@pytest.fixture
def loyalty():
    return Shelf([{"id": 7}, {"id": 8}])


@pytest.fixture
def ledger():
    return Shelf([{"id": 9}])


@pytest.fixture
def stores(cart, loyalty, ledger):
    account = Category("account", "Account")
    with registry.with_sources(
        declared("cart", cart, category=account), declared("loyalty", loyalty), declared("ledger", ledger, erasure=KEPT)
    ):
        yield


@pytest.fixture
def facts(office, noon):
    return {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann"}


@pytest.fixture
def planned(stores, alice, facts, noon):
    """Alice's erasure, planned in the database and three stores."""
    return go_on(operations.open_erasure(Subject(User, alice.pk, "default"), when="approved", **facts), noon)


def approve(case, office, at, **more):
    return operations.approve(case, by=office.axel, at=at, seen_hash=case.plan_hash, **more)


def erased(shelf):
    return [hook for hook, _ in shelf.asks].count("erase")
