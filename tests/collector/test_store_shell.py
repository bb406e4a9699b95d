"""Stores at a shell: their rows as lines, a service that takes its time, one that fails."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tasks import collector, export
from tasks.collector import Subject
from tasks.datamap import Ask, Item, registry
from tasks.errors import SourceWaiting
from tests import people
from tests.bonus import CARD, Loyalty, account, holding, moves
from tests.collector.test_store import ASK, NOON, collecting, midway


@pytest.fixture
def alice(db: None) -> User:
    """A customer of the shop, and not of the zoo."""
    return people.make("alice", last_name="Hartmann")


def printed(*words: str) -> tuple[list[dict[str, Any]], str]:
    out, err = StringIO(), StringIO()
    call_command("collect", *words, stdout=out, stderr=err)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_rows_of_stores_are_printed_as_lines_without_what_is_withheld(alice: User) -> None:
    values = {"balance": Decimal("1.50"), "raw": b"\x00\xff", "odd": float("inf")}
    with registry.with_sources(holding(account(**values), *moves(1))):
        lines, _ = printed(str(alice.pk))

    assert "auth.User" in {line["model"] for line in lines}
    mine, move = (line for line in lines if line["model"].startswith("loyalty"))
    assert (mine["pk"], mine["owned"], mine["values"]["balance"]) == ("A-1", True, "1.50")
    assert mine["values"]["member_since"] == "2024-02-29T11:30:00+00:00"
    assert mine["values"]["card"] == {"file": "card.pdf", "size": len(CARD)}
    assert UUID(mine["values"]["card_number"])
    assert (mine["values"]["raw"], mine["values"]["odd"]) == ("AP8=", "inf")
    assert not {"score", "api_token"} & mine["values"].keys()
    assert (move["model"], move["pk"], move["values"]["why"]) == ("loyalty:moves", "1", "Order 1")


def test_keys_are_those_of_the_database_alone(alice: User) -> None:
    with registry.with_sources(holding(account())):
        ((keys,), _) = printed(str(alice.pk), "--keys")

    assert keys["auth.User"] == [alice.pk]
    assert not [label for label in keys if label.startswith("loyalty")]


def test_a_store_that_fails_is_named_after_everything_else_was_printed(alice: User) -> None:
    other = type("Other", (Loyalty,), {"key": "zeal", "held": tuple(moves(1)), "category": ""})
    out, err = StringIO(), StringIO()

    with registry.with_sources(collecting(midway), other), pytest.raises(CommandError, match="to the end: loyalty"):
        call_command("collect", str(alice.pk), stdout=out, stderr=err)

    labels = [json.loads(line)["model"] for line in out.getvalue().splitlines()]
    assert labels[-1] == "zeal:moves"
    assert err.getvalue() == "loyalty: ValueError.\n"


def test_a_source_is_given_the_person_and_nothing_else(alice: User) -> None:
    seen: list[Any] = []
    declared = holding(collect=lambda self, subject, ask: seen.append(subject) or [])

    with registry.with_sources(declared):
        list(collector.collect(Subject(User, alice.pk, "default")))

    (subject,) = seen
    assert (subject.pk, subject.row, subject.identifiers()["email"]) == (alice.pk, alice, ["alice@example.com"])


# --- a service that prepares its answer


def preparing(tries: int, *, seconds: float = 30, after: tuple[Item, ...] = ()) -> tuple[type[Loyalty], list[Ask]]:
    """A service that is ready at the last of so many tries, and what it was asked."""
    asked: list[Ask] = []

    def collect(self: Any, subject: Any, ask: Ask) -> Iterator[Item]:
        asked.append(ask)
        yield from after
        if len(asked) < tries:
            raise SourceWaiting("loyalty: not yet", seconds=seconds, memo={"ticket": len(asked)})
        yield from moves(2)

    return holding(collect=collect), asked


def test_a_shell_waits_for_it_and_asks_the_same_question_with_what_it_gave_to_keep() -> None:
    declared, asked = preparing(3)
    waited: list[float] = []

    with registry.with_sources(declared):
        (batch,) = collector.patiently(collector.store("loyalty"), None, ask=ASK, wait=waited.append)

    assert len(batch.rows) == 2
    assert waited == [30, 30]
    assert [(ask.id, ask.memo) for ask in asked] == [("one", {}), ("one", {"ticket": 1}), ("one", {"ticket": 2})]


@pytest.mark.parametrize(
    ("seconds", "after", "times"),
    [(400, (), 1), (0, (), 600), (30, tuple(moves(2)), 0)],
    ids=["longer than it may work", "again and again at once", "after it gave records"],
)
def test_a_shell_does_not_wait_for_ever(seconds: float, after: tuple[Item, ...], times: int) -> None:
    declared, _asked = preparing(10_000, seconds=seconds, after=after)
    declared.batch_rows = 1
    waited: list[float] = []

    with registry.with_sources(declared), pytest.raises(SourceWaiting):
        list(collector.patiently(collector.store("loyalty"), None, ask=ASK, wait=waited.append))

    assert len(waited) == times


def test_an_export_waits_where_it_is_told_how(alice: User, tmp_path: Path) -> None:
    declared, asked = preparing(2)
    waited: list[float] = []

    with registry.with_sources(declared):
        export.write(Subject(User, alice.pk, "default"), to=tmp_path, at=NOON, only=("json",), wait=waited.append)

    answer = json.loads((tmp_path / "data.json").read_text())
    assert (answer["complete"], answer["gaps"], len(waited), len(asked)) == (True, [], 1, 2)


def test_an_export_that_cannot_wait_says_that_it_was_not_ready(alice: User, tmp_path: Path) -> None:
    declared, asked = preparing(2)

    with registry.with_sources(declared), pytest.raises(export.IncompleteExport, match="in it: loyalty: not yet"):
        export.write(Subject(User, alice.pk, "default"), to=tmp_path, at=NOON, only=("json",))

    answer = json.loads((tmp_path / "data.json").read_text())
    assert (answer["complete"], len(asked)) == (False, 1)
    assert answer["gaps"][0]["reason"].startswith("it has begun to prepare its answer")
