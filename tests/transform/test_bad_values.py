"""Values that break things. Nothing that a database can hold stops an answer."""

import json
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models

from examples.shop.customers.models import Profile
from examples.shop.orders.models import Order, OrderLine
from tasks.collector import Batch
from tasks.collector.damage import Damage
from tasks.transform import bulk, display, outline, value_of
from tasks.transform.numerals import amount
from tests.transform.conftest import BERLIN, batch_of

EVIL = [
    "\x00",
    "\ud800\udfff",
    "\x1b]0;title\x07",
    "\u202e\u2066abc\u2069",
    "\u0000=cmd()|' /C calc'!A0",
    "<script>alert(1)</script>",
    '<svg onload="alert(1)">',
    "../../etc/passwd",
    "CON.txt",
    "n" * 300 + ".txt",
    "\ufeff\uffff\ufffe",
    "z̸a͠l̵g҉o" * 50,
    "👩‍👩‍👧 é مرحبا 你好",
    "\r\n\x0b\x0c\x85\u2028",
    "",
    " ",
]
ANYTHING: list[Any] = [
    *EVIL,
    None,
    True,
    0,
    -1,
    2**200,
    1.5,
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("1E+400"),
    Decimal("1E-400"),
    Decimal("123456789012345678901234567890.123456789"),
    date(1, 1, 1),
    date(9999, 12, 31),
    datetime(1, 1, 1),  # noqa: DTZ001 - a database may hold such
    datetime.max,  # noqa: DTZ901 - as above
    datetime.max.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC),
    time(23, 59, 59, 999999),
    timedelta.max,
    timedelta.min,
    uuid.UUID(int=7),
    b"\xff\x00",
    bytearray(b"x"),
    memoryview(b"x"),
    [],
    {},
    [[[["deep"]]]],
    {"a": float("nan"), 1: {None: b"\xff"}},
    {1, 2},
    ("a", None),
    "10000-01-01",
    "0000-00-00",
    "2026-02-30",
    SimpleNamespace(lower=1, upper=None, bounds="[)"),
    SimpleNamespace(x=13.4, y=-52.5),
    object(),
]
KINDS = {*display.KINDS.values(), "text", "choice", "reference"}
FIELDS = [
    models.CharField(),
    models.TextField(),
    models.IntegerField(),
    models.DecimalField(max_digits=40, decimal_places=10),
    models.FloatField(),
    models.BooleanField(),
    models.DateField(),
    models.DateTimeField(),
    models.TimeField(),
    models.DurationField(),
    models.JSONField(),
    models.BinaryField(),
    models.FileField(),
    models.GenericIPAddressField(),
    models.UUIDField(),
    models.URLField(),
    models.CharField(choices=[("a", "A"), ("b", "B")]),
    models.IntegerField(choices=[(1, "One")]),
]


def same(first: Any, second: Any) -> bool:
    return repr(first) == repr(second)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_a_column_of_any_type_takes_any_value(field: Any) -> None:
    field.set_attributes_from_name("x")
    whole = bulk.column(field, display.kind_of(field), zone=BERLIN, guard=True)

    found = whole(ANYTHING)

    assert len(found) == len(ANYTHING)
    for value in map(value_of, found):
        json.dumps(value.raw, allow_nan=False).encode()
        assert isinstance(value.display, str)
        value.display.encode()
        assert not set(value.display) & set("\x00\x1b\x07\u202e\u2066\ufffe\uffff")
    for value, each in zip(ANYTHING, found, strict=True):
        assert same(whole([value])[0], each), repr(value)


@pytest.mark.parametrize("evil", EVIL)
def test_text_keeps_everything_that_can_be_kept(told, order, evil: str) -> None:
    raw, words = told(batch_of(Order, {**order, "note": evil, "number": evil})).value("note")

    harmless = [c for c in evil if c.isprintable() or c in "\r\n\t\u200d"]
    assert [c for c in raw if c in harmless] == harmless
    assert len(raw) == len(evil)
    assert set(words) <= set(raw)


def test_ten_megabytes_of_text_stay_whole(told, order) -> None:
    long = "all of it, every word\n" * 500_000

    told_of = told(batch_of(Order, {**order, "note": long}))

    assert told_of.value("note") == (long, long)
    assert len(told_of.records[0].title) < 300


@pytest.mark.parametrize(
    ("value", "currency", "raw", "words"),
    [
        (Decimal("1204.50"), "EUR", "1204.50", "1,204.50 €"),
        (Decimal("-1204567.5"), "EUR", "-1204567.5", "-1,204,567.50 €"),
        (Decimal("0.00123"), "EUR", "0.00123", "0.00123 €"),
        (Decimal("12.999"), "USD", "12.999", "12.999 US$"),
        (Decimal(900), "JPY", "900", "900 ¥"),
        (Decimal("900.00"), "JPY", "900.00", "900 ¥"),
        (Decimal("1.5"), "KWD", "1.5", "1.500 KWD"),
        (Decimal("NaN"), "EUR", "NaN", "NaN €"),
        (Decimal("1E+400"), "EUR", "1E+400", "1E+400 €"),
        (Decimal("123456789012345678901234567890.12"), "EUR", None, "123,456,789,012,345,678,901,234,567,890.12 €"),
        (7, "", "7", "7.00"),
        (0.1, "EUR", "0.1", "0.10 €"),
        ("much", "EUR", "much", "much €"),
        (Decimal(1), "<b>\x00", "1", "1.00 <b>\ufffd"),
    ],
)
def test_no_digit_of_a_sum_is_lost(value: Any, currency: str, raw: str | None, words: str) -> None:
    assert amount(value, currency) == (str(value) if raw is None else raw, words)


def test_a_sum_in_no_currency_at_all(declared, order) -> None:
    told = declared(
        batch_of(Order, {**order, "currency": None}), fields=("total",), money=("total",), currency="currency"
    )

    assert told.value("total") == ("1204.50", "1,204.50")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(days=400, hours=2), "400 days 2 hours"),
        (timedelta(hours=-3), "minus 3 hours"),
        (timedelta(milliseconds=5), "less than a second"),
        (timedelta(hours=47), "47 hours"),
    ],
)
def test_lengths_of_time_that_are_not_short(value: timedelta, words: str) -> None:
    assert display.duration(value).display == words


def test_places_on_the_earth_read_as_such() -> None:
    latitude, longitude = models.FloatField(), models.DecimalField(max_digits=9, decimal_places=6)
    latitude.set_attributes_from_name("latitude")
    longitude.set_attributes_from_name("home_lon")

    assert bulk.column(latitude, "number", zone=BERLIN, guard=True)([52.52, None]) == [
        {"value": 52.52, "display": "52.52° N"},
        None,
    ]
    found = bulk.column(longitude, "number", zone=BERLIN, guard=True)([Decimal("-13.405000")])
    assert found == [{"value": "-13.405000", "display": "13.405000° W"}]
    assert display.plain(BERLIN)(SimpleNamespace(x=13.4, y=-52.5)) == (
        {"type": "Point", "coordinates": [13.4, -52.5]},
        "52.5° S, 13.4° E",
    )


def test_a_range_reads_from_end_to_end() -> None:
    span = SimpleNamespace(lower=date(2026, 3, 1), upper=None, bounds="[)")

    assert display.plain(BERLIN)(span) == ({"from": "2026-03-01", "to": None, "bounds": "[)"}, "1 March 2026 – …")


def test_json_has_an_outline_for_whoever_draws_lists() -> None:
    raw = {"size": "M", "gift_wrap": True, "none": None, "lines": [{"sku": "A", "n": 2}, "x"], "to": {"street": "Elm"}}

    items = outline(raw)

    assert [(item.label, item.text) for item in items] == [
        ("size", "M"),
        ("gift wrap", "Yes"),
        ("lines", ""),
        ("to", ""),
    ]
    assert [(each.label, each.text, len(each.items)) for each in items[2].items] == [("", "", 2), ("", "x", 0)]
    assert items[3].items == (("street", "Elm", ()),)
    assert outline("word") == outline(None) == outline({}) == ()


def test_no_rows_are_a_section_with_nothing_in_it(told) -> None:
    told_of = told(batch_of(Order))

    assert told_of.records == []
    assert (told_of.summaries[0].count, told_of.summaries[0].words) == (0, "0 records")


def test_no_batches_are_nothing_at_all(told) -> None:
    assert told().items == []


def test_a_row_whose_every_value_is_missing_is_no_error(declared) -> None:
    told = declared(batch_of(OrderLine, {"id": 1}), fields=("order", "product", "quantity", "unit_price"))

    assert told.records[0].title == "Item 1"
    assert all(value == (None, "") for value in told.records[0].values)


def test_a_column_that_fails_shows_what_is_stored_and_is_told(told, orders, monkeypatch) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("alice@example.com")

    monkeypatch.setattr("tasks.transform.numerals.Amounts.cells", fail)

    told_of = told(orders)

    assert told_of.value("total") == ("1204.50", "1204.50")
    assert {(gap.field, gap.error) for gap in told_of.gaps} == {("total", "RuntimeError"), ("shipping", "RuntimeError")}


def test_a_section_that_cannot_be_begun_says_that_it_is_incomplete_and_shows_nothing(told, orders, monkeypatch) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("alice@example.com")

    monkeypatch.setattr("tasks.transform.sectioned.model_section", fail)

    told_of = told(orders, batch_of(Profile, {"id": 1}))

    assert [(gap.section, gap.field, gap.error) for gap in told_of.gaps] == [
        ("orders.Order", "", "RuntimeError"),
        ("customers.Profile", "", "RuntimeError"),
    ]
    assert told_of.records == []
    assert told_of.section.fields == ()


def test_a_cell_that_could_not_be_read_is_told_with_its_record(told, orders) -> None:
    damaged = Batch(**{**vars(orders), "damaged": (Damage(0, "placed_at", "ValueError"), Damage(0, "user_id", "X"))})

    assert [(gap.field, gap.key, gap.error) for gap in told(damaged).gaps] == [
        ("placed_at", "7", "ValueError"),
        ("user", "7", "X"),
    ]
