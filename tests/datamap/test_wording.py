"""What a declaration says about how records read is held against the model when Django starts."""

import pytest

from examples.shop.community.models import Like, Post
from examples.shop.orders.models import Order, OrderLine
from tasks import datamap
from tasks.datamap import ModelPrivacy, registry
from tasks.errors import DeclarationError


def declare(model, **attributes):
    with registry.overridden({model: type("SomePrivacy", (ModelPrivacy,), attributes)}):
        return registry.get(model)


def computed(**said):
    return datamap.computed("Whole", **said)(lambda self, row: 1)


@pytest.mark.parametrize(
    ("model", "attributes", "says"),
    [
        (Order, {"fields": ("lines",)}, "fields: wanted a column, a many-to-many field, a generic key or a computed"),
        (Order, {"fields": ("lines",)}, "'lines', whose rows have a declaration of their own"),
        (Order, {"label": "Order {"}, "label: wanted a text such as 'Order {number}'"),
        (Order, {"label": "Order {}"}, "label: wanted a text such as"),
        (Order, {"label": "Order {lines}"}, "label: wanted a field of orders.Order, found 'lines'"),
        (Order, {"others": "{nobody}"}, "others: wanted a field of orders.Order, found 'nobody'"),
        (Order, {"sentence": "You paid {totl}."}, "sentence: wanted a field, computed field or kind of children"),
        (Order, {"sentence": "You paid {total!r}."}, "sentence: wanted a text such as"),
        (Order, {"sentence": "You paid {total:.2f}."}, "found {total:.2f}"),
        (Order, {"sentence": "{lines:names}"}, "wanted '{lines}' or '{lines:count}', found {lines:names}"),
        (Order, {"sentence": "{note}", "withheld": {"note": "no"}}, "'note', which is withheld"),
        (Order, {"order_by": ("number", "-when")}, "order_by: wanted a field of orders.Order, found 'when'"),
        (Order, {"order_by": ["number"]}, "order_by: wanted a field or a tuple of fields"),
        (Order, {"group_by": "when"}, "group_by: wanted a field of orders.Order, found 'when'"),
        (Order, {"group_by": "number__year"}, "'field__year' or 'field__month' of a date"),
        (Order, {"group_by": "placed_at__week"}, "'field__year' or 'field__month' of a date"),
        (Order, {"summary": "total"}, "summary: wanted a tuple of field names"),
        (Order, {"summary": ("total",)}, "summary: wanted numbers, money, lengths of time or codes that are shown"),
        (Order, {"fields": ("note",), "summary": ("note",)}, "codes that are shown, found 'note'"),
        (Order, {"whole": computed(), "summary": ("whole",)}, "'whole', computed as text"),
        (Order, {"total": computed()}, "total: wanted a name that no field has"),
        (Order, {"whole": computed(kind="sum")}, "whole: wanted kind= to be one of"),
        (Order, {"whole": computed(needs=("totl",))}, "whole: wanted needs= to name columns of orders.Order"),
        (OrderLine, {"whole": computed(needs=("order__lines",))}, "found 'order__lines'"),
        (OrderLine, {"whole": computed(needs=("order__totl",))}, "found 'order__totl'"),
        (Order, {"reveal": {"tokn": "x"}}, "reveal: wanted a field of orders.Order, found 'tokn'"),
        (Order, {"prefetch": ("lines",)}, "prefetch: wanted a serializer beside it"),
        (Order, {"displey_status": "x"}, "displey_status: wanted"),
    ],
)
def test_what_cannot_be_said_stops_the_start(model, attributes, says) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare(model, **attributes)

    assert says in str(caught.value)


def test_everything_that_can_be_said_may_be() -> None:
    policy = declare(
        Order,
        fields=("number", "whole", "placed_at", "total", "status"),
        whole=computed(kind="money", needs=("total", "user__email", "user_id")),
        portable=("number", "whole"),
        labels={"whole": "All in all"},
        label="Order {number} of {user.email}",
        sentence="On {placed_at} {lines} ({lines:count}) for {whole}.",
        order_by=("-placed_at", "number"),
        group_by="placed_at__month",
        summary=("whole", "total", "status"),
        reveal={"number": "it is none"},
    )

    assert policy.ordering == ("-placed_at", "number")
    assert policy.computed["whole"].needs == ("total", "user__email", "user_id")


def test_many_to_many_fields_and_generic_keys_may_be_shown() -> None:
    declare(Post, fields=("title", "tags"))
    declare(Like, fields=("liked", "at"))


def test_one_field_of_order_is_a_text() -> None:
    assert declare(Order, order_by="-placed_at").ordering == ("-placed_at",)
    assert declare(Order).ordering == ()
