"""Rows as JSON lines: every value that a column may hold."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from tasks.collector import Batch
from tasks.collector.lines import encode


def test_every_value_becomes_json_that_any_reader_takes():
    row = (
        *(1, float("nan"), Decimal("1.10"), b"\xff", date(2026, 3, 5), datetime(2026, 3, 5, tzinfo=UTC)),
        *(timedelta(hours=1), UUID(int=1), {"a": [Decimal(2)]}, "NUL \x00 and \u2028"),
    )
    columns = ("id", "nan", "money", "raw", "day", "at", "span", "uuid", "json", "text")
    batch = Batch("database", "some.Store", None, columns, [row], owned=False)

    (line,) = encode(batch)

    assert "\n" not in line
    assert json.loads(line, parse_constant=lambda word: f"no JSON: {word}") == {
        "model": "some.Store",
        "pk": 1,
        "owned": False,
        "values": {
            "id": 1,
            "nan": "nan",
            "money": "1.10",
            "raw": "/w==",
            "day": "2026-03-05",
            "at": "2026-03-05T00:00:00+00:00",
            "span": "1:00:00",
            "uuid": "00000000-0000-0000-0000-000000000001",
            "json": {"a": ["2"]},
            "text": "NUL \x00 and \u2028",
        },
    }
