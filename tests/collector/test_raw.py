"""Cells as the database has them: the same as values, told faster."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection, models
from django.utils.translation import override

from examples.shop.customers.models import Profile
from examples.shop.orders.models import Order
from tasks import collector
from tasks.collector import Subject
from tasks.collector.raw import raw, reader
from tasks.collector.select import columns_of
from tasks.datamap import ModelPrivacy, computed
from tasks.transform import Block, Gap, Record, Summary, bulk, display, explain
from tests.hosts.zoo.models import Login

BERLIN = ZoneInfo("Europe/Berlin")
RAW = connection.vendor in ("sqlite", "postgresql")
MOMENTS = [datetime(2026, 3, 5, 11, tzinfo=UTC) + timedelta(hours=7 * n, microseconds=n * 100) for n in range(300)]


@pytest.fixture
def buyer(db: None) -> Subject:
    """Somebody with orders and a profile."""
    user = User.objects.create(username="buyer", date_joined=MOMENTS[3], last_login=None)
    Profile.objects.update_or_create(
        user=user, defaults={"birth_date": date(1990, 5, 17), "member_since": date(2020, 2, 29)}
    )
    Order.objects.bulk_create(
        Order(user=user, number=f"A-{n}", placed_at=at, status="P", total=Decimal(n) / 4, shipping=Decimal("4.90"))
        for n, at in enumerate(MOMENTS)
    )
    return Subject(User, user.pk, "default")


def said(subject: Subject, *, raw: bool) -> list[object]:
    batches = collector.source("database", raw=raw).collect(subject)
    found = explain(batches, language="en", time_zone=BERLIN, subject=subject)
    return [each for item in found for each in (item if isinstance(item, Block) else [item])]


def words(found: list[object]) -> list[str]:
    return [value.display for record in found if isinstance(record, Record) for value in record.values]


def test_a_raw_batch_has_all_values(buyer: Subject) -> None:
    raw = list(collector.source("database", raw=True).collect(buyer))
    plain = list(collector.source("database").collect(buyer))

    assert [batch.whole() for batch in raw] == plain
    assert not any(batch.raw for batch in plain)
    taken = {batch.columns[place] for batch in raw for place, _read in batch.raw if batch.model is Order}
    assert taken >= ({"placed_at", "total"} if RAW else set())


def test_raw_cells_are_told_as_values_are(buyer: Subject) -> None:
    assert said(buyer, raw=True) == said(buyer, raw=False)


def test_what_the_host_says_itself_is_said_of_values(buyer: Subject, declare) -> None:
    class Speaking(ModelPrivacy):
        fields = ("number", "placed_at", "total")

        def display_total(self, row):
            return f"{row.total + 1:.1f} on {row.placed_at:%d.%m.}"

        @computed("Twice")
        def twice(self, row):
            return row.total * 2

    declare(Order, **{name: value for name, value in vars(Speaking).items() if not name.startswith("__")})

    found = said(buyer, raw=True)
    assert found == said(buyer, raw=False)
    assert "1.2 on 05.03." in words(found)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one way to write a day")
def test_days_that_postgresql_writes_as_a_country_does_are_left_to_its_driver(db: None) -> None:
    assert raw(Profile, columns_of(Profile), connection).keys() >= {"birth_date", "member_since"}

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'German'")

    assert raw(Profile, columns_of(Profile), connection) == {}


@pytest.mark.skipif(not RAW, reason="raw cells are for SQLite and PostgreSQL")
def test_a_moment_that_python_does_not_know_is_shown_as_it_is_stored(alice, noon) -> None:
    text = "infinity" if connection.vendor == "postgresql" else "0000-00-00 00:00:00"
    Login.objects.bulk_create([Login(person_id=alice.pk, ip="192.0.2.7", at=noon) for _ in range(3)])
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE zoo_login SET at = '{text}' WHERE id = %s", [Login.objects.order_by("pk")[1].pk])

    found = said(alice, raw=True)

    assert text in words(found)
    assert not [item for item in found if isinstance(item, Gap)]
    (summary,) = [item for item in found if isinstance(item, Summary) and item.section == "zoo.Login"]
    assert (summary.count, summary.first) == (3, noon.astimezone(BERLIN).date().isoformat())


class Place(models.Model):
    """Every type that is taken raw, also where its name says more than its type."""

    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    lng = models.DecimalField(max_digits=9, decimal_places=6)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    seen_on = models.DateField()
    seen_at = models.DateTimeField()
    is_home = models.BooleanField()
    number = models.DecimalField(max_digits=5, decimal_places=0, unique=True)  # a key may lead to it
    kind = models.DecimalField(max_digits=1, decimal_places=0, choices=[(1, "One")])

    class Meta:
        app_label = "tests"
        managed = False


CELLS = {
    "latitude": "-52.520008",
    "lng": "13.404954",
    "share": "-0.50",
    "seen_on": "2026-03-05",
    "seen_at": "2026-03-05 23:30:00.25",
    "is_home": 1,
}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_each_raw_type_says_what_its_value_says(name: str, language: str) -> None:
    field = Place._meta.get_field(name)
    read = reader(field, "sqlite", frozenset({"decimals", "days", "moments"}))
    assert read is not None
    with override(language):
        kind = display.kind_of(field)
        as_raw = bulk.column(field, kind, zone=BERLIN, guard=True, read=read)
        as_value = bulk.column(field, kind, zone=BERLIN, guard=True)

        assert as_raw([CELLS[name], None]) == as_value([read(CELLS[name]), None])


@pytest.mark.parametrize("name", ["id", "number", "kind"])
def test_keys_and_codes_are_values(name: str) -> None:
    assert reader(Place._meta.get_field(name), "sqlite", frozenset({"decimals", "days", "moments"})) is None
