"""A store's records and files, in every format: as whole, as private and as proved as a model's."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.contrib.auth.models import User
from django.db import transaction

from examples.shop.customers.models import Profile
from examples.shop.customers.privacy import ACCOUNT
from tasks import export
from tasks.collector import Subject
from tasks.datamap import Item, registry
from tasks.errors import SourceRefused
from tasks.export import data
from tests import people
from tests.bonus import CARD, Loyalty, account, content, holding, moves
from tests.export.building import section, snapshots
from tests.export.conftest import Unpacked, about_of
from tests.export.test_command import run
from tests.export.test_report import text_of

HOSTILE_NAMES = [
    "../../etc/passwd",
    "C:\\x\\CON",
    "\u202efdp.exe",
    "a\x00b.png",
    "",
    "x" * 300 + ".pdf",
    "card.pdf",
    "CARD.PDF",
]
FILES = [content(f"file {number}".encode(), name) for number, name in enumerate(HOSTILE_NAMES)]


class Preferences(Loyalty):
    """Something beyond the database of a category that a model has, too."""

    key = "preferences"
    title = "Tea that you like"
    category = ACCOUNT
    sections: dict[str, str] = {}
    held = (Item("1", {"tea": "Darjeeling", "cups": 4}),)


def packed(subject: Subject, folder: Path, **given: Any) -> Unpacked:
    taken = snapshots(subject, **given)
    names = [snapshot.name for snapshot in taken]
    return Unpacked(export.build(names, about=about_of(**given), prefix="case/token"), folder)


@pytest.fixture(scope="module")
def package(django_db_setup: None, django_db_blocker: Any, module_room: Path) -> Unpacked:
    """Alice's package, made once for a module: her account, her moves, and files whose names mean harm."""
    scans = Item("S-1", {"scans": FILES, "when": "2026-01-02"}, "scans")
    declared = holding(account(), *moves(3), scans)
    with django_db_blocker.unblock(), transaction.atomic(), registry.with_sources(declared, Preferences):
        alice = people.make("alice", last_name="Hartmann")
        Profile.objects.create(user=alice, display_name="Alice", member_since="2020-02-29")
        found = packed(Subject(User, alice.pk, "default"), module_room / "unpacked")
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def answer(package: Unpacked) -> dict[str, Any]:
    return dict(json.loads(package.read("data/data.json")))


@pytest.mark.parametrize("path", ["data/data.json", "data/portable.json"])
def test_the_data_keeps_to_the_published_schema(package: Unpacked, path: str) -> None:
    checker = jsonschema_rs.validator_for(json.loads(data.schema()), validate_formats=True)

    assert [error.message for error in checker.iter_errors(json.loads(package.read(path)))] == []


def test_the_data_tells_a_store_as_it_tells_a_model(answer: dict[str, Any]) -> None:
    found = section(answer, "loyalty")

    assert (found["source"], found["described"], found["count"]) == ("loyalty", True, 1)
    values = found["records"][0]["values"]
    assert values["balance"] == "12.50"
    assert values["last_seen"] == {"value": "2026-03-04T22:15:00Z", "display": "4 March 2026, 23:15"}
    assert values["invited_by"] == {"value": None, "display": "another member"}
    assert values["settings"]["value"]["devices"] == [{"name": "phone", "push_token": "withheld"}]
    assert {each["name"] for each in found["withheld"]} == {"score", "api_token"}
    assert [record["key"] for record in section(answer, "loyalty:moves")["records"]] == ["1", "2", "3"]


def test_stores_and_models_of_one_category_stand_in_one_chapter(answer: dict[str, Any]) -> None:
    homes = {part["key"]: category["key"] for category in answer["categories"] for part in category["sections"]}

    assert homes["preferences"] == homes["customers.Profile"]
    assert homes["loyalty"] == homes["loyalty:moves"] == homes["loyalty:scans"] == "bonus"
    (bonus,) = [category for category in answer["categories"] if category["key"] == "bonus"]
    assert bonus["context"]["retention"]["text"] == "Two years after your last purchase"


def test_what_can_be_taken_along_is_what_is_portable(package: Unpacked) -> None:
    portable = json.loads(package.read("data/portable.json"))

    assert section(portable, "loyalty")["records"][0]["values"] == {"level": "gold", "points": 1250}
    assert "loyalty:scans" not in [part["key"] for each in portable["categories"] for part in each["sections"]]


def test_files_of_stores_are_in_the_package_under_harmless_names(package: Unpacked, answer: dict[str, Any]) -> None:
    names = sorted(name for name in package.names if name.startswith("files/"))

    assert package.read("files/loyalty/card.pdf") == CARD
    scans = [name for name in names if name.startswith("files/loyalty-scans/")]
    assert {package.read(name) for name in scans} == {f"file {number}".encode() for number in range(len(FILES))}
    assert len(scans) == len(FILES)
    for name in names:
        assert re.fullmatch(r"files/[a-z-]+/[^/\\:*?\"<>|\x00-\x1f\u202e]{1,90}", name)
    files = section(answer, "loyalty:scans")["records"][0]["files"]
    assert [file["field"] for file in files] == ["scans"] * len(FILES)
    card = section(answer, "loyalty")["records"][0]
    assert card["values"]["card"]["display"] == f"card.pdf, {len(CARD)} bytes"
    assert (card["files"][0]["size"], card["files"][0]["stored_as"]) == (len(CARD), "card.pdf")


def test_the_report_tells_it_to_the_person(package: Unpacked) -> None:
    words = " ".join(text_of(package.read("report.pdf")).split())

    for said in (
        "Bonus programme", "Points that came and went", "Last seen: 4 March 2026, 23:15", "29 February 2024, 12:30",
        "another member", "It would tell how we fight fraud.", "Two years after your last purchase", "Bonus GmbH",
        "Darjeeling",
    ):  # fmt: skip
        assert said in words
    assert "Gifts" in words  # searched, and nothing found
    assert not [secret for secret in ("s3cr3t", "t0k3n", "Bob Fletcher") if secret in words]


def test_the_tables_and_the_viewer_tell_it_too(package: Unpacked) -> None:
    table = list(csv.DictReader(io.StringIO(package.read("csv/loyalty.csv").decode("utf-8-sig"))))
    viewer = package.read("START-HERE.html").decode()

    assert (table[0]["Record"], table[0]["Level"], table[0]["Member since"]) == (
        "A-1",
        "gold",
        "29 February 2024, 12:30",
    )
    assert "Points that came and went" in viewer
    assert "another member" in viewer
    everything = b"".join(package.read(name) for name in package.names if not name.endswith(".pdf"))
    assert not [secret for secret in (b"s3cr3t", b"t0k3n", b"Bob Fletcher") if secret in everything]


def test_a_section_that_was_searched_in_vain_is_named(answer: dict[str, Any]) -> None:
    (gifts,) = [each for each in answer["nothing_found"] if each["label"] == "loyalty:gifts"]

    assert (gifts["title"], gifts["category"]) == ("Gifts", "bonus")
    assert len({each["label"] for each in answer["nothing_found"]}) == len(answer["nothing_found"])


# --- manage.py export


def broke(self: Any, subject: Any, ask: Any) -> Iterator[Item]:
    yield account()
    yield Item("A-2", {"level": "red"})
    raise ValueError("alice@example.com")


def test_when_a_store_fails_the_rest_is_written_and_every_format_says_so(alice: User, tmp_path: Path) -> None:
    with registry.with_sources(holding(collect=broke, batch_rows=1), Preferences), pytest.raises(Exception) as caught:
        run(str(alice.pk), "--to", str(tmp_path))

    assert str(caught.value) == "Not everything is in it: loyalty: ValueError."
    answer = json.loads((tmp_path / "data.json").read_text())
    assert answer["complete"] is False
    assert answer["incomplete"]["sources"] == [{"key": "loyalty", "title": "Bonus account"}]
    (lack,) = answer["incomplete"]["categories"]
    assert (lack["key"], lack["lacks"][0]["reason"]) == ("bonus", "it did not answer")
    assert {each["key"]: each["complete"] for each in answer["categories"]}["bonus"] is False
    assert section(answer, "loyalty")["count"] == 1  # what came before it failed
    assert section(answer, "preferences")["records"][0]["values"]["tea"] == "Darjeeling"
    reports = {each["key"]: (each["state"], each["count"]) for each in answer["sources"]}
    assert (reports["loyalty"], reports["preferences"]) == (("failed", 1), ("searched", 1))
    assert "alice@example.com" not in json.dumps(answer["gaps"])
    for said in ("START-HERE.html", "csv/data-dictionary.csv"):
        assert "it did not answer" in (tmp_path / said).read_text(encoding="utf-8-sig")
    words = " ".join(text_of((tmp_path / "report.pdf").read_bytes()).split())
    assert "Not every source answered: Bonus account." in words
    assert words.count("Bonus account: it did not answer") == 1
    assert "Bonus account did not answer." not in words  # once is enough
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.read("files/loyalty/card.pdf") == CARD
        assert json.loads(archive.read("manifest.json"))["complete"] is False
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_a_store_that_refuses_says_why_in_its_own_words(alice: User, tmp_path: Path) -> None:
    def refuse(self: Any, subject: Any, ask: Any) -> Any:
        raise SourceRefused("loyalty: 403", reason="Your account is locked while we look into it.")

    subject = Subject(User, alice.pk, "default")
    with registry.with_sources(holding(collect=refuse)), pytest.raises(export.IncompleteExport) as caught:
        export.write(subject, to=tmp_path, at=about_of().snapshot_at, only=("json",))

    assert [path.name for path in caught.value.paths] == ["data.json"]
    gaps = json.loads((tmp_path / "data.json").read_text())["gaps"]
    assert [gap["reason"] for gap in gaps] == ["Your account is locked while we look into it."]


def test_the_sources_of_an_export_are_counted_each_by_itself(alice: User, tmp_path: Path) -> None:
    with registry.with_sources(holding(account(), *moves(2)), replaced(Preferences, held=())):
        export.write(Subject(User, alice.pk, "default"), to=tmp_path, at=about_of().snapshot_at, only=("json",))

    answer = json.loads((tmp_path / "data.json").read_text())
    reports = {each["key"]: (each["state"], each["count"]) for each in answer["sources"]}
    assert (reports["loyalty"], reports["preferences"]) == (("searched", 3), ("nothing", 0))
    assert reports["database"][1] == answer["summary"]["records"] - 3


def replaced(declaration: type[Loyalty], **said: Any) -> type[Loyalty]:
    return type(declaration.__name__, (declaration,), said)
