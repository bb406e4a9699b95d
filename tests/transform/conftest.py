"""Batches made by hand, as the collector would give them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db.models import Model

from examples.shop.orders.models import Order
from tasks import collector
from tasks.collector import Batch, Subject
from tasks.datamap import Ask, Item, ModelPrivacy, registry
from tasks.datamap.guess import Undescribed
from tasks.transform import Block, Gap, Section, Summary, explain
from tests.bonus import holding

BERLIN = ZoneInfo("Europe/Berlin")


def batch_of(model: type[Model], *rows: dict[str, Any], owned: bool = True, shared: Iterable[int] = ()) -> Batch:
    """A batch of ``model``; what a row leaves out is None."""
    fields = model._meta.local_concrete_fields
    pk = model._meta.pk
    columns = (pk.attname, *(field.attname for field in fields if field is not pk))
    tuples = [tuple(row.get(name) for name in columns) for row in rows]
    return Batch("database", model._meta.label, model, columns, tuples, owned, shared=frozenset(shared))


class Told:
    """What came out: sections, records and gaps, and values by the names of their fields."""

    def __init__(self, items: list[Any]) -> None:
        self.sections = [item for item in items if isinstance(item, Section)]
        self.records = [record for item in items if isinstance(item, Block) for record in item]
        self.gaps = [item for item in items if isinstance(item, Gap)]
        self.summaries = [item for item in items if isinstance(item, Summary)]
        self.items = items

    @property
    def section(self) -> Section:
        return self.sections[0]

    def value(self, name: str, record: int = 0) -> tuple[Any, str]:
        place = [info.name for info in self.section.fields].index(name)
        return tuple(self.records[record].values[place])

    def display(self, name: str, record: int = 0) -> str:
        return self.value(name, record)[1]


@pytest.fixture
def told(alice: User) -> Callable[..., Told]:
    """``told(batch, …)``: explained for Alice in English, with Berlin's time."""

    def tell(*batches: Batch, language: str = "en", subject: Subject | None = None) -> Told:
        person = subject or Subject(User, alice.pk, "default")
        return Told(list(explain(batches, language=language, time_zone=BERLIN, subject=person)))

    return tell


@pytest.fixture
def declared(told: Callable[..., Told]) -> Callable[..., Told]:
    """``declared(batch, label=…, …)``: explained under a declaration with these attributes."""

    def tell(*batches: Batch, language: str = "en", **attributes: Any) -> Told:
        model = batches[0].model
        assert model is not None
        declaration = type("SomePrivacy", (ModelPrivacy,), {"__module__": "somewhere", **attributes})
        with registry.overridden({model: declaration}):
            return told(*batches, language=language)

    return tell


@pytest.fixture
def undescribed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host without any privacy.py."""
    guesses: dict[type[Model], Undescribed] = {}
    monkeypatch.setattr(registry, "get", lambda model: guesses.setdefault(model, Undescribed(model)))
    monkeypatch.setattr(registry, "is_declared", lambda model: False)


@pytest.fixture
def order(noon: datetime) -> dict[str, Any]:
    """An order's row."""
    return {
        "id": 7,
        "user_id": 1,
        "number": "KM-1",
        "placed_at": noon,
        "status": "S",
        "currency": "EUR",
        "total": Decimal("1204.50"),
        "shipping": Decimal("4.90"),
        "recipient": "Alice Hartmann",
        "delivery_address": "Marina Road 12\nLagos",
        "packed_by": "Dana Whitfield",
    }


@pytest.fixture
def orders(order: dict[str, Any]) -> Batch:
    return batch_of(Order, order)


@pytest.fixture
def explained(told: Callable[..., Told]) -> Callable[..., Told]:
    """``explained(item, …, attribute=…)``: what the programme holds, explained for Alice."""

    def explain(*items: Item, language: str = "en", **said: Any) -> Told:
        with registry.with_sources(holding(*items, **said)):
            batches = list(
                collector.store("loyalty").collect(None, ask=Ask("one", datetime(2026, 3, 5, 12, tzinfo=UTC)))
            )
            return told(*batches, language=language)

    return explain
