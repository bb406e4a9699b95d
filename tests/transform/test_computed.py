"""Computed fields and ``display_`` methods: the host's code speaks, and its failures stop nothing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.functional import lazystr

from examples.shop.orders.models import Order, OrderLine, Product
from tasks import datamap
from tests.transform.conftest import batch_of

SHOWN = ("number", "total", "shipping", "currency")


def made(result: Any, **said: Any):
    """A computed field that returns ``result``, or raises it."""

    def method(self, row):
        if isinstance(result, Exception):
            raise result
        return result(row) if callable(result) else result

    return datamap.computed("Made", **said)(method)


def test_a_computed_field_is_shown_like_any_other_with_its_raw_value(declared, orders) -> None:
    total = made(lambda row: row.total + row.shipping, kind="money", needs=("total", "shipping"), help_text="With post")

    told = declared(orders, fields=SHOWN, money=("total",), currency="currency", whole=total, portable=("whole",))

    assert told.value("whole") == ("1209.40", "1,209.40 €")
    info = told.section.fields[-1]
    assert (info.name, info.label, info.help, info.kind, info.portable) == ("whole", "Made", "With post", "money", True)
    assert told.section.computed == {"whole": ("total", "shipping")}


def test_its_place_is_where_the_declaration_names_it(declared, orders) -> None:
    told = declared(orders, fields=("number", "whole", "total"), whole=made(1), late=made(2))

    assert [info.name for info in told.section.fields] == ["number", "whole", "total", "late"]


@pytest.mark.parametrize(
    ("result", "raw", "words"),
    [
        ("text\x00", "text\ufffd", "text\ufffd"),
        (lazystr("later"), "later", "later"),
        (True, True, "Yes"),
        (date(2026, 3, 5), "2026-03-05", "5 March 2026"),
        (timedelta(hours=3), "P0DT03H00M00S", "3 hours"),
        (Decimal("1.50"), "1.50", "1.50"),
        (["red", "large"], ["red", "large"], "red, large"),
        ({"size": "M"}, {"size": "M"}, "size: M"),
        (float("nan"), "nan", "nan"),
        (None, None, ""),
    ],
)
def test_it_may_return_whatever_can_be_told(declared, orders, result, raw, words) -> None:
    assert declared(orders, fields=SHOWN, whole=made(result)).value("whole") == (raw, words)


@pytest.mark.parametrize("result", [RuntimeError("alice@example.com"), object(), b"x"])
def test_one_that_fails_is_empty_and_told_once_without_its_text(declared, order, result) -> None:
    told = declared(batch_of(Order, order, {**order, "id": 8}), fields=SHOWN, whole=made(result))

    assert told.value("whole") == (None, "")
    assert told.display("number") == "KM-1"
    assert [(gap.section, gap.field) for gap in told.gaps] == [("orders.Order", "whole")]
    assert "alice" not in repr(told.gaps)


def test_columns_of_other_rows_are_read_in_bulk(declared, alice: User, noon, django_assert_num_queries) -> None:
    product = Product.objects.create(sku="1", name="Mug", price=Decimal("12.50"), listed_on=noon.date())
    mine = Order.objects.create(user=alice, number="KM-9", placed_at=noon, status="D", total=1, shipping=0)
    lines = [OrderLine.objects.create(order=mine, product=product, quantity=n, unit_price=1) for n in (1, 2, 3)]
    rows = [{"id": line.pk, "order_id": mine.pk, "product_id": product.pk, "quantity": line.quantity} for line in lines]
    saved = made(lambda row: row.product__price * row.quantity, needs=("product__price", "quantity"))
    when = made(lambda row: row.order__placed_at, needs=("order__placed_at",), kind="datetime")

    with django_assert_num_queries(1):
        told = declared(batch_of(OrderLine, *rows), fields=("quantity",), saved=saved, when=when)

    assert [told.display("saved", n) for n in range(3)] == ["12.50", "25.00", "37.50"]
    assert told.display("when") == "5 March 2026, 12:00"
    assert told.section.computed["saved"] == ("product", "quantity")


def test_a_row_has_its_columns_as_attributes_and_nothing_else(declared, orders) -> None:
    seen = made(lambda row: [row.pk, row.id, row.user, row.user_id, row.number])

    assert declared(orders, fields=SHOWN, whole=seen).value("whole")[0] == [7, 7, 1, 1, "KM-1"]
    told = declared(orders, fields=SHOWN, whole=made(lambda row: row.nothing))
    assert [gap.error for gap in told.gaps] == ["AttributeError"]


def test_a_subclass_may_take_a_computed_field_back() -> None:
    class Base(datamap.ModelPrivacy):
        @datamap.computed("Whole")
        def whole(self, order: Any) -> int:
            return 1

    class Without(Base):
        whole = None

    assert set(Base(Order).computed) == {"whole"}
    assert Without(Order).computed == {}


@pytest.mark.parametrize("words", [True, object(), ["a"], b"x"])
def test_a_display_method_that_returns_no_words_leaves_the_value(declared, orders, words) -> None:
    told = declared(orders, fields=("status",), display_status=lambda self, row: words)

    assert told.value("status") == ("S", "On its way")
    assert [(gap.field, gap.error) for gap in told.gaps] == [("status", "TypeError")]


def test_words_of_a_display_method_are_made_harmless(declared, orders) -> None:
    told = declared(orders, fields=("status",), display_status=lambda self, row: "a\x00\u202eb")

    assert told.value("status") == ("S", "a\ufffdb")
    assert told.section.worded == ("status",)


def test_a_display_method_cannot_uncover_what_a_rule_covers(declared, orders) -> None:
    told = declared(orders, third_party={"packed_by": "staff"}, display_packed_by=lambda self, row: row.packed_by)

    assert told.value("packed_by") == (None, "staff")
