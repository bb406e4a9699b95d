"""How single values read: codes in words, local dates, money, and nothing that breaks a file."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from examples.shop.community.models import Like
from examples.shop.customers.models import Notification, Profile
from examples.shop.orders.models import Order
from tasks.transform import display
from tasks.transform.text import clean_json
from tests.transform.conftest import BERLIN, batch_of


def test_a_code_reads_in_words_and_stays_beside_them(told, orders) -> None:
    assert told(orders).value("status") == ("S", "On its way")


def test_an_unknown_code_is_shown_as_it_is(told, order) -> None:
    assert told(batch_of(Order, {**order, "status": "?"})).value("status") == ("?", "?")


def test_a_moment_is_local_in_words_and_has_its_offset_in_the_data(told, order) -> None:
    told_of = told(batch_of(Order, {**order, "placed_at": datetime(2026, 7, 1, 22, 30, tzinfo=UTC)}))

    assert told_of.value("placed_at") == ("2026-07-02T00:30:00+02:00", "2 July 2026, 00:30")


def test_money_has_its_currency_and_keeps_its_digits(told, orders) -> None:
    assert told(orders).value("total") == ("1204.50", "1,204.50 €")


def test_the_currency_can_be_a_field_of_the_row(told, order) -> None:
    assert told(batch_of(Order, {**order, "currency": "JPY", "total": Decimal(900)})).display("total") == "900 ¥"


def test_labels_are_sentences_and_help_stands_beside_them(told, orders) -> None:
    labels = {info.name: info.label for info in told(orders).section.fields}

    assert labels["phone"] == "Telephone for the carrier"
    assert labels["placed_at"] == "Placed"


def test_yes_no_and_nothing(told, alice) -> None:
    from django.contrib.auth.models import User

    told_of = told(batch_of(User, {"id": alice.pk, "username": "alice", "is_active": True, "is_staff": False}))

    assert told_of.value("is_active") == (True, "Yes")
    assert told_of.value("is_staff") == (False, "No")
    assert told_of.value("last_login") == (None, "")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(hours=26, minutes=1), "26 hours 1 minute"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_a_duration_in_words(value: timedelta, words: str) -> None:
    assert display.duration(value).display == words


@pytest.mark.parametrize(
    ("value", "raw", "words"),
    [
        (date(1899, 12, 31), "1899-12-31", "31 December 1899"),
        (date(1, 1, 1), "0001-01-01", "1 January 0001"),
        (date(9999, 12, 31), "9999-12-31", "31 December 9999"),
    ],
)
def test_dates_far_off_are_dates(value: date, raw: str, words: str) -> None:
    assert display.day(value) == (raw, words)


@pytest.mark.parametrize("value", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_at_the_edge_of_time_is_no_error(value: datetime) -> None:
    raw, words = display.moment(value, BERLIN)

    assert str(value.year) in raw or raw.startswith("0001")
    assert words


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (Decimal("123456789012345678901234567890.12"), "123456789012345678901234567890.12"),
        (Decimal("NaN"), "NaN"),
        (float("inf"), "inf"),
        (2**70, str(2**70)),
        (5, 5),
    ],
)
def test_numbers_are_exact_and_never_break_json(value: Any, raw: Any) -> None:
    assert display.number(value).raw == raw


def test_json_reads_as_nested_text() -> None:
    value = {"size": "M", "colours": ["red", "green"], "gift": True, "empty": "", "to": {"street_name": "Elm"}}

    assert display.nested(value).display == "size: M; colours: red, green; gift: Yes; to: street name: Elm"
    assert display.nested(value).raw == value


def test_json_that_lies_too_deep_ends_as_text() -> None:
    deep: Any = "end"
    for _ in range(500):
        deep = [deep]

    assert "end" in str(clean_json(deep))


@pytest.mark.parametrize("evil", ["a\x00b", "a\ud800b", "a\x1b[31mb", "a\u202eb", "\ufeff\uffffb"])
def test_text_that_breaks_files_is_made_harmless(told, order, evil: str) -> None:
    raw, words = told(batch_of(Order, {**order, "note": evil})).value("note")

    raw.encode()
    assert not set(words) & set("\x00\x1b\u202e\ud800\uffff")
    assert words.endswith("b")


def test_html_is_just_text(told, order) -> None:
    assert told(batch_of(Order, {**order, "note": "<b>&amp;</b>"})).value("note") == ("<b>&amp;</b>", "<b>&amp;</b>")


def test_a_json_column_of_a_model_is_read(told) -> None:
    row = {"id": 1, "user_id": 1, "kind": "x", "payload": {"text": "Hello", "n": [1, 2]}}

    assert told(batch_of(Notification, row)).value("payload") == ({"text": "Hello", "n": [1, 2]}, "Hello")


def test_bytes_are_counted_and_not_shown() -> None:
    assert display.binary(memoryview(b"\x00\xff")) == (None, "2 bytes")


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (models.EmailField(), "email"),
        (models.URLField(), "url"),
        (models.GenericIPAddressField(), "ip"),
        (models.PositiveBigIntegerField(), "number"),
        (models.ImageField, "file"),
        (models.DurationField(), "duration"),
        (models.UUIDField(), "text"),
        (models.CharField(choices=[("a", "A")]), "choice"),
    ],
)
def test_the_kind_of_a_field(field: Any, kind: str) -> None:
    field = field() if isinstance(field, type) else field
    field.set_attributes_from_name("x")

    assert display.kind_of(field) == kind


def test_models_of_the_shop_have_no_unknown_kind() -> None:
    kinds = {display.kind_of(f) for model in (Order, Profile, Like) for f in model._meta.concrete_fields}

    assert kinds <= {"text", "number", "datetime", "date", "choice", "reference", "json", "boolean"}
