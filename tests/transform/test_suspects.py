"""What may be about somebody else: found by its shape, never claimed to be certain."""

import pytest

from examples.shop.orders.models import Order
from examples.shop.support.models import Ticket
from tasks.transform import suspected
from tests.transform.conftest import batch_of

OWN = ["alice@example.com", "Alice Hartmann", "+49 (341) 555-0199"]


def found(told, order, note: str, own=OWN) -> list[tuple[str, str]]:
    told_of = told(batch_of(Order, {**order, "note": note, "recipient": "", "delivery_address": "", "phone": ""}))
    return [(each.kind, each.text) for each in suspected(told_of.section, told_of.records[0], own=own)]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("write to bob.miller+x@example.org.", [("email", "bob.miller+x@example.org")]),
        ("call +49 341 555 1234 or (0341) 5551235", [("phone", "+49 341 555 1234"), ("phone", "(0341) 5551235")]),
        ("Dear Bob Miller, thanks", [("name", "Bob Miller")]),
        ("Many thanks, best regards,\nCarol", [("name", "Carol")]),
        ("Frau Müller-Lüdenscheidt wartet", [("name", "Müller-Lüdenscheidt")]),
        ("السيد محمد", [("name", "محمد")]),
        ("ask @bob_m", [("name", "@bob_m")]),
        ("twice: a@b.org, a@b.org", [("email", "a@b.org")]),
        ("", []),
    ],
)
def test_addresses_numbers_and_names_after_a_title_are_found(told, order, note, expected) -> None:
    assert found(told, order, note) == expected


@pytest.mark.parametrize(
    "note",
    [
        "on 2026-03-05 12:00:00 at 10.0.0.1",
        "article 4711, 12.50 €, 1204.50",
        "01.02.2026",
        "hello world",
        "alice@EXAMPLE.com",
        "Dear Alice, +49 341 5550199",
        "0341 555 0199",
        "Bob sat in the middle of a sentence",  # no title before the name: nobody claims to find every name
    ],
)
def test_days_sums_and_what_is_the_persons_own_are_not(told, order, note) -> None:
    assert found(told, order, note) == []


def test_only_free_text_is_looked_at(told, order, noon) -> None:
    row = {"id": 1, "number": "0341 5551234", "subject": "Dear Bob", "status": "open", "opened_at": noon}
    told_of = told(batch_of(Ticket, {**row, "changed_at": noon}))

    fields = {each.field for each in suspected(told_of.section, told_of.records[0])}

    assert fields == {"number", "subject"}


def test_a_very_long_text_takes_no_very_long_time(told, order) -> None:
    note = "a" * 100_000 + " Dear " * 20_000 + "+49 1" * 20_000

    assert isinstance(found(told, order, note), list)
