"""Values that break things: every format stays whole, and says what it holds."""

import csv
import io
import json
import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from tasks.export import data
from tasks.export.about import SourceReport
from tests.export.building import made, store

csv.field_size_limit(1 << 27)
SCHEMA = jsonschema_rs.validator_for(json.loads(data.schema()), validate_formats=True)
HARM = {
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "controls": "a\x1b[31m\x07b",
    "turned": "user\u202egnp.exe",
    "html": "</script><script>alert(1)</script>",
    "comment": "<!-- <script>",
    "svg": "<svg onload=alert(1)>",
    "line ends": "a\u2028b\u2029c\r\nd",
    "formula": "=cmd|' /C calc'!A0",
    "empty": "",
}


def strict(content: bytes) -> Any:
    """JSON as its specification has it: NaN is none."""

    def refused(name: str) -> None:
        raise AssertionError(name)

    return json.loads(content.decode("utf-8"), parse_constant=refused)


def answer_of(files: dict[str, bytes]) -> Any:
    answer = strict(files["data/data.json"])
    assert [error.message for error in SCHEMA.iter_errors(answer)] == []
    return answer


def values_of(files: dict[str, bytes]) -> list[Any]:
    (category,) = answer_of(files)["categories"]
    return [record["values"] for record in category["sections"][0]["records"]]


def table(files: dict[str, bytes]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files["csv/cart.csv"].decode("utf-8-sig"), newline="")))


def embedded(files: dict[str, bytes]) -> list[Any]:
    page = files["START-HERE.html"].decode("utf-8")
    found = re.findall(r'<script type="application/json" class="rows"[^>]*>(.*?)</script>', page, re.DOTALL)
    return [row for block in found for row in strict(block.encode())]


@pytest.mark.parametrize("text", HARM.values(), ids=HARM)
def test_harmful_texts_leave_every_format_whole(text: str) -> None:
    files = made([store([("1", text)])])

    (values,) = values_of(files)
    page = files["START-HERE.html"].decode("utf-8")
    assert "key" in values
    assert len(table(files)) == 2
    assert len(embedded(files)) == 1
    assert page.count("<script>") == 1
    assert "<svg" not in page
    assert "\u202e" not in page


def test_a_very_long_text_is_kept_whole_where_programs_read_it() -> None:
    text = "Alice wrote this. " * 600_000

    files = made([store([("1", text)])])

    assert values_of(files)[0]["text"] == text
    assert table(files)[1][-1] == text
    assert embedded(files)[0][2][-1] == text
    assert len(files["START-HERE.html"]) < 2 * len(text)  # without a script it is cut


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (math.nan, "nan"),
        (math.inf, "inf"),
        (Decimal("NaN"), "NaN"),
        (Decimal("123456789012345678901234567890.123456789"), "123456789012345678901234567890.123456789"),
        (2**70, str(2**70)),
        (date(1066, 10, 14), "1066-10-14"),
        (date.max, "9999-12-31"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999+00:00"),
        (datetime.min.replace(tzinfo=UTC), "0001-01-01T00:53:28+00:53:28"),
        ("12026-01-01", "12026-01-01"),  # a date that Python has none for comes as text
    ],
)
def test_numbers_and_dates_at_the_edge_stay_what_they_are(value: Any, stored: str) -> None:
    files = made([store([("1", value)])])

    found = values_of(files)[0]["text"]
    raw = found["value"] if isinstance(found, dict) else found
    assert str(raw).casefold() == stored.casefold()
    assert len(table(files)) == 2


def test_nested_json_that_holds_what_json_does_not() -> None:
    deep: Any = "end"
    for _ in range(400):
        deep = [deep]

    files = made([store([("1", {"nan": math.nan, "\ud800": "\x00", "deep": deep})])])

    assert values_of(files)[0]["text"]["value"]["nan"] == "nan"


def test_a_category_without_rows_is_an_answer() -> None:
    files = made([store([])])

    answer = answer_of(files)
    assert answer["summary"]["records"] == 0
    assert answer["categories"][0]["count"] == 0
    assert table(files) == [["Record", "Key", "Text"]]
    assert "We hold nothing about you." in files["START-HERE.html"].decode()


def test_nothing_at_all_is_an_answer() -> None:
    files = made([])

    assert answer_of(files)["categories"] == []
    assert "We hold nothing about you." in files["START-HERE.html"].decode()


def test_two_stores_whose_names_differ_by_case_have_two_tables() -> None:
    files = made([store([("1", "a")], label="Cart"), store([("1", "b")], label="cart")])

    assert {path for path in files if path.startswith("csv/cart")} == {"csv/cart.csv", "csv/cart-2.csv"}


def test_a_failed_source_is_told_in_every_format() -> None:
    failed = (SourceReport("couch", "Preferences", "failed", error="ConnectionError"),)

    files = made([store([("1", "a")])], sources=failed, incomplete_reason="Axel: it is being rebuilt.")

    assert answer_of(files)["incomplete"]["sources"] == [{"key": "couch", "title": "Preferences"}]
    page = files["START-HERE.html"].decode()
    assert "This answer is not complete." in page
    assert "Axel: it is being rebuilt." in page


def test_a_table_has_no_byte_order_mark_where_none_is_wanted(settings: Any) -> None:
    settings.DOSSIER = {**settings.DOSSIER, "csv_bom": False}

    assert made([store([("1", "ä")])])["csv/cart.csv"].startswith(b"Record,")
