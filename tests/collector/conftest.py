"""People of the zoo: Alice is the subject, Bob another one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.db.models import Model

from tasks.collector import Subject
from tasks.datamap import ModelPrivacy, registry
from tests.collector.couch_hosts import couch, couch_url  # noqa: F401 - fixtures
from tests.collector.redis_hosts import redis_url, server  # noqa: F401 - fixtures
from tests.hosts.zoo.models import Person


@pytest.fixture
def alice(db: None) -> Subject:
    person = Person.objects.create(name="Alice", email="Alice@example.com", code="a")
    return Subject(Person, person.pk, "default")


@pytest.fixture
def bob(db: None) -> Person:
    return Person.objects.create(name="Bob", email="bob@example.com", code="b")


@pytest.fixture
def declare() -> Iterator[Callable[..., None]]:
    """``declare(Model, follow=True)``: a declaration of the model for this test."""
    with ExitStack() as until_the_end:

        def say(model: type[Model], **attributes: object) -> None:
            declaration = type(f"{model.__name__}Privacy", (ModelPrivacy,), attributes)
            until_the_end.enter_context(registry.overridden({model: declaration}))

        yield say
