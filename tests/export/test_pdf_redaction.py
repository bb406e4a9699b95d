"""What the office covered is in no byte of the report or of a volume; that it was covered, and why, is."""

import io
from typing import Any

import pytest

from tasks.export import data, volumes
from tasks.export.book import Book
from tasks.transform import Redaction
from tests.export.conftest import about_of
from tests.export.paper import book, bookmarks, everything, order, report, section, text_of

SECRET = "Mallory Quist-Abernathy"
COVERING = (
    Redaction("orders.Order", "5", "note", "Another person’s name"),
    Redaction("orders.Order", "5", "number", "It tells who it was"),
)


def held() -> Book:
    """Twelve orders; in the fifth a secret stands in the note, in the title, in a sentence and in a list."""
    records = [order(number) for number in range(12) if number != 5]
    secret = order(
        5,
        note=f"Left with {SECRET}",
        title=f"Order for Left with {SECRET}",
        sentence=f"You ordered, left with {SECRET}.",
        extra={"who": f"left with {SECRET}"},
    )
    return book([*records, secret], redactions=COVERING, of=section(title_fields=("number",)))


@pytest.fixture(scope="module")
def paper() -> bytes:
    about, attached = about_of(), io.BytesIO()
    with about.speaking():
        data.write(held(), about, attached)
    return report(held(), data=attached.getvalue())


def volume(settings: Any) -> bytes:
    settings.DOSSIER = {**settings.DOSSIER, "pdf_records": 10}
    (volume,) = volumes.plan(held())
    out = io.BytesIO()
    with about_of().speaking():
        volumes.write(volume, about_of(), out)
    return out.getvalue()


def test_no_byte_of_the_report_holds_it(paper: bytes) -> None:
    assert gone(paper)
    assert b"KM-4" in everything(paper)  # the attached data is among these bytes


def test_no_byte_of_a_volume_holds_it(settings: Any) -> None:
    document = volume(settings)

    assert gone(document)
    assert not any("Mallory" in title for title in bookmarks(document))


def gone(document: bytes) -> bool:
    found, words = everything(document), text_of(document)
    needles = ("Mallory", "Quist", "KM-5")
    encodings = ("utf-8", "utf-16-be", "utf-16-le")
    return not any(
        n in words or n.encode(e) in found or n.encode(e).hex().encode() in found for n in needles for e in encodings
    )


def test_what_was_covered_is_listed_with_its_reason(paper: bytes) -> None:
    words = text_of(paper)

    assert "Covered by our office" in words
    assert "Orders, record 5: Note Another person’s name" in words
    assert "covered: Another person’s name" in words
    assert "You can ask us, or the authority, to look at it again." in words


def test_a_whole_record_that_is_covered_is_listed_too() -> None:
    redaction = Redaction("orders.Order", "3", "", "About somebody else")

    words = text_of(report(book([order(3), order(4)], redactions=[redaction])))

    assert "Orders, record 3: the whole record" in words
    assert "About somebody else" in words
    assert "KM-3" not in words
    assert "KM-4" in words


def test_figures_of_a_long_chapter_do_not_tell_what_is_covered(settings: Any) -> None:
    settings.DOSSIER = {**settings.DOSSIER, "pdf_records": 10, "pdf_newest": 2}
    redaction = Redaction("orders.Order", "5", "status", "It tells something")
    held = book((order(n) for n in range(12)), redactions=[redaction])

    words = text_of(report(held, beside=volumes.plan(held)))

    assert "Delivered 7" in words  # eight were
    assert "covered: It tells something 1" in words
