"""The market's tables: for each one its columns, how many rows per thousand, and how a row is made."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.world import SUBJECT, World, day, moment, money, words

Make = Callable[[World, int, int, bool], tuple[Any, ...]]


@dataclass(frozen=True)
class Table:
    """``make(world, key, number, mine)`` gives the row without its key, or with it where ``keyed``."""

    name: str
    columns: str
    per_mille: float
    make: Make


def owner(world: World, number: int, mine: bool) -> int:
    return SUBJECT if mine else world.someone(number)


def address(world, key, n, mine):
    return key, owner(world, n, mine), f"Spinnereistraße {key % 90}", "Leipzig", ("DE", "FR", "ES")[key % 3]


def order(world, key, n, mine):
    number, status = f"M-{key:09}", "opsc"[key % 4]
    ship_to = world.key("address", n, mine=mine) if n % 4 else None
    note = words(key) if n % 6 == 0 else ""
    return key, owner(world, n, mine), number, status, moment(key), ship_to, money(key * 5), "EUR", key % 9 == 0, note


def line(world, key, n, mine):
    return (
        key,
        world.key("order", n // 4, mine=mine),
        1 + key % 500,
        f"Planter no. {key % 500}",
        1 + key % 4,
        money(key),
    )


def payment(world, key, n, mine):
    return key, world.key("order", n, mine=mine), moment(key + 30), money(key * 5)


def card(world, key, n, mine):
    return world.key("payment", n * 2, mine=mine), f"{key % 10_000:04}", f"Cardholder {key}"


def shipment(world, key, n, mine):
    carrier = ("DHL", "UPS", "Colissimo")[key % 3]
    return uuid.UUID(int=key << 64 | key * 2654435761).hex, world.key("order", n, mine=mine), day(key), carrier


def cart(world, key, n, mine):
    return key, 3 + n if not mine else SUBJECT, moment(key)


def cart_item(world, key, n, mine):
    return key, world.key("cart", n, mine=mine), 1 + key % 500, 1 + key % 3


def wishlist(world, key, n, mine):
    return key, owner(world, n, mine), f"For the balcony {n}"


def wish(world, key, n, mine):
    return key, world.key("wishlist", n // 400, mine=mine), 1 + n % 400


def review(world, key, n, mine):
    return key, owner(world, n, mine), 1 + key % 500, 1 + key % 5, words(key), moment(key)


def post(world, key, n, mine):
    return key, owner(world, n, mine), f"Moss in the shade, part {key}", words(key) * 2, moment(key), None


def post_tag(world, key, n, mine):
    return key, world.key("post", n // 2, mine=mine), 1 + (key * 13 + n % 2) % 40


def comment(world, key, n, mine):
    """The subject's own; others' on the subject's posts; others' answers to the subject's comments."""
    ours, kind = world.mine["comment"], n % 10
    author, about, parent = world.someone(n), world.key("post", n, mine=False), None
    if not mine:
        parent = world.key("comment", n // 2, mine=False) if n % 5 == 4 else None
    elif kind == 9 and ours:
        parent = ours[n // 2]
    elif kind % 3 == 2:
        about = world.key("post", n, mine=True)
    else:
        author, about = SUBJECT, world.key("post", n * 3, mine=kind == 4)
        parent = ours[n * 2 // 3] if kind == 7 and ours else None
    return key, about, author, parent, words(key), moment(key)


def like(world, key, n, mine):
    on_mine = mine and n % 3 == 2
    author = SUBJECT if mine and not on_mine else world.someone(n)
    return key, author, world.key("post", n, mine=on_mine), moment(key)


def message(world, key, n, mine):
    one, two = owner(world, n, mine), world.someone(n * 3 + 1)
    return key, *((one, two) if n % 2 else (two, one)), words(key), moment(key)


def notification(world, key, n, mine):
    kind = "ship" if key % 4 else "like"
    return key, owner(world, n, mine), kind, f"Number {key} is on its way", key % 2 == 0, moment(key)


def page_view(world, key, n, mine):
    return key, owner(world, n, mine), f"/planters/{key % 500}/", f"192.0.2.{key % 250}", moment(key)


def follow(world, key, n, mine):
    one, two = owner(world, n, mine), world.someone(n * 5 + 2)
    return key, *((one, two) if n % 2 else (two, one)), day(key)


def membership(world, key, n, mine):
    return key, 1 + key % 20, owner(world, n, mine), day(key)


def ticket(world, key, n, mine):
    about = world.key("order", n * 11, mine=mine)
    return key, owner(world, n, mine), world.someone(n * 7), about, f"Parcel {key} late", moment(key)


def ticket_message(world, key, n, mine):
    on_mine = mine or n % 50 == 0  # what an agent answered to the subject is support's own
    return key, world.key("ticket", n // 2, mine=on_mine), owner(world, n, mine), words(key), moment(key)


def attachment(world, key, n, mine):
    return key, "post", world.key("post", n, mine=mine), f"picture-{key}.jpg", key % 90_000


def audit_entry(world, key, n, mine):
    about = ("user", "order", "post")[n % 3]
    target = owner(world, n, mine) if about == "user" else world.key(about, n, mine=mine)
    return key, about, str(target), "changed", moment(key)


# In the order in which they need each other's keys; rows per thousand of a person's.
TABLES = (
    Table("address", "id user_id street city country", 1, address),
    Table("order", "id user_id number status placed_at ship_to_id total currency gift note", 40, order),
    Table("orderline", "id order_id product_id text quantity price", 160, line),
    Table("payment", "id order_id paid_at amount", 40, payment),
    Table("cardpayment", "payment_ptr_id last_four holder", 20, card),
    Table("shipment", "id order_id sent_on carrier", 40, shipment),
    Table("cartitem", "id cart_id product_id quantity", 1, cart_item),
    Table("wishlist", "id user_id name", 0.2, wishlist),
    Table("wishlist_products", "id wishlist_id product_id", 3, wish),
    Table("review", "id user_id product_id stars text written_at", 30, review),
    Table("post", "id author_id title text published_at pinned_id", 30, post),
    Table("post_tags", "id post_id tag_id", 60, post_tag),
    Table("attachment", "id content_type_id object_id name size", 15, attachment),
    Table("comment", "id post_id author_id parent_id text written_at", 120, comment),
    Table("like", "id user_id post_id given_at", 140, like),
    Table("message", "id sender_id recipient_id text sent_at", 70, message),
    Table("notification", "id user_id kind text seen at", 120, notification),
    Table("pageview", "id user_id path ip at", 80, page_view),
    Table("follow", "id follower_id followed_id since", 20, follow),
    Table("membership", "id club_id user_id since", 1, membership),
    Table("ticket", "id user_id agent_id order_id subject opened_at", 3, ticket),
    Table("ticketmessage", "id ticket_id author_id text at", 6, ticket_message),
    Table("auditentry", "id content_type_id object_id action at", 10, audit_entry),
)
