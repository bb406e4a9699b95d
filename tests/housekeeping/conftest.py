"""The cases of tests/cases, and sweeps that are declared for one test."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from tasks.cases.actors import Actor
from tasks.datamap.sweeps import Sweeps, declared
from tests.cases.conftest import ask_for_copy, copy_in_review, copy_ready, office, rooms
from tests.erasure.conftest import declare

__all__ = ["ask_for_copy", "copy_in_review", "copy_ready", "declare", "office", "rooms"]


@pytest.fixture
def registry() -> Iterator[Sweeps]:
    """No sweep but those of the test."""
    with declared.only() as found:
        yield found


@pytest.fixture
def approver(axel: User) -> Actor:
    """Axel, who may switch sweeps on and confirm them."""
    return Actor.of_user(axel)
