"""What the office covers by hand is nowhere in what is said of its record, and nothing else goes with it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from examples.shop.community.models import Post, Tag
from examples.shop.orders.models import Invoice, Order, OrderLine, Payment, Product
from examples.shop.support.models import Attachment
from tasks import datamap
from tasks.transform import Redaction, Redactor, Section, Summary, apply
from tests.transform.conftest import Told, batch_of

WHY = "it names a neighbour"
COVERED = f"covered: {WHY}"
ORDER = "orders.Order"
SECRET = "Bob Miller, +49 341 555 1234"


def cover(told: Told, *places: tuple[str, str] | tuple[str, str, str]) -> Told:
    """What is left after covering ``(key, field)`` of orders, or ``(label, key, field)``."""
    full = [place if len(place) == 3 else (ORDER, *place) for place in places]
    with translation.override("en"):
        return Told(list(apply(told.items, [Redaction(*place, WHY) for place in full])))


def everything(told: Told) -> str:
    return repr([(*record,) for record in told.records]) + repr(told.sections) + repr(told.summaries)


@pytest.fixture
def noted(order: dict[str, Any]):
    """Two orders, one with a neighbour's number in its note."""
    return batch_of(Order, {**order, "note": SECRET}, {**order, "id": 8, "number": "KM-2", "note": "ring twice"})


def test_a_covered_value_is_words_with_the_reason_and_its_section_lists_it(told, noted) -> None:
    left = cover(told(noted), ("7", "note"))

    assert left.value("note") == (None, COVERED)
    assert left.section.redacted == (("7", "note", "Note to us", WHY),)
    assert "Miller" not in everything(left)


def test_nothing_else_goes_with_it(told, noted) -> None:
    before, left = told(noted), cover(told(noted), ("7", "note"))

    assert left.records[1] == before.records[1]
    assert left.records[0]._replace(values=()) == before.records[0]._replace(values=())
    assert [v for v in left.records[0].values if v[1] != COVERED] == [
        v for v in before.records[0].values if v[1] != SECRET
    ]
    assert left.summaries == before.summaries


def test_without_redactions_everything_is_as_it_was(told, noted) -> None:
    before = told(noted)

    assert cover(before).items == before.items


def test_the_title_that_told_it_goes(told, noted) -> None:
    left = cover(told(noted), ("7", "number"))

    assert left.records[0].title == "Orders (covered)"
    assert left.records[1].title == "Order KM-2"
    assert "KM-1" not in everything(left)


def test_the_sentence_and_the_group_that_told_it_go(declared, noted) -> None:
    told = declared(noted, fields=("number", "note", "status"), sentence="{number}: {note}", group_by="note")

    left = cover(told, ("7", "note"))

    assert (left.records[0].sentence, left.records[0].group) == ("", (None, COVERED))
    assert left.records[1].sentence == "KM-2: ring twice"
    assert "Miller" not in everything(left)


def test_its_text_is_taken_out_of_the_other_fields_of_its_record(told, order) -> None:
    row = {**order, "note": "Bob Miller", "delivery_address": "c/o BOB\n MILLER, Marina Road 12", "phone": "Bobby 12"}

    left = cover(told(batch_of(Order, row)), ("7", "note"))

    assert left.value("delivery_address") == (f"c/o {COVERED}, Marina Road 12",) * 2
    assert left.display("phone") == "Bobby 12"


def test_a_display_method_of_another_field_cannot_tell_it(declared, noted) -> None:
    told = declared(noted, fields=("status", "note"), display_status=lambda self, row: f"{row.status} ({row.note})")

    left = cover(told, ("7", "note"))

    assert left.display("status") == f"S ({COVERED})"


@pytest.mark.parametrize(
    ("needs", "stays"), [(("number",), True), (("note",), False), ((), False), (("number", "note"), False)]
)
def test_computed_fields_that_may_be_made_from_it_are_covered(declared, noted, needs, stays) -> None:
    shout = datamap.computed("Loud", needs=needs)(lambda self, row: row.note[::-1] if "note" in needs else "fine")

    left = cover(declared(noted, fields=("number", "note"), shout=shout), ("7", "note"))

    assert left.display("shout") == ("fine" if stays else COVERED)


def test_sums_over_it_go_and_its_day_does_not_count(declared, order) -> None:
    from datetime import UTC, datetime

    old = {**order, "id": 8, "placed_at": datetime(2019, 3, 3, 12, tzinfo=UTC)}
    told = declared(
        batch_of(Order, order, old), fields=("number", "placed_at", "total", "shipping"), summary=("total", "shipping")
    )

    left = cover(told, ("8", "placed_at"), ("8", "total")).summaries[0]

    assert (left.first, left.last, left.count) == ("2026-03-05", "2026-03-05", 2)
    assert left.words == "2 records, 5 March 2026"
    assert [(line.raw, line.display) for line in left.lines] == [(None, "covered"), ("9.80", "9.80")]


def test_files_of_a_covered_field_go(told, noon) -> None:
    row = {"id": 1, "file": "attachments/bob.png", "name": "bob.png", "media_type": "image/png", "uploaded_at": noon}
    told_of = told(batch_of(Attachment, row))

    assert cover(told_of, ("support.Attachment", "1", "file")).records[0].files == ()
    left = cover(told_of, ("support.Attachment", "1", "name"))
    assert left.records[0].files == ()  # the name of the file tells it too
    assert "bob" not in everything(left)


def test_a_whole_record_can_be_covered(told, noted) -> None:
    left = cover(told(noted), ("7", ""))

    assert {value[1] for value in left.records[0].values} == {COVERED}
    assert left.records[0].title == "Orders (covered)"
    assert left.records[0].key == "7"
    assert left.records[1].title == "Order KM-2"


def test_a_key_that_is_what_was_covered_goes_too(declared) -> None:
    from tests.hosts.zoo.models import Toy

    told = declared(batch_of(Toy, {"name": "Bob's bear"}), fields=("name",), label="{name}")

    for field in ("name", ""):
        left = cover(told, ("zoo.Toy", "Bob's bear", field))
        assert left.records[0].key == "#1"
        assert "bear" not in everything(left)
        assert left.section.redacted[0][0] == "#1"


def test_records_that_name_it_do_not_tell_it_either(told, alice: User, noon) -> None:
    product = Product.objects.create(sku="1", name="Mug", price=1, listed_on=noon.date())
    mine = Order.objects.create(user=alice, number="KM-9", placed_at=noon, status="D", total=1, shipping=0)
    other = Order.objects.create(user=alice, number="KM-8", placed_at=noon, status="D", total=1, shipping=0)
    payments = [{"id": n, "order_id": each.pk, "method": "card"} for n, each in enumerate((mine, other))]
    line = {"id": 1, "order_id": mine.pk, "product_id": product.pk, "quantity": 1, "unit_price": 1, "returned": 0}
    told_of = told(batch_of(Payment, *payments), batch_of(OrderLine, line))

    left = cover(told_of, (str(mine.pk), "number"))

    assert left.display("order") == COVERED
    assert left.display("order", 1) == "Order KM-8"
    assert left.records[0].title == "Payments (covered)"
    assert left.records[2].title == "1 × Mug"
    assert "KM-9" not in everything(left)
    assert everything(cover(told_of, (str(mine.pk), "note"))) == everything(told_of)  # no label tells a note


def test_generic_and_many_to_many_names_of_it_go(told, declared, alice, noon) -> None:
    post = Post.objects.create(author=alice, title="Kettles", written_at=noon)
    tag = Tag.objects.create(name="Bob")
    post.tags.add(tag)
    row = {"id": post.pk, "title": "Kettles", "written_at": noon, "author_name": "", "text": ""}
    told_of = declared(batch_of(Post, row), fields=("title", "tags"))

    left = cover(told_of, ("community.Tag", str(tag.pk), "name"))

    assert left.display("tags") == COVERED
    assert left.display("title") == "Kettles"


def test_words_are_in_the_language_that_is_active(told, noted) -> None:
    with translation.override("de"):
        left = Told(list(apply(told(noted).items, [Redaction(ORDER, "7", "note", "Nachbar")])))

    assert left.display("note").endswith("Nachbar")
    assert left.display("note") != "covered: Nachbar"


def test_a_reason_is_made_harmless(told, noted) -> None:
    left = Told(list(apply(told(noted).items, [Redaction(ORDER, "7", "note", "a\x00\u202eb")])))

    assert left.display("note").endswith("a\ufffdb")


def test_a_redactor_tells_quickly_whether_a_record_is_touched(told, noted) -> None:
    told_of, redactor = told(noted), Redactor([Redaction(ORDER, "7", "note", WHY)])

    assert [redactor.touches(told_of.section, record) for record in told_of.records] == [True, False]


def test_a_section_comes_back_from_json_as_it_was(told, noted) -> None:
    from dataclasses import asdict

    import orjson

    section = cover(told(noted), ("7", "note")).section

    assert Section.of(orjson.loads(orjson.dumps(asdict(section)))) == section


def test_empty_sections_keep_their_list(told) -> None:
    left = cover(told(batch_of(Invoice)), ("orders.Invoice", "1", "name"))

    assert left.section.redacted[0][:2] == ("1", "name")
    assert isinstance(left.items[-1], Summary)
