"""A store's values are told by what they are: no model says it for them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from tasks.datamap import Item
from tests.bonus import account, content
from tests.transform.conftest import Told

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "kind", "raw", "display"),
    [
        ("level", "text", "gold", "gold"),
        ("member_since", "datetime", "2024-02-29T12:30:00+01:00", "29 February 2024, 12:30"),
        ("last_seen", "datetime", "2026-03-04T22:15:00Z", "4 March 2026, 23:15"),
        ("birthday", "date", "1990-05-17", "17 May 1990"),
        ("points", "number", 1250, "1250"),
        ("balance", "number", "12.50", "12.50"),
        ("newsletter", "boolean", True, "Yes"),
        ("contact", "email", "alice@example.com", "alice@example.com"),
        ("page", "url", "https://bonus.example/alice", "https://bonus.example/alice"),
        ("signed_up_from", "ip", "192.0.2.7", "192.0.2.7"),
        ("card_number", "text", "5f012b3f-0cb4-4090-b99b-e466f421662f", "5f012b3f-0cb4-4090-b99b-e466f421662f"),
        ("session", "duration", "P0DT01H30M00S", "1 hour 30 minutes"),
        ("card", "file", "card.pdf", "card.pdf"),
        ("invited_by", "covered", None, "another member"),
    ],
)
def test_values_are_told_by_what_they_are(
    explained: Callable[..., Told], name: str, kind: str, raw: Any, display: str
) -> None:
    told = explained(account())

    assert {info.name: info.kind for info in told.section.fields}[name] == kind
    assert told.value(name) == (raw, display)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["2026-03-05", "not yet"], "text"),
        (["2026-02-30", "2026-02-31"], "text"),
        (["2026-03-05T25:00:00Z"], "text"),
        (["2001:db8::7", "192.0.2.1"], "ip"),
        (["12:30", "::"], "text"),
        (["cafe:1"], "text"),
        (["1.2.3"], "text"),
        (["a@b", "@"], "text"),
        (["https://", "http:///x"], "text"),
        ([1, 2.5, Decimal(3)], "number"),
        ([True, 1], "text"),
        ([None, "", "alice@example.com"], "email"),
        ([date(2026, 3, 5), NOON], "text"),
        ([time(12, 30)], "text"),
        ([{"a": 1}, [1], []], "json"),
        ([b"\x00"], "binary"),
        ([[content(b"x")], content(b"y")], "file"),
        ([[content(b"x")], []], "json"),
        ([None, ""], "text"),
    ],
    ids=str,
)
def test_a_kind_is_what_all_first_values_agree_on(explained: Callable[..., Told], values: list[Any], kind: str) -> None:
    told = explained(*(Item(str(n), {"x": value}) for n, value in enumerate(values)))

    assert [info.kind for info in told.section.fields] == [kind]
    assert told.gaps == []


def test_a_later_value_of_another_kind_is_told_by_its_own(explained: Callable[..., Told]) -> None:
    late = ["2026-03-05T12:00:00Z", "soon", 7, None, {"a": {"password": "x"}}, datetime(2026, 3, 5, 12, tzinfo=UTC)]

    told = explained(*(Item(str(n), {"at": value}) for n, value in enumerate(late)), batch_rows=1)

    assert [told.display("at", n) for n in range(len(late))] == [
        "5 March 2026, 13:00",
        "soon",
        "7",
        "",
        "a: password: withheld",
        "5 March 2026, 13:00",
    ]
