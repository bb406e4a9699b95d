"""The snapshot: sealed, the same for the same data, and all that a package is made of."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from examples.shop.orders.models import Order
from examples.shop.support.models import Attachment
from tasks import collector, export, vault
from tasks.collector import Batch, Subject
from tasks.errors import DossierError, SourceUnavailable
from tasks.export.book import Book
from tasks.transform import Record, Section
from tests.export.conftest import COVERED, about_of, fill


@pytest.fixture
def filled(alice: User, room) -> Subject:
    fill(alice)
    return Subject(User, alice.pk, "default")


def take(subject: Subject, name: str = "one", **given) -> export.Snapshot:
    return export.take_snapshot(collector.collect(subject), name=name, about=about_of(**given), subject=subject)


def test_two_snapshots_of_unchanged_data_are_equal(filled: Subject) -> None:
    first, second = take(filled), take(filled, "two")

    assert (first.sha256, first.size) == (second.sha256, second.size)


def test_one_changed_value_changes_the_hash(filled: Subject) -> None:
    before = take(filled)
    Order.objects.filter(number="KM-1").update(note="x")

    assert take(filled).sha256 != before.sha256


def test_changed_contents_of_a_file_change_the_hash(filled: Subject) -> None:
    before = take(filled)
    file = Attachment.objects.get(name="photo.png").file
    with file.storage.open(file.name, "wb") as out:
        out.write(b"\x89PNG another")

    assert take(filled).sha256 != before.sha256


def test_it_says_what_it_holds_without_a_value_of_a_row(filled: Subject) -> None:
    snapshot = take(filled)

    orders = next(entry for entry in snapshot.categories if entry["key"] == "orders")
    assert snapshot.counts["orders.Order"] == 7
    assert (orders["title"], orders["count"], orders["described"]) == ("Orders", 7, True)
    assert orders["sections"][0] == {"key": "orders.Order", "title": "Orders", "described": True, "count": 7}
    assert [entry["key"] for entry in snapshot.categories][:2] == ["account", "orders"]
    assert "Hartmann" not in repr(snapshot)


def test_a_missing_file_is_a_gap_by_number_and_not_by_name(filled: Subject) -> None:
    gaps = take(filled).gaps

    assert [(gap["label"], gap["field"], gap["reason"]) for gap in gaps] == [
        ("support.Attachment", "file", "the file is missing")
    ]
    assert "gone.txt" not in repr(gaps)


def test_only_the_categories_that_were_asked_for_go_in(filled: Subject) -> None:
    snapshot = take(filled, categories=("support",))

    assert set(snapshot.counts) == {"support.Ticket", "support.TicketMessage", "support.Attachment"}
    with vault.reading("one") as clear:
        nothing = {entry["category"] for entry in Book([clear]).nothing}
    assert nothing <= {"support"}


def test_what_was_searched_in_vain_is_named(filled: Subject) -> None:
    take(filled)

    with vault.reading("one") as clear:
        labels = {entry["label"] for entry in Book([clear]).nothing}

    assert {"orders.Payment", "community.Post", "customers.LoginEvent"} <= labels
    assert not labels & {"orders.Order", "orders.Product"}


def test_it_can_be_read_again_section_by_section(filled: Subject) -> None:
    take(filled)

    items = list(export.read_snapshot("one"))

    place = next(n for n, item in enumerate(items) if isinstance(item, Section) and item.key == "orders.Order")
    assert isinstance(items[place + 1], Record)
    assert items[place + 1].title == "Order KM-0"
    assert items[place].fields[0].name == "number"


def test_covered_words_are_not_in_it(filled: Subject) -> None:
    take(filled)

    with vault.reading("one") as clear:
        assert COVERED.encode() not in clear.read()


def test_a_source_that_stops_leaves_no_snapshot(filled: Subject) -> None:
    def broken() -> Iterator[Batch]:
        yield from list(collector.collect(filled))[:2]
        raise SourceUnavailable("gone")

    with pytest.raises(SourceUnavailable):
        export.take_snapshot(broken(), name="half", about=about_of(), subject=filled)

    assert not vault.exists("half")


def test_a_snapshot_that_breaks_off_is_refused(filled: Subject) -> None:
    take(filled)
    with vault.reading("one") as clear, vault.writing("cut") as out:
        out.write(b"".join(clear.readlines()[:-1]))

    with pytest.raises(DossierError, match="breaks off"):
        export.build("cut", about=about_of(), prefix="p")

    assert not vault.exists("p.zip")


def test_the_readers_language_is_not_changed(filled: Subject) -> None:
    with translation.override("en-gb"):
        take(filled, language="de")

        assert translation.get_language() == "en-gb"
