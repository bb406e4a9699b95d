"""A store's section reads as a model's does: its context, headings, order, kinds; nothing is dropped in silence."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.functional import Promise

from tasks.collector import Batch
from tasks.datamap import Item, registry
from tests.bonus import BONUS, Loyalty, account, content, moves
from tests.transform.conftest import Told

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_a_section_carries_what_its_declaration_says(explained: Callable[..., Told]) -> None:
    told = explained(account(), *moves(2))

    first, second = told.sections
    assert (first.key, first.source, first.title, first.described) == ("loyalty", "loyalty", "Bonus account", True)
    assert (second.key, second.title) == ("loyalty:moves", "Points that came and went")
    assert first.category == second.category
    assert (first.category["key"], first.category["title"]) == ("bonus", "Bonus programme")
    assert first.category["legal_basis"]["article"] == "Art. 6(1)(b) GDPR"
    assert first.category["purposes"] == [{"term": "dpv:ServiceProvision", "text": "To give you a bonus"}]
    assert [each["name"] for each in first.context["recipients"]] == ["Bonus GmbH"]  # its own word on it
    assert [record.title for record in told.records] == [
        "Bonus account A-1",
        "Points that came and went 1",
        "Points that came and went 2",
    ]
    assert [record.key for record in told.records] == ["A-1", "1", "2"]


def test_a_source_of_a_named_category_says_its_own_context(explained: Callable[..., Told]) -> None:
    section = explained(account(), category="orders", purposes=BONUS.purposes).section

    assert (section.category["key"], section.category["title"]) == ("orders", "Orders")
    assert section.context["purposes"] == [{"term": "dpv:ServiceProvision", "text": "To give you a bonus"}]


def test_fields_come_in_the_order_of_the_declaration_under_their_headings(explained: Callable[..., Told]) -> None:
    told = explained(account(lastGiftAt="2026-01-01"))

    labels = {info.name: info.label for info in told.section.fields}
    assert list(labels)[:3] == ["level", "points", "member_since"]
    assert (labels["member_since"], labels["signed_up_from"]) == ("Member since", "Signed up from")
    assert labels["lastGiftAt"] == "Last gift at"
    assert [info.name for info in told.section.fields if info.portable] == ["level", "points"]


def test_what_is_withheld_is_named_with_its_reason_and_is_nowhere_else(explained: Callable[..., Told]) -> None:
    told = explained(account(**{"access.token": "s3cr3t", "PIN code": "s3cr3t"}))

    withheld = {name: (label, why) for name, label, why in told.section.withheld}
    assert withheld["score"] == ("Score", "It would tell how we fight fraud.")
    for name in ("api_token", "access.token", "PIN code"):
        assert withheld[name][1].startswith("It would let others in")
    assert told.section.third_party == (("invited_by", "Invited by", "another member"),)
    everything = repr([vars(item) if hasattr(item, "__dict__") else tuple(item) for item in told.items])
    assert not [secret for secret in ("s3cr3t", "t0k3n", "Bob", "17,") if secret in everything]
    assert told.value("settings") == (
        {"theme": "dark", "devices": [{"name": "phone", "push_token": "withheld"}]},
        "theme: dark; devices: (name: phone; push token: withheld)",
    )


def test_a_field_that_only_looks_like_a_secret_can_be_shown(explained: Callable[..., Told]) -> None:
    told = explained(Item("1", {"pin": {"hash": "#7"}}), reveal={"pin": "The number of a badge"})

    assert told.section.withheld == ()
    assert told.value("pin") == ({"hash": "#7"}, "hash: #7")


def test_what_came_late_is_shown_under_its_own_name_as_guarded_as_everything_else(
    explained: Callable[..., Told],
) -> None:
    late = {
        "gift": "tea",
        "at": NOON,
        "score": 3,
        "invited_by": "Bob",
        "api.token": "s3cr3t",
        "scan": content(b"x", "s.png"),
    }

    told = explained(*moves(2), Item("3", late, "moves"), batch_rows=1)

    info = {info.name: info for info in told.section.fields}["_more"]
    raw, words = told.value("_more", 2)
    assert (info.label, info.kind) == ("More", "json")
    assert raw == {"gift": "tea", "api.token": "withheld", "scan": "s.png"}
    assert words == "gift: tea; api.token: withheld; scan: s.png"
    assert told.display("invited_by", 2) == "another member"
    assert "score" in [name for name, _label, _why in told.section.withheld]
    assert [file.name for file in told.records[2].files] == ["s.png"]
    assert told.value("_more", 0) == (None, "")


def test_a_short_section_has_no_column_for_what_may_come_later(explained: Callable[..., Told]) -> None:
    told = explained(*moves(2))

    assert [info.name for info in told.section.fields] == ["points", "at", "why"]
    assert told.section.withheld == ()


def test_files_are_found_however_deep_they_lie_and_never_in_what_is_withheld(explained: Callable[..., Told]) -> None:
    values = {
        "scans": [content(b"1", "a.png"), content(b"2", "dir/b.png")],
        "letters": {"2025": [content(b"3", "c.pdf")], "access_token": content(b"6", "f.key")},
        "score": content(b"4", "d.pdf"),
        "invited_by": content(b"5", "e.pdf"),
    }

    told = explained(Item("1", values))

    found = [(file.label, file.field, file.name) for file in told.records[0].files]
    assert found == [
        ("loyalty", "scans", "a.png"),
        ("loyalty", "scans", "dir/b.png"),
        ("loyalty", "letters", "c.pdf"),
    ]
    assert told.value("scans") == (["a.png", "dir/b.png"], "a.png, b.png")
    assert told.value("letters")[0] == {"2025": ["c.pdf"], "access_token": "withheld"}


class Moody(Promise):
    """A lazy text that sometimes cannot be said."""

    def __str__(self) -> str:
        raise LookupError("alice@example.com")


def test_one_value_that_cannot_be_told_takes_no_other_with_it(explained: Callable[..., Told]) -> None:
    told = explained(*(Item(str(n), {"x": value}) for n, value in enumerate(["a", Moody(), "c"])))

    assert [told.display("x", n) for n in range(3)] == ["a", "", "c"]
    assert [(gap.field, gap.error) for gap in told.gaps] == [("x", "LookupError")]


HOSTILE = [
    "\ud800 lone",
    "NUL \x00",
    "\u202eturned",
    "<script>",
    "=1+1",
    float("nan"),
    10**400,
    -(2**70),
    Decimal("1E+999"),
]


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_values_that_mean_harm_do_not_fail_the_section(explained: Callable[..., Told], value: Any) -> None:
    told = explained(Item(f"key {value}"[:90], {"x": value, "doc": {"x": [value]}}))

    (record,) = told.records
    assert told.gaps == []
    assert len(record.values) == 2
    assert not {"\x00", "\ud800", "\u202e"} & set(repr(record.values[0].display) + record.title + told.section.title)


def test_names_that_come_from_the_store_do_no_harm_and_stay_apart(explained: Callable[..., Told]) -> None:
    told = explained(
        Item("1", {"a\x00": 1, "a\x01": content(b"x"), "a\ufffd": 3, "\ud800": 4, "": 5, "x\x00 token": 6})
    )

    names = [info.name for info in told.section.fields]
    assert names == ["a\ufffd", "a\ufffd 2", "a\ufffd 3", "\ufffd", ""]
    assert [value.raw for value in told.records[0].values] == [1, "card.pdf", 3, 4, 5]
    assert [file.field for file in told.records[0].files] == ["a\ufffd 2"]
    assert json.dumps([vars(info) for info in told.section.fields]).encode()


def test_deep_structures_are_told_as_far_as_they_go(explained: Callable[..., Told]) -> None:
    deep: Any = "end"
    for _ in range(200):
        deep = [deep]

    told = explained(Item("1", {"x": deep}))

    assert (told.gaps, "end" in told.display("x")) == ([], True)


def test_words_are_those_of_the_language(explained: Callable[..., Told]) -> None:
    told = explained(account(), language="de")

    assert told.display("newsletter") == "Ja"
    assert told.display("birthday") == "17. Mai 1990"


def test_a_summary_counts_a_section_and_says_from_when_to_when(explained: Callable[..., Told]) -> None:
    told = explained(*moves(5), batch_rows=2)

    (summary,) = told.summaries
    assert (summary.count, summary.first, summary.last) == (5, "2024-02-29", "2024-03-04")


def test_a_declaration_that_breaks_while_it_is_told_marks_its_section_and_no_other(told: Callable[..., Told]) -> None:
    class Broken(Loyalty):
        @property
        def third_party(self) -> Any:
            if self.ready:
                raise RuntimeError
            return {}

        ready = False

    with registry.with_sources(Broken):
        Broken.ready = True
        good = Batch("cart", "cart", None, ("key", "tea"), [("1", "green")], owned=True)
        found = told(Batch("loyalty", "loyalty", None, ("_key", "a", "_more"), [("1", 2, None)], owned=True), good)

    assert [(gap.section, gap.field, gap.error) for gap in found.gaps] == [("loyalty", "", "RuntimeError")]
    assert [record.key for record in found.records] == ["1"]
