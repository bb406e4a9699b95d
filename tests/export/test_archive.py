"""The ZIP as its receiver has it: checked by the usual program, in parts where it is large, safe names."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile

from examples.shop.orders.models import Order
from examples.shop.support.models import Attachment, Ticket, TicketMessage
from tasks import collector, export, vault
from tasks.collector import Batch, Subject
from tasks.export import archive
from tasks.export.spool import Piece
from tasks.transform import Redaction
from tests.export.building import made
from tests.export.conftest import NOON, about_of, fill

COVERED = "the neighbour Käthe Zweig"
NAMES = ["CON.txt", "a" * 90 + ".png", "x.txt", "X.TXT", "naïve 茶🌿.txt", "=cmd().csv"]


def piece(path: str, size: int) -> Piece:
    return Piece(path, 0, size, "0" * 64)


def test_files_are_divided_in_their_order_and_a_large_one_is_alone() -> None:
    pieces = [piece("a", 4), piece("b", 5), piece("c", 2), piece("huge", 99), piece("d", 1)]

    parts = archive.split(pieces, limit=10)

    assert [[each.path for each in part] for part in parts] == [["a", "b"], ["c"], ["huge"], ["d"]]


def test_an_archive_of_very_many_files_takes_the_large_format(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Any] = []
    monkeypatch.setattr(
        archive, "stream_zip", lambda entries, **_: (taken.append(entry[3]) or b"" for entry in entries)
    )
    few = [(piece("a", 1), lambda: [b"x"])]

    for members in (few, few * archive.MANY, [(piece("a", archive.SMALL), lambda: [b"x"])]):
        list(archive.stream(members, at=NOON))

    assert taken[0] is archive.ZIP_32
    assert set(taken[1:]) == {archive.ZIP_64}


@pytest.fixture
def filled(alice: User) -> Subject:
    """Alice with files whose names mean harm, and a text in which somebody else is named."""
    fill(alice)
    alice.orders.filter(number="KM-2").update(note=f"Leave it with {COVERED}, please")
    ticket = Ticket.objects.get(customer=alice)
    message = TicketMessage.objects.create(ticket=ticket, text="More.", sent_at=NOON)
    kind = ContentType.objects.get_for_model(TicketMessage)
    for number, name in enumerate(NAMES):
        held = Attachment(content_type=kind, object_id=message.pk, name=name, uploaded_at=NOON)
        held.file.save(f"{number}.bin", ContentFile(f"content {number}".encode() * 4000))
        place = f"h{number}/{name}"
        held.file.storage.save(place, ContentFile(f"content {number}".encode() * 4000))
        Attachment.objects.filter(pk=held.pk).update(file=place)
    for name in ("../../etc/passwd", "/etc/shadow", "n" * 100):
        Attachment.objects.create(content_type=kind, object_id=message.pk, name="x", uploaded_at=NOON, file=name)
    return Subject(User, alice.pk, "default")


@pytest.fixture
def parts(filled: Subject, room: Path, settings: Any) -> list[Path]:
    """Her package in small parts, each unpacked into a folder of its own."""
    settings.DOSSIER = {**settings.DOSSIER, "part_bytes": 60_000}
    order = Order.objects.get(number="KM-2")
    redactions = (Redaction("orders.Order", str(order.pk), "note", "it names a neighbour"),)
    snapshot = export.take_snapshot(collector.collect(filled), name="s", about=about_of(), subject=filled)
    announced: list[str] = []
    built = export.build(snapshot.name, about=about_of(redactions=redactions), prefix="p", announce=announced.extend)
    zips = [each for each in built if each.kind == "zip"]
    assert announced == [each.name for each in zips[1:]]
    folders = []
    for number, each in enumerate(zips, start=1):
        folders.append(room / f"part-{number}")
        assert each.filename == f"d26-4t7q-your-data-part-{number}.zip"
        with vault.reading(each.name) as clear, zipfile.ZipFile(clear) as found:
            assert found.testzip() is None
            found.extractall(folders[-1])
    return folders


def check(folder: Path, name: str) -> str:
    command = ["sha256sum", "-c", "--strict", name]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_large_package_comes_in_parts_that_stand_alone_and_fit_together(parts: list[Path], tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    for number, folder in enumerate(parts, start=1):
        name = "SHA256SUMS" if number == 1 else f"SHA256SUMS-part-{number}"
        assert {line.rpartition(": ")[2] for line in check(folder, name).splitlines()} == {"OK"}
        assert f"{len(parts)} parts" in (folder / "README.txt").read_text()
        shutil.copytree(folder, whole, dirs_exist_ok=True)

    manifest = json.loads((whole / "manifest.json").read_text())

    assert len(parts) > 2
    assert manifest["parts"] == len(parts)
    assert (parts[0] / "START-HERE.html").exists()
    for each in manifest["files"]:
        assert (whole / each["path"]).stat().st_size == each["size"]
        assert "part" not in each or (parts[each["part"] - 1] / each["path"]).exists()

    # names
    files = [each["path"] for each in manifest["files"] if each["path"].startswith("files/")]
    names = [path.rpartition("/")[2] for path in files]
    assert len({path.casefold() for path in files}) == len(files) == len(NAMES) + 1
    assert "_CON.txt" in names
    assert all(len(name) <= 81 for name in names)
    reasons = {gap["reason"] for gap in manifest["gaps"]}
    assert reasons == {"the file is missing", "the file cannot be read"}

    # what was covered is in no file and no name
    for path in whole.rglob("*"):
        assert "Zweig" not in str(path)
        assert path.is_dir() or b"Zweig" not in path.read_bytes(), path
    answer = json.loads((whole / "data" / "data.json").read_text())
    (covered,) = [
        entry for category in answer["categories"] for section in category["sections"] for entry in section["covered"]
    ]
    assert covered["name"] == "note"
    assert covered["reason"] == "it names a neighbour"
    text = subprocess.run(["pdftotext", "report.pdf", "-"], cwd=whole, capture_output=True, text=True, check=True)
    assert "Zweig" not in text.stdout
    assert "it names a neighbour" in " ".join(text.stdout.split())


def test_a_category_that_could_not_be_read_is_named_in_every_format(room: Path, db: None) -> None:
    broken = Batch("database", "orders.Order", Order, ("no", "such", "columns"), [(1, 2, 3)], True)

    files = made([broken], kinds=("zip",))

    answer = json.loads(files["data/data.json"])
    assert answer["complete"] is False
    (lacking,) = answer["incomplete"]["categories"]
    assert lacking["lacks"][0]["label"] == "orders.Order"
    assert [category["complete"] for category in answer["categories"]] == [False]
    manifest = json.loads(files["manifest.json"])
    assert (manifest["complete"], manifest["incomplete"]) == (False, answer["incomplete"])
    reason = lacking["lacks"][0]["reason"]
    for path in ("README.txt", "csv/data-dictionary.csv", "START-HERE.html"):
        assert reason in files[path].decode("utf-8-sig"), path
    assert "This answer is not complete." in files["README.txt"].decode()
