"""What is too long for the report: summed up there, complete in volumes that are documents of their own."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tasks.export import typeset, volumes
from tasks.export.volumes import Volume
from tests.export.conftest import about_of
from tests.export.paper import ORDERS, book, bookmarks, facts, fonts, order, report, section, tags, text_of

COUNT = 70


@pytest.fixture
def short(settings: Any) -> None:
    """Chapters of more than ten records are long, and volumes hold thirty."""
    settings.DOSSIER = {**settings.DOSSIER, "pdf_records": 10, "pdf_newest": 5, "pdf_volume_records": 30}


def made(volume: Volume, **given: Any) -> bytes:
    out, about = io.BytesIO(), about_of(**given)
    with about.speaking():
        volumes.write(volume, about, out)
    return out.getvalue()


@pytest.fixture
def planned(short: None) -> Iterator[list[Volume]]:
    return volumes.plan(book(order(number) for number in range(COUNT)))


def test_a_short_chapter_has_none(short: None) -> None:
    assert volumes.plan(book(order(number) for number in range(10))) == []


def test_a_long_chapter_is_cut_into_volumes_of_bounded_size(planned: list[Volume]) -> None:
    assert [volume.count for volume in planned] == [30, 30, 10]
    assert [volume.path for volume in planned] == [
        "report-01-orders.pdf",
        "report-01-orders-2.pdf",
        "report-01-orders-3.pdf",
    ]
    assert {volume.total for volume in planned} == {3}


def test_every_record_stands_in_just_one_volume_and_the_newest_come_first(planned: list[Volume]) -> None:
    words = [text_of(made(volume)) for volume in planned]
    numbers = [int(number) for text in words for number in re.findall(r"Order KM-(\d+),", text)]

    assert numbers == list(range(COUNT - 1, -1, -1))


def test_a_volume_says_what_it_is(planned: list[Volume]) -> None:
    document = made(planned[1])
    words = text_of(document)

    assert "Volume 2 of 3: records 31 to 60 of 70." in words
    assert "The main report, report.pdf, says why we have these records" in words
    assert "Orders, volume 2 of 3" in words
    assert "D26-4T7Q, for Alice Hartmann" in words
    assert f"Page 1 of {planned[1].pages}" in words


def test_a_volume_is_tagged_archival_and_has_bookmarks_and_fonts(planned: list[Volume]) -> None:
    document = made(planned[0])

    told = facts(document)
    assert (told["lang"], told["archival"], told["marked"]) == ("en", "3A", True)
    assert told["title"] == "Your data at Kestrel & Moss GmbH: Alice Hartmann, D26-4T7Q: Orders, volume 1 of 3"
    assert tags(document)["/LI"] == 30
    assert tags(document)["/H1"] == 1
    assert bookmarks(document)[:3] == ["Orders", "2025", "2024"]
    assert all(" yes yes yes " in line for line in fonts(document))


def test_the_report_sums_up_what_its_volumes_hold(planned: list[Volume]) -> None:
    for volume in planned:
        made(volume)
    words = text_of(report(book_of := book(order(number) for number in range(COUNT)), beside=again(planned, book_of)))

    assert "This chapter holds 70 records. Here are figures and what is newest" in words
    assert "report-01-orders-3.pdf" in words
    assert "The newest 5 are shown here, all are in the volumes." in words
    assert re.search(r"Year Records 2025 10 2024 12", words)
    assert re.search(r"Status Records Delivered 46 Cancelled 24", words)
    assert "Order KM-69," in words
    assert "Order KM-64," not in words
    assert "Volumes beside this report" in words


def again(planned: list[Volume], of: Any) -> list[Volume]:
    """The same volumes for a book that was opened anew."""
    return [replace(volume, chapter=of.chapters[0]) for volume in planned]


def test_chapters_that_are_long_together_become_volumes_the_longest_first(short: None) -> None:
    sections = [section(key=f"x.M{n}", category={**section().category, "key": f"c{n}"}) for n in range(5)]
    held = book([])
    for number, head in enumerate(sections):
        held.parts += book([order(n) for n in range(6 + number)], of=head).parts
    held.chapters = held._chapters()

    long = volumes.long_chapters(held)

    assert long == {"c4"}  # 6 + 7 + 8 + 9 is no more than three times ten


def test_long_texts_count_for_more_than_one_record(short: None) -> None:
    planned = volumes.plan(book(order(number, note="tea " * 5_000) for number in range(10)))

    assert [volume.count for volume in planned] == [4, 4, 2]


def test_sections_of_one_chapter_share_volumes_under_their_headings(short: None) -> None:
    held = book(order(number) for number in range(20))
    held.parts += book([order(1)], of=section(key="orders.Return", title="Returns")).parts
    held.chapters = held._chapters()

    (volume,) = volumes.plan(held)
    document = made(volume)

    assert volume.count == 21
    assert bookmarks(document)[:2] == ["Orders", "Orders"]
    assert "Returns" in bookmarks(document)


def test_records_stand_in_groups(short: None) -> None:
    from tasks.transform import Value

    records = (order(n, group=Value(n % 2, "Odd" if n % 2 else "Even")) for n in range(20))
    (volume,) = volumes.plan(book(records, of=section(group_by="status")))

    assert bookmarks(made(volume)) == ["Orders", "Even", "Odd"]


def test_every_script_is_set_in_a_volume_and_its_fonts_are_embedded(short: None) -> None:
    note = "شكراً جزيلاً · תודה · 谢谢，茶很好 · 🌿 danke · Ивфеома"
    (volume,) = volumes.plan(book(order(number, note=note) for number in range(12)))
    document = made(volume)

    assert "谢谢，茶很好" in text_of(document)
    assert "🌿" in text_of(document)
    assert "Ивфеома" in text_of(document)
    assert any("Arabic" in line for line in fonts(document))
    assert all(" yes yes yes " in line for line in fonts(document))


def test_a_volume_in_arabic_is_set_from_the_right(short: None) -> None:
    (volume,) = volumes.plan(book(order(number) for number in range(12)))
    document = made(volume, language="ar")

    assert facts(document)["lang"] == "ar"
    assert first_word_starts(document, "Orders") > 300  # points: on the right half of the page


def first_word_starts(document: bytes, word: str) -> float:
    """Where a word stands on the first page, in points from the left."""
    import subprocess

    done = subprocess.run(["pdftotext", "-bbox", "-l", "1", "-", "-"], input=document, capture_output=True, check=True)
    return max(
        float(x) for x, text in re.findall(r'xMin="([\d.]+)".*?>([^<]*)</word>', done.stdout.decode()) if text == word
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_another_weasyprint_takes_the_slow_way_and_says_the_same(
    short: None, monkeypatch: pytest.MonkeyPatch, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    (volume,) = volumes.plan(book(order(number) for number in range(12)))
    fast = made(volume, language=language)

    def unknown(*_args: object, **_named: object) -> int:
        raise typeset.Unsupported("AttributeError")

    monkeypatch.setattr(typeset, "volume", unknown)
    slow = made(volume, language=language)

    orders = re.compile(r"KM-(\d+)")
    assert orders.findall(text_of(fast)) == orders.findall(text_of(slow))
    assert facts(slow) == {**facts(fast), "pages": facts(slow)["pages"]}
    assert tags(slow)["/LI"] >= 12
    assert "set the slow way" in caplog.text
    assert "Alice" not in caplog.text


def test_this_weasyprint_is_as_known(planned: list[Volume], caplog: pytest.LogCaptureFixture) -> None:
    made(planned[2])

    assert "slow way" not in caplog.text


def test_the_order_is_that_of_moments_not_of_letters() -> None:
    from tasks.export.order import key

    later, sooner = "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+02:00"

    assert key(later) > key(sooner)
    assert key("10") > key("9")
    assert key(None) < key(-5) < key("b")


def test_categories_name_their_volumes_safely() -> None:
    assert ORDERS.key == "orders"
    chapter = replace_key(book([order(1)]).chapters[0], "../../Böse Ümläute " * 9)

    assert re.fullmatch(r"report-07-[a-z0-9-]{1,40}-2\.pdf", volumes.path_of(chapter, 7, 2))


def replace_key(chapter: Any, key: str) -> Any:
    chapter.key = key
    return chapter
