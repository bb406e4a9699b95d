"""Records as a whole: sentences, groups, order, and the summary at a section's end."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from django.utils.functional import lazy

from examples.shop.community.models import Post, Tag
from examples.shop.orders.models import Order, OrderLine, Product
from tasks import datamap
from tests.transform.conftest import batch_of

SAYS = "On {placed_at} you ordered {lines} for {total}."
SHOWN = ("number", "placed_at", "status", "total", "note")
MONEY = {"money": ("total",), "currency": "currency"}


@pytest.fixture
def two(order: dict[str, Any], alice, noon):
    """Two orders with two items and with one."""
    rows = [{**order, "id": n, "user_id": alice.pk, "number": f"KM-{n}", "total": Decimal(n)} for n in (1, 2)]
    mug = Product.objects.create(sku="1", name="Mug", price=1, listed_on=noon.date())
    for row in rows:
        Order.objects.create(**row)
    for order_id in (1, 1, 2):
        OrderLine.objects.create(order_id=order_id, product=mug, quantity=1, unit_price=1)
    return batch_of(Order, *rows)


def test_a_sentence_tells_the_whole_record(declared, two, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):  # how many items: one question for all rows
        told = declared(two, fields=SHOWN, sentence=SAYS, **MONEY)

    assert [record.sentence for record in told.records] == [
        "On 5 March 2026, 12:00 you ordered 2 items ordered for 1.00 €.",
        "On 5 March 2026, 12:00 you ordered 1 item for 2.00 €.",
    ]
    assert told.section.sentence_fields == ("placed_at", "total")


def test_a_sentence_may_ask_for_the_number_alone_and_for_computed_and_hidden_fields(declared, two) -> None:
    twice = datamap.computed("Twice")(lambda self, row: row.total * 2)

    told = declared(two, fields=("number",), twice=twice, sentence="{lines:count} of {twice}, {status}")

    assert told.records[0].sentence == "2 of 2, On its way"


def test_a_sentence_with_a_hole_is_not_said(declared, two) -> None:
    told = declared(two, fields=SHOWN, sentence="You said {note} on {placed_at}.")

    assert [record.sentence for record in told.records] == ["", ""]


def test_a_sentence_that_cannot_be_counted_is_a_gap(declared, two, monkeypatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("alice@example.com")

    monkeypatch.setattr("tasks.transform.sentences.Children.words", fail)

    told = declared(two, fields=SHOWN, sentence=SAYS)

    assert [(gap.field, gap.error) for gap in told.gaps] == [("sentence", "RuntimeError")]
    assert told.display("number") == "KM-1"


def test_a_translation_that_names_other_fields_gives_way_to_the_original(declared, two) -> None:
    said = lazy(lambda: "Am {datum}." if translation.get_language() == "de" else "On {placed_at}.", str)

    told = declared(two, fields=SHOWN, sentence=said(), language="de")

    assert told.records[0].sentence == "On 5. März 2026, 12:00."


def test_what_a_rule_covers_is_covered_in_the_sentence(declared, two) -> None:
    told = declared(two, third_party={"packed_by": "our staff"}, sentence="{packed_by} packed it.")

    assert told.records[0].sentence == "our staff packed it."


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [
        ("placed_at__year", [("2025", "2025"), ("2026", "2026")]),
        ("placed_at__month", [("2025-12", "December 2025"), ("2026-03", "March 2026")]),
        ("status", [("S", "On its way"), ("D", "Delivered")]),
        ("phone", [("", ""), (None, "")]),
    ],
)
def test_records_come_in_groups(declared, order, group_by, groups) -> None:
    first = {**order, "id": 1, "placed_at": datetime(2025, 12, 31, 12, tzinfo=UTC), "phone": ""}
    batch = batch_of(Order, first, {**order, "id": 2, "status": "D", "phone": None})

    told = declared(batch, fields=SHOWN, group_by=group_by)

    assert [tuple(record.group) for record in told.records] == groups
    assert told.section.group_by == group_by


def test_a_day_that_is_none_has_no_group(declared, order) -> None:
    told = declared(batch_of(Order, {**order, "placed_at": None}), fields=SHOWN, group_by="placed_at__month")

    assert told.records[0].group == (None, "")


def test_several_fields_order_a_section(declared, orders) -> None:
    section = declared(orders, fields=SHOWN, order_by=("status", "-placed_at")).section

    assert (section.ordering, section.order_by) == (("status", "-placed_at"), "status")


def test_a_summary_counts_and_says_from_when_to_when(declared, order) -> None:
    old = {**order, "id": 1, "placed_at": datetime(2019, 3, 3, 12, tzinfo=UTC), "note": "2030-01-01"}
    batches = [batch_of(Order, old), batch_of(Order, order)]

    summary = declared(*batches, fields=SHOWN).summaries[0]

    assert (summary.section, summary.count) == ("orders.Order", 2)
    assert (summary.first, summary.last) == ("2019-03-03", "2026-03-05")
    assert summary.words == "2 records, 3 March 2019 to 5 March 2026"


def test_a_summary_adds_up_what_was_declared(declared, order) -> None:
    weeks = datamap.computed("Waited", kind="duration")(lambda self, row: timedelta(days=2))
    rows = [{**order, "id": 1}, {**order, "id": 2, "currency": "JPY", "total": 900}, {**order, "id": 3, "status": "D"}]

    told = declared(batch_of(Order, *rows), fields=SHOWN, waited=weeks, summary=("total", "status", "waited"), **MONEY)

    lines = told.summaries[0].lines
    assert [(line.label, line.display) for line in lines] == [
        ("Total", "2,409.00 €, 900 ¥"),
        ("Status", "On its way: 2, Delivered: 1"),
        ("Waited", "6 days"),
    ]
    assert lines[0].raw == {"EUR": "2409.00", "JPY": "900"}


def test_a_sum_of_very_long_numbers_is_exact(declared, order) -> None:
    long = Decimal("123456789012345678901234567890.12")
    batch = batch_of(Order, {**order, "id": 1, "total": long}, {**order, "id": 2, "total": long})

    line = (
        declared(batch, fields=("total",), summary=("total",), money=("total",), currency="EUR").summaries[0].lines[0]
    )

    assert line.raw == {"EUR": "246913578024691357802469135780.24"}


def test_every_section_ends_in_a_summary(told, orders) -> None:
    kinds = [type(item).__name__ for item in told(orders).items]

    assert kinds == ["Section", "Block", "Summary"]


def test_many_to_many_rows_are_named_on_the_record_that_has_them(
    declared, alice, noon, django_assert_num_queries
) -> None:
    posts = [Post.objects.create(author=alice, title=str(n), written_at=noon) for n in range(3)]
    red, large = (Tag.objects.create(name=name) for name in ("red", "large"))
    posts[0].tags.add(red, large)
    posts[1].tags.add(large)
    rows = [{"id": p.pk, "title": p.title, "written_at": noon, "author_name": "", "text": ""} for p in posts]

    with django_assert_num_queries(2):  # the ties, the names
        told = declared(batch_of(Post, *rows), fields=("title", "tags"), label="{title}", sentence="{title}: {tags}")

    assert told.value("tags") == ([red.pk, large.pk], "red, large")
    assert told.value("tags", 1) == ([large.pk], "large")
    assert told.value("tags", 2) == (None, "")
    assert told.records[0].sentence == "0: red, large"
    assert told.section.targets["tags"] == ("community.Tag", "name")


def test_many_to_many_rows_are_named_from_the_other_side_too(declared, alice, noon) -> None:
    post = Post.objects.create(author=alice, title="Kettles", written_at=noon)
    tag = Tag.objects.create(name="tea")
    post.tags.add(tag)

    assert (
        declared(batch_of(Tag, {"id": tag.pk, "name": "tea"}), fields=("name", "posts")).display("posts") == "Kettles"
    )
