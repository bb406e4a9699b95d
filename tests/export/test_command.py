"""``manage.py export``: into a folder, in the clear, and one line where it cannot."""

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests.export.conftest import fill

pytestmark = pytest.mark.usefixtures("room")


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("export", *words, stdout=out, stderr=StringIO())
    return out.getvalue().split()


def test_it_writes_every_format_and_says_where(alice: User, tmp_path: Path) -> None:
    fill(alice)

    paths = run(str(alice.pk), "--to", str(tmp_path / "new" / "folder"))

    names = {str(Path(path).relative_to(tmp_path / "new" / "folder")) for path in paths}
    assert {"data.json", "START-HERE.html", "report.pdf", "export.zip", "csv/orders-order.csv"} <= names
    assert all(Path(path).stat().st_size for path in paths)
    found = {
        str(p.relative_to(tmp_path / "new" / "folder")) for p in (tmp_path / "new" / "folder").rglob("*") if p.is_file()
    }
    assert found == names  # nothing half-made is left


@pytest.mark.parametrize(
    ("only", "names"),
    [("json", {"data.json"}), ("html,json", {"START-HERE.html", "data.json"}), ("zip", {"export.zip"})],
)
def test_only_what_was_asked_for(alice: User, tmp_path: Path, only: str, names: set[str]) -> None:
    run(str(alice.pk), "--to", str(tmp_path / "out"), "--only", only)

    assert {path.name for path in (tmp_path / "out").iterdir()} == names


def test_the_archive_has_the_checksums_of_its_files(alice: User, tmp_path: Path) -> None:
    run(str(alice.pk), "--to", str(tmp_path), "--only", "zip")

    with ZipFile(tmp_path / "export.zip") as archive:
        name = next(each for each in archive.namelist() if each.endswith("SHA256SUMS"))
        lines = [line.split("  ", 1) for line in archive.read(name).decode().splitlines()]
        folder = name.removesuffix("SHA256SUMS")
        assert lines
        assert all(sha256(archive.read(folder + path)).hexdigest() == digest for digest, path in lines)


def test_the_vault_is_not_touched(alice: User, tmp_path: Path) -> None:
    run(str(alice.pk), "--to", str(tmp_path / "out"), "--only", "json")

    assert not (tmp_path / "vault").exists()
    assert not (tmp_path / "vault.key").exists()


def test_the_person_is_named_as_far_as_known(alice: User, tmp_path: Path) -> None:
    run(str(alice.pk), "--to", str(tmp_path), "--only", "json", "--language", "de")

    answer = json.loads((tmp_path / "data.json").read_text())
    assert answer["person"]["name"] == "Alice Hartmann"
    assert answer["request"]["language"] == "de"


@pytest.mark.parametrize("key", ["999999", "abc", "1; drop", ""])
def test_an_unknown_key_is_one_line(alice: User, tmp_path: Path, key: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(key, "--to", str(tmp_path / "out"))

    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_named(alice: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="found docx"):
        run(str(alice.pk), "--to", str(tmp_path), "--only", "json,docx")


@pytest.mark.parametrize("language", ["xx", "../de", ""])
def test_an_unknown_language_is_one_line(alice: User, tmp_path: Path, language: str) -> None:
    with pytest.raises(CommandError, match="no catalogue"):
        run(str(alice.pk), "--to", str(tmp_path / "out"), "--language", language)

    assert not (tmp_path / "out").exists()


def test_an_unknown_alias_is_one_line(alice: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no database alias 'other'"):
        run(str(alice.pk), "--to", str(tmp_path), "--using", "other")


def test_a_folder_that_is_a_file_is_one_line(alice: User, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(CommandError) as caught:
        run(str(alice.pk), "--to", str(tmp_path / "file"))

    assert "\n" not in str(caught.value)


def test_an_unwritable_folder_is_one_line(alice: User) -> None:
    with pytest.raises(CommandError, match="Choose another place"):
        run(str(alice.pk), "--to", "/proc/nowhere/out")  # not even root may write there
