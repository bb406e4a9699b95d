"""Who is named and who is not: the person is "you", others are nobody, secrets stay secret."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from examples.shop.community.models import Like, Post
from examples.shop.customers.models import Follow, Profile
from examples.shop.orders.models import Order, OrderLine, Payment, Product
from tasks import datamap
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


SHARED = ("number", "phone", "recipient", "delivery_address", "note")


def test_rows_of_several_people_are_covered_where_they_are_described_too(declared, order) -> None:
    rows = [{**order, "id": n, "phone": f"+49 {n}", "note": "ring", "recipient": "Bob"} for n in (1, 2)]

    told = declared(batch_of(Order, *rows, shared=[1]), fields=SHARED, label="Order for {recipient}")

    assert [told.display("phone", n) for n in (0, 1)] == ["+49 1", "covered: another person"]
    assert told.display("note", 1) == "ring"
    assert told.records[1].title == "Order for covered: another person"


def test_the_persons_own_stays_in_rows_of_several_people(declared, alice, order) -> None:
    batch = batch_of(Order, {**order, "phone": alice.email.upper()}, shared=[0])

    assert declared(batch, fields=SHARED).display("phone") == alice.email.upper()


def test_the_declaration_may_include_the_others(declared, order) -> None:
    told = declared(batch_of(Order, order, shared=[0]), fields=SHARED, shared="include")

    assert told.display("recipient") == "Alice Hartmann"


def test_the_hosts_code_does_not_see_what_is_covered(declared, order) -> None:
    both = datamap.computed("Both")(lambda self, row: f"{row.number} {row.recipient}")
    batch = batch_of(Order, {**order, "recipient": "Bob"}, shared=[0])

    told = declared(batch, fields=SHARED, both=both, display_number=lambda self, row: f"for {row.recipient}")

    assert told.display("both") == "KM-1 None"
    assert told.display("number") == "for None"


def test_people_have_the_name_that_the_declaration_gives_out_and_no_key(told, alice, bob, noon) -> None:
    follow = batch_of(Follow, {"id": 1, "follower_id": alice.pk, "followed_id": bob.pk, "since": noon})
    declaration = type(
        "PersonPrivacy", (datamap.ModelPrivacy,), {"others": "Member {username}", "fields": ("username",)}
    )

    with datamap.registry.overridden({User: declaration}):
        told_of = told(follow)

    assert told_of.value("followed") == (None, f"Member {bob.username}")
    assert told_of.value("follower") == (alice.pk, "you")


def test_several_people_at_once_are_counted_and_not_named(declared, alice, bob) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.create(name="Editors")
    group.user_set.add(alice, bob)

    told = declared(batch_of(Group, {"id": group.pk, "name": "Editors"}), fields=("name", "user"))

    assert told.value("user") == ([alice.pk], "you, 1 other person")


def test_a_generic_key_is_named_whole(declared, alice, noon) -> None:
    post = Post.objects.create(author=alice, title="Kettles", written_at=noon)
    kind = ContentType.objects.get_for_model(Post)
    rows = [{"id": n, "content_type_id": kind.pk, "object_id": key} for n, key in enumerate((post.pk, 404, None))]

    told = declared(batch_of(Like, *rows), fields=("liked",), labels={"liked": "What you liked"})

    assert told.value("liked") == (f"community.Post {post.pk}", "Post: Kettles")
    assert told.value("liked", 1) == ("community.Post 404", "Post 404")
    assert told.value("liked", 2) == (None, "")
    assert told.section.fields[0].label == "What you liked"


def test_a_generic_key_to_a_person_is_covered(declared, alice, bob) -> None:
    kind = ContentType.objects.get_for_model(User)
    rows = [{"id": n, "content_type_id": kind.pk, "object_id": each.pk} for n, each in enumerate((alice, bob))]

    told = declared(batch_of(Like, *rows), fields=("liked", "object_id"))

    assert [told.display("liked", n) for n in (0, 1)] == ["User: you", "another person"]
    assert told.value("liked", 1)[0] is None
    assert told.value("object_id", 1) == (None, "another person")


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


def line_of(number: int) -> dict[str, Any]:
    return {"id": number, "order_id": 7, "product_id": None, "quantity": 1, "price": 1}


def test_rows_that_were_told_are_not_looked_up_to_be_named(told, orders, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):  # how many items, for the order's sentence
        told_of = told(orders, batch_of(OrderLine, line_of(1)))

    place = [info.name for info in told_of.sections[1].fields].index("order")
    assert told_of.records[1].values[place] == (7, "Order KM-1")


def test_a_title_in_the_words_of_the_host_is_no_name_elsewhere(monkeypatch, told, orders) -> None:
    policy = type(datamap.registry.get(Order))
    monkeypatch.setattr(policy, "display_number", lambda self, row: "No. 1", raising=False)

    told_of = told(orders, batch_of(OrderLine, line_of(1)))

    place = [info.name for info in told_of.sections[1].fields].index("order")
    assert told_of.records[0].title == "Order No. 1"
    assert told_of.records[1].values[place].display == "Order 7"  # no such row to be looked up
