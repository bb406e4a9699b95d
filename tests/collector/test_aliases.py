"""Several databases: a replica that spares the primary, and models that a router puts elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from tasks import collector
from tasks.collector import Subject
from tasks.datamap import Match
from tests.hosts.zoo.models import Hit, Login, Person, Pet, Subscription, Toy

pytestmark = pytest.mark.django_db(transaction=True)
READING: list[Callable[[Subject], Any]] = [
    collector.keys,
    collector.count,
    collector.gaps,
    lambda subject: list(collector.collect(subject, progress=lambda done, total: None)),
    lambda subject: list(collector.lines(subject)),
]


def connect(self: BaseDatabaseWrapper) -> None:
    if self.connection is None:
        with self.wrap_database_errors:
            self.connect()


@pytest.fixture
def alias(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """``alias("replica")``: one more name for the test's database, or for the one whose settings are given."""
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", connect)  # Django's tests forbid an alias of ours
    with ExitStack() as until_the_end:

        def make(name: str, **changed: Any) -> None:
            monkeypatch.setitem(connections.settings, name, {**connections.settings["default"], **changed})
            until_the_end.callback(connections.__delitem__, name)
            until_the_end.callback(lambda: connections[name].close())

        yield make


@contextmanager
def forbidden(name: str) -> Iterator[None]:
    """No statement may go to this alias."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        raise AssertionError(f"'{name}' was asked: {sql[:80]}")

    with connections[name].execute_wrapper(refuse):
        yield


@pytest.fixture
def person(declare: Callable[..., None]) -> Subject:
    """Alice with a toy, a value that ties, a row that names her."""
    declare(Subscription, match=Match(email="email"))
    person = Person.objects.create(code="a", email="a@example.com")
    Toy.objects.create(name="ball", pet=Pet.objects.create(owner_id=person.pk))
    Subscription.objects.create(email="A@example.com")
    return Subject(Person, person.pk, "default")


@pytest.mark.parametrize("read", READING)
def test_where_there_is_a_replica_the_primary_is_not_read(alias, person, read):
    expected = read(person)
    alias("replica")

    with forbidden("default"):
        assert read(person) == expected


def test_an_erasure_is_planned_from_what_is_written_to(alias, person):
    alias("replica")

    with forbidden("replica"):
        closure = collector.closure(person)

    assert {model.__name__ for model in {**closure.owned, **closure.named}} == {"Person", "Pet", "Toy", "Subscription"}


class Elsewhere:
    """Puts some models into another database."""

    def __init__(self, *models: type[Model]) -> None:
        self.models = models

    def db_for_write(self, model: type[Model], **_: Any) -> str | None:
        return "crm" if model in self.models else None

    db_for_read = db_for_write


@pytest.fixture
def crm(alias: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another database, which holds the tables of what is tied by value and of toys, and no others."""
    alias("crm", ENGINE="django.db.backends.sqlite3", NAME=str(tmp_path / "crm.sqlite3"), OPTIONS={})
    with connections["crm"].schema_editor() as editor:
        for model in (Subscription, Hit):
            editor.create_model(model)
    monkeypatch.setattr(router, "routers", [Elsewhere(Subscription, Hit)])


def test_a_value_ties_rows_of_another_database(crm, declare, noon):
    declare(Person, identifiers={"ip": ("logins__ip", "logins__at"), "mobile": lambda person: [person.code]})
    declare(Subscription, match=(Match(email="email"), Match(mobile="email")))
    declare(Hit, match=Match(ip="ip", within=timedelta(hours=1), at="at"), follow=True)
    alice = Person.objects.create(code="+49 341 1", email="a@example.com")
    login = Login.objects.create(person=alice, ip="192.0.2.7", at=noon)
    for email in ("A@EXAMPLE.com", "+49 341 1", "b@example.com"):
        Subscription(email=email).save(using="crm")
    for minutes in (59, 61):
        Hit(ip="192.0.2.7", at=noon + timedelta(minutes=minutes)).save(using="crm")
    subject = Subject(Person, alice.pk, "default")

    keys = collector.keys(subject)

    assert keys == {"zoo.Person": [alice.pk], "zoo.Login": [login.pk], "zoo.Subscription": [1, 2], "zoo.Hit": [1]}
    assert collector.count(subject) == {label: len(them) for label, them in keys.items()}
    assert collector.closure(subject).followed == {Hit: {1}}
    assert b"".join(collector.lines(subject)).count(b'"model":"zoo.Subscription"') == 2


def test_a_model_that_a_router_puts_elsewhere_is_read_there_while_the_rest_comes_from_the_replica(crm, alias, person):
    alias("replica")

    with forbidden("default"):
        batches = {batch.label: len(batch.rows) for batch in collector.collect(person)}

    assert batches == {"zoo.Person": 1, "zoo.Pet": 1, "zoo.Toy": 1, "zoo.Subscription": 1}
