"""Sections: why the data is there, which fields it has, how records are called, and what went wrong."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from examples.shop.community.models import Comment, Post
from examples.shop.orders.models import Invoice, Order
from examples.shop.orders.privacy import OrderPrivacy
from examples.shop.support.models import Attachment
from tasks.collector import Batch
from tasks.transform import Block, Section, Summary, explain
from tests.transform.conftest import BERLIN, batch_of


def test_a_section_says_why_the_data_is_there(told, orders) -> None:
    category = told(orders).section.category

    assert (category["key"], category["title"]) == ("orders", "Orders")
    assert category["purposes"][0]["term"].startswith("dpv:")
    assert category["legal_basis"]["article"] == "Art. 6(1)(b) GDPR"
    assert category["retention"]["law"] == "§ 147 AO"
    assert category["recipients"][0]["name"] == "Talweg Logistik"


def test_what_a_model_says_differently_stands_apart_from_its_category(told, orders, monkeypatch) -> None:
    from tasks.datamap import Retention, registry

    policy = OrderPrivacy(Order)
    policy.retention = Retention("Two years")
    monkeypatch.setattr(registry, "get", lambda model: policy)

    section = told(orders).section

    assert section.context == {"retention": {"text": "Two years", "law": ""}}
    assert section.category["retention"]["law"] == "§ 147 AO"


def test_an_undescribed_section_says_so_and_claims_nothing(told, orders, undescribed) -> None:
    section = told(orders).section

    assert section.described is False
    assert section.category["purposes"] == []
    assert section.category["legal_basis"] is None
    assert section.title == "Orders"


def test_each_model_has_one_section_before_its_records(alice, orders, order) -> None:
    batches = [
        orders,
        batch_of(Order, {**order, "id": 8, "number": "KM-2"}),
        batch_of(Invoice, {"id": 1, "number": "R", "net": 1, "vat": 0}),
    ]

    kinds = [type(item) for item in explain(batches, language="en", time_zone=BERLIN)]

    assert kinds == [Section, Block, Block, Summary, Section, Block, Summary]


def test_a_record_is_called_by_its_label_or_its_kind(told, orders, order, noon) -> None:
    assert told(orders).records[0].title == "Order KM-1"
    assert told(orders).section.title_fields == ("number",)
    assert told(batch_of(Order, {**order, "number": "\x00"})).records[0].title == "Order \ufffd"


def test_a_row_between_two_things_is_called_by_both(told, noon, alice) -> None:
    through = Post._meta.get_field("tags").remote_field.through
    post = Post.objects.create(author=alice, title="Kettles", written_at=noon)
    tag = Post._meta.get_field("tags").related_model.objects.create(name="tea")

    told_of = told(batch_of(through, {"id": 1, "post_id": post.pk, "tag_id": tag.pk}))

    assert told_of.records[0].title == "Kettles: tea"


def test_a_file_is_listed_with_its_place(told, noon) -> None:
    row = {"id": 1, "file": "attachments/a.png", "name": "a.png", "media_type": "image/png", "uploaded_at": noon}

    record = told(batch_of(Attachment, row)).records[0]

    assert [(file.label, file.field, file.name) for file in record.files] == [
        ("support.Attachment", "file", "attachments/a.png")
    ]


def test_a_hook_sees_a_light_row_and_decides_the_words(told, orders, monkeypatch) -> None:
    monkeypatch.setattr(
        OrderPrivacy,
        "display_status",
        lambda self, row: f"{row.number}:{row.status}:{row.user_id}:{row.user}",
        raising=False,
    )

    assert told(orders).value("status") == ("S", "KM-1:S:1:1")


def test_a_failing_hook_leaves_the_value_and_is_told_once_without_its_text(told, orders, order, monkeypatch) -> None:
    def broken(self, row):
        raise RuntimeError("alice@example.com")

    monkeypatch.setattr(OrderPrivacy, "display_status", broken, raising=False)

    told_of = told(batch_of(Order, order, {**order, "id": 8}))

    assert told_of.display("status") == "On its way"
    assert [(gap.section, gap.field, gap.error) for gap in told_of.gaps] == [("orders.Order", "status", "RuntimeError")]


def test_a_store_that_is_no_model_is_explained_by_its_values(told, noon) -> None:
    batch = Batch("redis", "cart", None, ("key", "changed_at", "items"), [("c:1", noon, [{"sku": "A"}])], True)

    told_of = told(batch)

    assert told_of.section.title == "Cart"
    assert told_of.value("changed_at") == ("2026-03-05T12:00:00+01:00", "5 March 2026, 12:00")
    assert told_of.display("items") == "(sku: A)"


def test_the_language_is_the_persons_and_does_not_leak(orders) -> None:
    with translation.override("en"):
        for item in explain([orders], language="de", time_zone=BERLIN):
            assert translation.get_language() == "en"
            for record in item if isinstance(item, Block) else ():
                place = 1  # placed_at
                assert record.values[place].display.startswith("5")
        assert gettext("Yes") == "Yes"


def test_no_value_shows_in_a_log_of_a_record(told, orders) -> None:
    assert "KM-1" not in repr(told(orders).records)


@pytest.mark.parametrize("model", [Order, Comment, Invoice, Attachment])
def test_an_empty_row_is_no_error(told, undescribed, model) -> None:
    told_of = told(batch_of(model, {"id": 1}))

    assert all(value.raw is None for value in told_of.records[0].values)
