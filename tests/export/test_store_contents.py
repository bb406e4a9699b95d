"""One store at a time: its files, and what its snapshot holds, binds and says that it searched."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tasks import export, vault
from tasks.collector import Subject
from tasks.datamap import Content, Item, registry
from tasks.errors import SourceRefused, SourceUnavailable
from tasks.export import SourceReport
from tasks.transform import Redaction
from tests.bonus import BONUS, Loyalty, account, content, holding, moves
from tests.export.building import of_vault, section, snapshots


def entry(subject: Subject, declared: type[Loyalty], **given: Any) -> tuple[export.Snapshot, dict[str, Any]]:
    """The snapshot of the programme alone, and its data file."""
    with registry.with_sources(declared):
        taken = snapshots(subject, **given)[-1]
    return taken, json.loads(of_vault(taken.name, kinds=("json",), **given)["data/data.json"])


def failing(error: Exception) -> Content:
    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield Breaking(error)

    return Content("letter.pdf", opened)


class Breaking:
    """Gives some bytes, then fails."""

    def __init__(self, error: Exception) -> None:
        self.error, self.first = error, True

    def read(self, size: int) -> bytes:
        if not self.first:
            raise self.error
        self.first = False
        return b"some"


class Wordy:
    """A file that gives text in place of bytes."""

    @staticmethod
    def read(size: int) -> str:
        return "words"


TROUBLE = [
    (failing(OSError("alice@example.com")), "the file cannot be read"),
    (failing(FileNotFoundError()), "the file is missing"),
    (failing(SourceRefused("loyalty: no", reason="The file is locked.")), "The file is locked."),
    (content(b"half", size=8), "the file is not as long as its source says"),
    (content(b"x" * 101), "the file is larger than 100 bytes"),
    (content(b"", size=101), "the file is larger than 100 bytes"),
    (Content("w", contextmanager(lambda: iter([Wordy()]))), "the file cannot be read"),
    (Content("n", lambda: None), "the file cannot be read"),
]


@pytest.mark.parametrize(("bad", "reason"), TROUBLE, ids=[row[1] for row in TROUBLE])
def test_a_file_that_cannot_be_taken_is_a_named_gap_and_the_others_are_there(
    room: Path, subject: Subject, bad: Content, reason: str
) -> None:
    items = [Item("1", {"letter": bad}), Item("2", {"letter": content(b"good", "good.pdf")})]

    taken, answer = entry(subject, holding(*items, file_bytes=100))

    (gap,) = taken.gaps
    assert (gap["label"], gap["field"], gap["key"], gap["reason"]) == ("loyalty", "letter", "1", reason)
    first, second = section(answer, "loyalty")["records"]
    assert "files" not in first
    assert (second["files"][0]["stored_as"], second["files"][0]["size"]) == ("good.pdf", 4)
    assert reason in [each["reason"] for each in answer["gaps"]]


def test_a_source_that_stops_answering_within_a_file_fails_whole_and_leaves_nothing(
    room: Path, subject: Subject
) -> None:
    with pytest.raises(SourceUnavailable):
        entry(subject, holding(account(), Item("2", {"f": failing(SourceUnavailable("loyalty: gone"))})))

    assert [name for name in vault.names() if "loyalty" in name] == []
    assert vault.drafts() == []


def test_a_snapshot_names_the_files_that_it_put_into_the_vault(room: Path, subject: Subject) -> None:
    with_file, _ = entry(subject, holding(account()))
    without, _ = entry(subject, holding(*moves(1)), reference="other")

    assert with_file.files == ["case/loyalty", export.contents_of("case/loyalty")]
    assert without.files == ["case/loyalty"]
    assert all(vault.exists(name) for name in with_file.files)


def test_a_snapshot_binds_the_content_of_files_and_not_where_they_lie(room: Path, subject: Subject) -> None:
    contents = [[account()], [account()], [account(card=content(b"another card", size=12))]]

    sums = [entry(subject, holding(*items))[0].sha256 for items in contents]

    assert sums[0] == sums[1]
    assert sums[0] != sums[2]


def test_what_the_office_covers_in_a_store_is_gone_with_its_file(room: Path, subject: Subject) -> None:
    covered = (
        Redaction("loyalty", "A-1", "card", "A copy of somebody else's passport"),
        Redaction("loyalty:moves", "2", "", "About somebody else"),
    )
    with registry.with_sources(holding(account(), *moves(3))):
        taken = snapshots(subject)[-1]

    found = of_vault(taken.name, redactions=covered)

    answer = json.loads(found["data/data.json"])
    (mine,) = section(answer, "loyalty")["records"]
    assert mine["values"]["card"]["value"] is None
    assert "files" not in mine
    assert [name for name in found if name.startswith("files/")] == []
    assert [each["key"] for each in section(answer, "loyalty:moves")["covered"]] == ["2"]
    assert "Order 2" not in json.dumps(answer)


def test_files_that_left_the_vault_are_gaps_of_the_package(room: Path, subject: Subject) -> None:
    with registry.with_sources(holding(account())):
        taken = snapshots(subject)[-1]
    vault.delete(export.contents_of(taken.name))

    found = of_vault(taken.name)

    gaps = json.loads(found["data/data.json"])["gaps"]
    assert [(gap["field"], gap["reason"]) for gap in gaps] == [("card", "the file is missing")]
    assert [name for name in found if name.startswith("files/")] == []


def test_an_empty_file_is_a_file(room: Path, subject: Subject) -> None:
    with registry.with_sources(holding(Item("1", {"f": content(b"", "empty.txt", size=0)}))):
        taken = snapshots(subject)[-1]

    found = of_vault(taken.name)

    assert found["files/loyalty/empty.txt"] == b""
    assert taken.gaps == []


def test_a_large_file_is_streamed_and_whole(room: Path, subject: Subject) -> None:
    large = bytes(range(256)) * 4096 * 3
    items = [Item(str(n), {"f": content(large[n:], f"{n}.bin")}) for n in range(3)]

    with registry.with_sources(holding(*items)):
        taken = snapshots(subject)[-1]

    found = of_vault(taken.name)

    assert [found[f"files/loyalty/{n}.bin"] for n in range(3)] == [large[n:] for n in range(3)]


@pytest.mark.parametrize(("asked", "there"), [(("bonus",), True), (("orders",), False), (("loyalty",), False)])
def test_a_store_belongs_to_the_category_that_was_asked_for(
    room: Path,
    subject: Subject,
    asked: tuple[str, ...],
    there: bool,
) -> None:
    _taken, answer = entry(subject, holding(account()), categories=asked)

    assert ("bonus" in [each["key"] for each in answer["categories"]]) is there
    assert ("loyalty:gifts" in [each["label"] for each in answer["nothing_found"]]) is there


def test_a_store_that_holds_nothing_is_named_once(room: Path, subject: Subject) -> None:
    _taken, answer = entry(subject, holding())

    assert answer["nothing_found"] == [{"label": "loyalty", "title": "Bonus account", "category": "bonus"}]
    assert answer["complete"] is True


def test_the_snapshot_of_a_store_says_nothing_of_the_database(room: Path, subject: Subject) -> None:
    with registry.with_sources(holding(account())):
        database, store = snapshots(subject)

    assert "loyalty" not in database.counts
    assert set(store.counts) == {"loyalty"}
    with vault.reading(store.name) as clear:
        assert b"orders.Order" not in clear.read()


def test_a_source_that_failed_in_a_case_stands_beside_what_others_hold(room: Path, subject: Subject) -> None:
    reports = (SourceReport("loyalty", "Bonus account", "failed"), SourceReport("database", "Database", "searched", 1))
    with registry.with_sources(holding(account())):
        database = snapshots(subject)[0]

    facts = {"sources": reports, "incomplete_reason": "It has been down for three days."}
    answer = json.loads(of_vault(database.name, kinds=("json",), **facts)["data/data.json"])

    assert answer["complete"] is False
    assert answer["incomplete"]["sources"] == [{"key": "loyalty", "title": "Bonus account"}]
    assert "loyalty" not in [each["label"] for each in answer["nothing_found"]]
    assert BONUS.key not in [each["key"] for each in answer["categories"]]
