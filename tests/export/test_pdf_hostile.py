"""Values that break things, in the report and in volumes: they stand there as text, and do nothing else."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from tasks.export import volumes
from tasks.export.about import SourceReport
from tasks.export.telling import LONGEST
from tests.export.conftest import about_of
from tests.export.paper import book, everything, facts, order, report, text_of

HARMFUL = [
    "<svg onload=alert(1)><script>alert(2)</script></svg>",
    "<a href='javascript:alert(1)'>here</a>",
    '<img src="file:///etc/passwd">',
    "</title></style></li></ul><h1>Nothing is held</h1>",
    "\" onmouseover='x' style=\"position: fixed",
    "{{ about.person_contact }} {% include 'dossier/pdf/report.html' %}",
    "&lt;b&gt; &amp; &#x41; &nbsp;",
    "url(http://127.0.0.1:9/x) @import 'y'",
]
STRANGE = [
    "NUL \x00 and \x1b[31m",
    "\ud800 lone \udfff",
    "\u202eturned\u202c \u2066and\u2069",
    "\ufeff\u200b\ufffe\uffff",
]
LONG = "x" * 300


def volume_of(**given: Any) -> bytes:
    """A volume with one order of each kind."""
    (volume,) = volumes.plan(book(order(number, **given) for number in range(12)))
    out = io.BytesIO()
    with about_of().speaking():
        volumes.write(volume, about_of(), out)
    return out.getvalue()


def report_of(**given: Any) -> bytes:
    return report(book([order(1, **given)]))


@pytest.fixture(params=["report", "volume"])
def paper(request: pytest.FixtureRequest, settings: Any) -> Callable[..., bytes]:
    """``paper(note=…)``: a document with that in it."""
    settings.DOSSIER = {**settings.DOSSIER, "pdf_records": 10 if request.param == "volume" else 500}
    return volume_of if request.param == "volume" else report_of


def test_harmful_texts_are_printed_and_nothing_else(paper: Callable[..., bytes]) -> None:
    document = paper(note="\n".join(HARMFUL), title=HARMFUL[0])
    words = text_of(document)

    for text in HARMFUL:
        assert text in words
    assert actions(document) <= {"/URI"}
    assert not any(address.startswith(("javascript:", "file:")) for address in addresses(document))


def test_strange_signs_leave_a_document_that_opens(paper: Callable[..., bytes]) -> None:
    words = text_of(paper(note=" · ".join(STRANGE), title=f"Order {STRANGE[1]}"))

    assert "lone" in words
    assert "turned" in words
    assert "Note:" in words


def test_a_long_name_without_spaces_is_broken_and_whole(paper: Callable[..., bytes]) -> None:
    words = text_of(paper(note=LONG, title=LONG))

    assert LONG in words.replace(" ", "")


def test_a_very_long_text_is_cut_with_a_word_about_where_it_is_whole(paper: Callable[..., bytes]) -> None:
    document = paper(note="tea " * 2_500, extra={"deep": ["cup " * 2_500, "pot"]})
    words = text_of(document)

    assert "[… shortened here; it is whole in data.json]" in words
    assert words.count("tea ") < 12 * LONGEST / 3
    assert facts(document)["pages"] < 60


def test_ten_megabytes_without_a_space_take_no_more_room(settings: Any) -> None:
    document = report_of(note="x" * 10_000_000, title="y" * 1_000_000)

    assert facts(document)["pages"] < 16
    assert text_of(document).count("it is whole in data.json") == 2


def test_nested_values_are_indented_lists(paper: Callable[..., bytes]) -> None:
    words = text_of(paper(extra={"size": "M", "colours": ["red", {"name": "green", "mixed_from": ["blue", "yellow"]}]}))

    assert "Extra: – size: M – colours: – red – – name: green – mixed from: – blue – yellow" in words


def test_a_value_that_is_nested_very_deep_is_told(paper: Callable[..., bytes]) -> None:
    deep: Any = "bottom"
    for _ in range(50):
        deep = [deep]

    assert "bottom" in text_of(paper(extra={"deep": deep}))


def test_many_fields_and_categories_make_a_report() -> None:
    held = book([])
    for number in range(24):
        from tests.export.paper import section

        category = {**section().category, "key": f"c{number}", "title": f"Category {number} " + "of many words " * 4}
        held.parts += book([order(1)], of=section(key=f"x.M{number}", category=category)).parts
    held.chapters = held._chapters()
    words = text_of(report(held))

    assert "The chart leaves out 10 small categories; the table has all." in words
    assert "Category 23 of many words" in words


@pytest.mark.parametrize(
    "name", [HARMFUL[0], HARMFUL[3], LONG, STRANGE[0], STRANGE[1], "علياء حسن", '"); @page { size: 1mm }']
)
def test_any_name_stands_on_the_cover_and_in_the_title(name: str) -> None:
    document = report(book([order(1)]), about_of(person_name=name, reviewed_by=name, incomplete_reason=name))

    assert "Your rights" in text_of(document)
    assert "/JavaScript" not in actions(document)
    assert facts(document)["pages"] < 14


def test_nothing_held_is_one_page_that_says_so() -> None:
    document = report(book([]))
    words = text_of(document)

    assert facts(document) == {
        "lang": "en",
        "archival": "3A",
        "marked": True,
        "title": "Your data at Kestrel & Moss GmbH: Alice Hartmann, D26-4T7Q",
        "pages": 1,
    }
    assert "We hold nothing about you" in words
    assert "Kestrel & Moss GmbH searched for data about Alice Hartmann and holds nothing." in words
    assert "Wish lists" in words
    assert "Maternistraße 17, 01067 Dresden" in words
    assert "Reference D26-4T7Q" in words


def test_nothing_found_is_not_nothing_held_where_a_source_did_not_answer() -> None:
    failed = (SourceReport("redis", "Cart store", "failed"), SourceReport("pay", "Payments", "failed"))

    words = text_of(report(book([]), about_of(sources=failed, incomplete_reason="It is being rebuilt.")))

    assert "We found nothing about you" in words
    assert "We hold nothing" not in words
    assert "Not every source answered: Cart store, Payments. It is being rebuilt." in words


def actions(document: bytes) -> set[str]:
    """The kinds of actions that a PDF can take."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        kinds = [each.get("/A") for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
    assert b"/JavaScript" not in everything(document)
    return {str(kind.get("/S")) for kind in kinds if isinstance(kind, pikepdf.Dictionary) and "/S" in kind}


def addresses(document: bytes) -> list[str]:
    """The addresses that a PDF links to."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        linked = [each.A for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/A" in each]
        return [str(link.URI) for link in linked if isinstance(link, pikepdf.Dictionary) and "/URI" in link]
