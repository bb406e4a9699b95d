"""Who is named and who is not: the person is "you", others are nobody, secrets stay secret."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from examples.shop.customers.models import Follow, Profile
from examples.shop.orders.models import Order, OrderLine, Payment, Product
from tasks.collector import Subject
from tests.transform.conftest import batch_of


def test_the_person_is_you_and_others_have_no_name(told, alice, bob, noon) -> None:
    told_of = told(
        batch_of(
            Follow,
            {"id": 1, "follower_id": alice.pk, "followed_id": bob.pk, "since": noon},
            {"id": 2, "follower_id": bob.pk, "followed_id": alice.pk, "since": noon},
        )
    )

    assert [told_of.display("follower", n) for n in (0, 1)] == ["you", "another person"]
    assert [told_of.display("followed", n) for n in (0, 1)] == ["another person", "you"]
    assert told_of.value("followed")[0] is None  # not even their key
    assert told_of.value("follower") == (alice.pk, "you")


def test_a_third_party_word_is_replaced_and_is_nowhere(told, orders) -> None:
    told_of = told(orders)

    assert told_of.value("packed_by") == (None, "a member of our staff")
    assert told_of.section.third_party == (("packed_by", "Packed by", "a member of our staff"),)
    assert "Whitfield" not in repr(told_of.records[0].values) + repr(told_of.section)


def test_a_withheld_field_is_listed_with_its_reason_and_has_no_value(told) -> None:
    told_of = told(batch_of(Payment, {"id": 1, "order_id": 7, "provider_token": "tok_secret"}))

    assert [entry[0] for entry in told_of.section.withheld] == ["provider_token"]
    assert told_of.section.withheld[0][2]
    assert "tok_secret" not in repr(told_of.records[0].values)


def test_a_password_is_withheld_although_nobody_said_so(told, undescribed, alice) -> None:
    told_of = told(batch_of(User, {"id": alice.pk, "username": "alice", "password": "pbkdf2_sha256$x"}))

    assert [entry[0] for entry in told_of.section.withheld] == ["password"]
    assert "pbkdf2" not in repr(told_of.records[0].values)
    assert not told_of.section.described


def test_secrets_inside_json_are_withheld_where_nobody_described_it(told, undescribed, alice) -> None:
    row = {"id": 1, "user_id": alice.pk, "preferences": {"api_key": "k-123", "theme": "dark", "in": [{"token": "t-9"}]}}

    raw, words = told(batch_of(Profile, row)).value("preferences")

    assert "k-123" not in words + repr(raw)
    assert "t-9" not in words + repr(raw)
    assert raw["theme"] == "dark"


def test_a_row_that_only_names_the_person_keeps_other_peoples_details(told, undescribed, alice, order) -> None:
    mine = batch_of(Order, {**order, "user_id": alice.pk, "phone": "+49 1", "recipient": "Bob"}, owned=False)

    told_of = told(mine)

    assert told_of.value("phone") == (None, "covered: another person")
    assert told_of.value("delivery_address") == (None, "covered: another person")
    assert told_of.display("number") == "KM-1"
    assert told_of.records[0].owned is False


def test_what_is_known_to_be_the_persons_own_stays_readable(told, undescribed, alice) -> None:
    row = {"id": 9, "username": "x", "email": alice.email.upper(), "first_name": "Carol"}

    told_of = told(batch_of(User, row, owned=False))

    assert told_of.display("email") == "ALICE@EXAMPLE.COM"
    assert told_of.value("first_name") == (None, "covered: another person")


def test_only_the_shared_rows_of_a_batch_are_covered(told, undescribed, alice, order) -> None:
    rows = [{**order, "id": n, "phone": f"+49 {n}"} for n in (1, 2)]

    told_of = told(batch_of(Order, *rows, shared=[1]))

    assert [told_of.display("phone", n) for n in (0, 1)] == ["+49 1", "covered: another person"]


def test_somebodys_undescribed_profile_is_a_person_too(told, undescribed, alice, bob, noon) -> None:
    from tasks.transform.references import References

    profiles = [Profile.objects.create(user=user, display_name="x", member_since=noon) for user in (alice, bob)]

    names = References(Subject(User, alice.pk, "default")).labels(Profile, [p.pk for p in profiles])

    assert names == {profiles[0].pk: "you", profiles[1].pk: "another person"}


def test_things_are_called_by_their_label_looked_up_in_bulk(told, alice, noon, django_assert_num_queries) -> None:
    products = [Product.objects.create(sku=str(n), name=f"Mug {n}", price=1, listed_on=noon) for n in range(5)]
    order = Order.objects.create(user=alice, number="KM-9", placed_at=noon, status="D", total=1, shipping=0)
    rows: list[dict[str, Any]] = [
        {"id": n, "order_id": order.pk, "product_id": product.pk, "quantity": 2, "unit_price": 1, "returned": 0}
        for n, product in enumerate(products * 40)
    ]

    with django_assert_num_queries(2):
        told_of = told(batch_of(OrderLine, *rows))

    assert told_of.value("order") == (order.pk, "Order KM-9")
    assert told_of.display("product", 3) == "Mug 3"
    assert told_of.records[3].title == "2 × Mug 3"


def test_a_thing_that_is_gone_is_called_by_its_kind(told) -> None:
    row = {"id": 1, "order_id": 404, "product_id": 405, "quantity": 1, "unit_price": 1, "returned": 0}

    assert told(batch_of(OrderLine, row)).display("order") == "Order 404"


@pytest.mark.parametrize("without", [None])
def test_without_a_subject_nobody_is_you(without, alice, noon) -> None:
    from tasks.transform import explain
    from tests.transform.conftest import BERLIN, Told

    batch = batch_of(Follow, {"id": 1, "follower_id": alice.pk, "followed_id": alice.pk, "since": noon})

    told_of = Told(list(explain([batch], language="en", time_zone=BERLIN, subject=without)))

    assert "you" not in told_of.display("follower")
