"""What a store or service gives is looked at before anybody builds on it: nonsense fails its own section."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from tasks import collector
from tasks.collector import Batch
from tasks.datamap import Ask, Content, Item, Kept, Outcome, registry
from tasks.errors import SourceFault, SourceRefused, SourceUnavailable, SourceWaiting
from tests.bonus import CARD, Loyalty, account, content, holding, moves

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
ASK = Ask("one", NOON)
SECRET = "alice@example.com"


def collecting(given: Any) -> type[Loyalty]:
    """A source whose ``collect`` gives this, or does it."""
    return holding(collect=lambda self, subject, ask: given(ask) if callable(given) else given)


def batches(declaration: type[Loyalty], subject: Any = None) -> list[Batch]:
    with registry.with_sources(declaration):
        return list(collector.store("loyalty").collect(subject, ask=ASK))


def midway(ask: Ask) -> Iterator[Item]:
    yield Item("1", {"a": 1})
    raise ValueError(SECRET)


class Strange:
    """An instance of somebody's class."""


NONSENSE: list[tuple[str, Any, str]] = [
    ("None", None, "collect: wanted an iterable of records, found NoneType"),
    ("a mapping", {"id": 1}, "collect: wanted an iterable of records, found dict"),
    ("a text", SECRET, "collect: wanted an iterable of records, found str"),
    ("a number", 7, "collect: wanted an iterable of records, found int"),
    ("None among records", [None], "collect: wanted datamap.Item or a mapping, found NoneType"),
    ("lists for records", [["a", 1]], "collect: wanted datamap.Item or a mapping, found list"),
    ("texts for records", [SECRET], "collect: wanted datamap.Item or a mapping, found str"),
    ("values that are a list", [Item("1", [SECRET])], "collect: wanted an Item whose values are a mapping, found list"),
    ("a key of nothing", [Item(None, {})], "collect: wanted an Item with a key, found NoneType"),
    ("an empty key", [Item("", {})], "collect: wanted an Item with a key, found str"),
    ("a section of nothing", [Item("1", {}, None)], "collect: wanted an Item whose section is a text, found NoneType"),
    (
        "a section of a book",
        [Item("1", {}, "x" * 101)],
        "collect: wanted a section of at most 100 printable characters",
    ),
    ("a section of signs", [Item("1", {}, "\ud800\x00")], "collect: wanted a section of at most 100 printable"),
    ("names that clash", [{1: "a", "1": "b"}], "collect: wanted names that differ as texts, found dict"),
    (
        "instances",
        [{"a": Strange()}],
        "collect: wanted plain values, JSON structures or datamap.Content, found Strange",
    ),
    ("instances deep down", [{"a": {"b": [Strange()]}}], "collect: wanted plain values, JSON structures or"),
    ("a file that cannot be opened", [{"a": Content("x", CARD)}], "collect: wanted plain values"),
    ("a file of minus bytes", [{"a": content(b"", size=-1)}], "collect: wanted plain values"),
    ("sections in turns", [*moves(1), account(), *moves(1)], "wanted the records of a section one after the other"),
    ("an error midway", midway, "loyalty: ValueError."),
    ("an error at once", lambda ask: 1 / 0, "loyalty: ZeroDivisionError."),
]


@pytest.mark.parametrize(("given", "told"), [row[1:] for row in NONSENSE], ids=[row[0] for row in NONSENSE])
def test_nonsense_is_told_by_source_hook_wanted_and_found_and_never_by_value(given: Any, told: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        batches(collecting(given))

    assert str(caught.value).startswith("loyalty")
    assert told in str(caught.value)
    assert SECRET not in str(caught.value)


def test_an_endless_source_is_cut_by_its_time_limit() -> None:
    endless = holding(collect=lambda self, subject, ask: ({"n": n} for n in count()), time_limit=0.02, batch_rows=10)

    with pytest.raises(SourceUnavailable, match=r"loyalty: not at its end after 0\.02 seconds"):
        batches(endless)


@pytest.mark.parametrize(
    "error", [SourceRefused("loyalty: no", reason="You are not a member."), SourceWaiting("loyalty: wait", seconds=5)]
)
def test_what_a_source_says_on_purpose_is_passed_on(error: Exception) -> None:
    def collect(ask: Ask) -> Any:
        raise error

    with pytest.raises(type(error)) as caught:
        batches(collecting(collect))

    assert caught.value is error


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (-1, "wanted numbers of records, found int"),
        (True, "wanted numbers of records, found bool"),
        ({"moves": 2.5}, "wanted numbers of records, found float"),
        ({None: 1}, "wanted sections by their keys, found NoneType"),
        ("many", "wanted numbers of records, found str"),
        ([1], "wanted numbers of records, found list"),
    ],
)
def test_counts_are_numbers(given: Any, told: str) -> None:
    with registry.with_sources(holding(count=lambda self, subject: given)), pytest.raises(SourceFault) as caught:
        collector.store("loyalty").count(None)

    assert told in str(caught.value)


@pytest.mark.parametrize(("given", "counts"), [(None, {}), (0, {"loyalty": 0}), ({"moves": 2}, {"loyalty:moves": 2})])
def test_counts_are_told_by_label(given: Any, counts: dict[str, int]) -> None:
    with registry.with_sources(holding(count=lambda self, subject: given)):
        assert collector.store("loyalty").count(None) == counts


@pytest.mark.parametrize(
    "given",
    [
        None,
        3,
        {"erased": 3},
        Outcome(erased=-1),
        Outcome(erased=True),
        Outcome(changed=1.5),
        Outcome(kept=None),
        Outcome(kept=((2, "A law"),)),
        Outcome(kept=(Kept(2, ""),)),
        Outcome(kept=(Kept(-2, "A law"),)),
        Outcome(kept=(Kept(2, "A law", "2030"),)),
        Outcome(notes="Purged"),
        Outcome(notes=(b"Purged",)),
        Outcome(proof=None),
    ],
    ids=repr,
)
def test_no_certificate_rests_on_an_outcome_that_is_none(given: Any) -> None:
    declared = holding(erase=lambda self, subject, ask: given)

    with registry.with_sources(declared), pytest.raises(SourceFault, match=r"loyalty\.erase: wanted "):
        collector.store("loyalty").erase(None, ASK)


def test_a_sound_outcome_is_taken_as_it_is() -> None:
    outcome = Outcome(erased=3, kept=(Kept(1, "A law", NOON.date()),), notes=("Purged",), proof="LOY-7")

    with registry.with_sources(holding(erase=lambda self, subject, ask: outcome)):
        assert collector.store("loyalty").erase(None, ASK) is outcome


def test_columns_are_those_declared_in_their_order_then_what_the_first_records_have() -> None:
    (account_batch, moves_batch) = batches(holding(account(), *moves(2)))

    assert account_batch.columns[:5] == ("_key", "level", "points", "member_since", "last_seen")
    assert account_batch.columns[-1] == "_more"
    assert (moves_batch.label, moves_batch.columns) == ("loyalty:moves", ("_key", "points", "at", "why", "_more"))
    assert [row[0] for row in moves_batch.rows] == ["1", "2"]
    assert (account_batch.source, account_batch.model) == ("loyalty", None)


def test_a_long_section_comes_in_batches_and_what_comes_late_is_kept_under_its_own_name() -> None:
    late = Item("9", {"points": 5, "level": "gold", "gift": "tea"}, "moves")

    first, second = batches(holding(*moves(3), late, batch_rows=2))

    assert (
        first.columns
        == second.columns
        == ("_key", "level", "points", "member_since", "at", "why", "invited_by", "_more")
    )
    assert [len(first.rows), len(second.rows)] == [2, 2]
    assert second.rows[1] == ("9", "gold", 5, None, None, None, None, {"gift": "tea"})


def test_plain_mappings_are_records_by_their_id_key_or_place() -> None:
    (batch,) = batches(collecting([{"id": 0, "a": 1}, {"key": "k"}, {"id": "", "a": 2}, {7: "seven"}]))

    assert [row[0] for row in batch.rows] == ["0", "k", "3", "4"]
    assert batch.rows[3][batch.columns.index("7")] == "seven"


def test_the_progress_of_a_source_that_cannot_count_never_goes_backwards() -> None:
    told: list[tuple[int, int]] = []
    with registry.with_sources(holding(*moves(5), count=lambda self, subject: None, batch_rows=2)):
        list(collector.store("loyalty").collect(None, progress=lambda done, total: told.append((done, total)), ask=ASK))

    assert told == [(2, 2), (4, 4), (5, 5)]


def test_each_question_of_a_shell_is_its_own() -> None:
    asked: list[str] = []
    declared = holding(collect=lambda self, subject, ask: asked.append(ask.id) or [])
    with registry.with_sources(declared):
        for _ in range(2):
            list(collector.store("loyalty").collect(None))

    assert len({*asked, ""}) == 3
