"""A Django REST framework serializer instead of declared fields: in bulk, held to its word, and careful with people."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework import serializers

from examples.shop.community.models import Post, Tag
from examples.shop.customers.models import Follow
from examples.shop.orders.models import Order, OrderLine, Payment, Product
from tasks.collector import Batch
from tasks.errors import DeclarationError
from tests.transform.conftest import batch_of


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("name", "price")


class LineSerializer(serializers.ModelSerializer):
    product = ProductSerializer()

    class Meta:
        model = OrderLine
        fields = ("product", "quantity")


class OrderSerializer(serializers.ModelSerializer):
    lines = LineSerializer(many=True)
    weight = serializers.SerializerMethodField(label="How heavy", help_text="In grams")

    class Meta:
        model = Order
        fields = ("number", "placed_at", "status", "total", "lines", "weight")

    def get_weight(self, order: Order) -> int:
        return 100 * len(order.lines.all())


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "username", "email", "password")


class FollowSerializer(serializers.ModelSerializer):
    followed = PersonSerializer()
    their_mail = serializers.CharField(source="followed.email")
    by = serializers.StringRelatedField(source="follower")

    class Meta:
        model = Follow
        fields = ("follower", "followed", "their_mail", "by", "since")


@pytest.fixture
def bought(alice: User, order: dict[str, Any]) -> Batch:
    """Two orders with three items."""
    rows = [{**order, "id": number, "user_id": alice.pk, "number": f"KM-{number}"} for number in (1, 2)]
    for row in rows:
        Order.objects.create(**row)
    mug = Product.objects.create(sku="1", name="Mug", price="12.50", listed_on="2026-01-01")
    for order_id in (1, 1, 2):
        OrderLine.objects.create(order_id=order_id, product=mug, quantity=order_id, unit_price="12.50")
    return batch_of(Order, *rows)


def test_its_fields_become_the_fields_of_the_records(declared, bought) -> None:
    told_of = declared(bought, serializer=OrderSerializer, label="Order {number}")

    assert [info.name for info in told_of.section.fields] == list(OrderSerializer.Meta.fields)
    assert [(info.label, info.help) for info in told_of.section.fields][-1] == ("How heavy", "In grams")
    assert told_of.records[0].title == "Order KM-1"
    assert not told_of.gaps


def test_what_it_passes_on_reads_as_everywhere(declared, bought) -> None:
    told_of = declared(bought, serializer=OrderSerializer, money=("total",), currency="currency")

    assert told_of.value("status") == ("S", "On its way")
    assert told_of.value("placed_at") == ("2026-03-05T12:00:00+01:00", "5 March 2026, 12:00")
    assert told_of.value("total") == ("1204.50", "1,204.50 €")
    assert told_of.value("weight") == (200, "200")


def test_nested_serializers_read_as_nested_lists(declared, bought) -> None:
    raw, words = declared(bought, serializer=OrderSerializer).value("lines", 1)

    assert raw == [{"product": {"name": "Mug", "price": "12.50"}, "quantity": 2}]
    assert words == "(product: name: Mug; price: 12.50; quantity: 2)"


def test_what_it_follows_is_fetched_in_bulk(declared, alice, bought, django_assert_num_queries) -> None:
    many = batch_of(Order, *[dict(zip(bought.columns, row, strict=True)) for row in bought.rows * 50])

    with django_assert_num_queries(2):  # items, products
        declared(many, serializer=OrderSerializer)


def test_many_to_many_keys_are_names(declared, alice, noon) -> None:
    post = Post.objects.create(author=alice, title="Kettles", written_at=noon)
    post.tags.add(Tag.objects.create(name="tea"), Tag.objects.create(name="iron"))

    class PostSerializer(serializers.ModelSerializer):
        class Meta:
            model = Post
            fields = ("title", "tags")

    row = {"id": post.pk, "title": "Kettles", "written_at": noon, "author_name": "", "text": ""}

    assert declared(batch_of(Post, row), serializer=PostSerializer).display("tags") == "tea, iron"


def test_other_people_are_covered_however_the_serializer_reaches_them(declared, alice, bob, noon) -> None:
    rows = [
        {"id": 1, "follower_id": alice.pk, "followed_id": bob.pk, "since": noon},
        {"id": 2, "follower_id": bob.pk, "followed_id": alice.pk, "since": noon},
    ]

    told_of = declared(batch_of(Follow, *rows), serializer=FollowSerializer)

    assert [told_of.display("follower", n) for n in (0, 1)] == ["you", "another person"]
    assert told_of.display("followed", 0) == "another person"
    assert told_of.value("followed", 1)[0]["email"] == alice.email
    assert told_of.value("their_mail") == (None, "another person")
    assert told_of.display("their_mail", 1) == alice.email
    assert [told_of.display("by", n) for n in (0, 1)] == [str(alice), "another person"]
    everything = repr([record.values for record in told_of.records])
    assert bob.email not in everything
    assert bob.username not in everything
    assert bob.password not in everything
    assert alice.password not in everything


def test_a_secret_is_withheld_although_the_serializer_shows_it(declared) -> None:
    class PaymentSerializer(serializers.ModelSerializer):
        access_token = serializers.CharField(source="holder")

        class Meta:
            model = Payment
            fields = ("method", "provider_token", "access_token")

    row = {"id": 1, "order_id": 7, "provider_token": "tok_1", "holder": "tok_2", "method": "card"}

    told_of = declared(batch_of(Payment, row), serializer=PaymentSerializer)

    assert {"provider_token", "access_token"} <= {name for name, _label, _why in told_of.section.withheld}
    assert "tok_" not in repr(told_of.records[0].values)


def test_a_third_party_field_is_covered_although_the_serializer_shows_it(declared, bought) -> None:
    told_of = declared(bought, serializer=OrderSerializer, third_party={"number": "a number"})

    assert told_of.value("number") == (None, "a number")


def nonsense(returned: Any) -> type:
    class Nonsense(serializers.BaseSerializer):
        def to_representation(self, instance: Any) -> Any:
            if isinstance(returned, Exception):
                raise returned
            return returned

    return Nonsense


@pytest.mark.parametrize("returned", [True, None, "text", 7, {1: 2}, ValueError("alice@example.com")])
def test_nonsense_is_a_gap_of_the_section_and_no_crash(declared, bought, returned) -> None:
    told_of = declared(bought, serializer=nonsense(returned))

    assert [(gap.section, gap.field) for gap in told_of.gaps] == [("orders.Order", "")]
    assert "alice" not in repr(told_of.gaps)
    assert len(told_of.records) == 2


def test_one_failing_row_leaves_the_others_and_shows_its_own_columns(declared, bought) -> None:
    class Moody(OrderSerializer):
        def get_weight(self, order: Order) -> int:
            if order.pk == 1:
                raise RuntimeError
            return 5

    told_of = declared(bought, serializer=Moody)

    assert [told_of.display("number", n) for n in (0, 1)] == ["KM-1", "KM-2"]
    assert [told_of.display("weight", n) for n in (0, 1)] == ["", "5"]
    assert [(gap.field, gap.error) for gap in told_of.gaps] == [("", "RuntimeError")]


def test_one_without_fields_is_asked_for_its_words(declared, bought) -> None:
    told_of = declared(bought, serializer=nonsense({"said": "hello", "api_key": "k-1"}))

    assert [info.name for info in told_of.section.fields] == ["said"]
    assert told_of.display("said") == "hello"


def test_one_that_cannot_be_made_shows_the_models_own_fields(declared, bought) -> None:
    class Broken(serializers.ModelSerializer):
        class Meta:
            model = Order
            fields = ("nothing",)

    told_of = declared(bought, serializer=Broken)

    assert told_of.display("number") == "KM-1"
    assert [gap.field for gap in told_of.gaps] == [""]


def test_a_dotted_name_is_enough(declared, bought) -> None:
    told_of = declared(bought, serializer=f"{__name__}.OrderSerializer")

    assert told_of.display("number") == "KM-1"


@pytest.mark.parametrize("given", [dict, "serializer", 3, OrderSerializer()])
def test_what_is_no_serializer_is_refused_at_start(declared, bought, given) -> None:
    with pytest.raises(DeclarationError, match=r"SomePrivacy.serializer: wanted a serializer class"):
        declared(bought, serializer=given)


def test_a_serializer_and_fields_are_one_too_many(declared, bought) -> None:
    with pytest.raises(DeclarationError, match="either a serializer or 'fields'"):
        declared(bought, serializer=OrderSerializer, fields=("number",))


def test_without_the_framework_the_declaration_is_refused_with_its_name(declared, bought, monkeypatch) -> None:
    monkeypatch.setattr("tasks.datamap.wording.SERIALIZERS", "rest_framework_gone.Base")

    with pytest.raises(DeclarationError, match="djangorestframework"):
        declared(bought, serializer=OrderSerializer)
