"""Sealed files: whole or not at all, and clear for the one key only."""

import hashlib
import os
from pathlib import Path

import pytest

from tasks import vault
from tasks.errors import KeyUnavailable

CLEAR = b"Alice Hartmann, alice@example.com\n" * 40_000  # more than a pipe and an age chunk hold


def test_what_is_written_comes_back_and_its_sums_are_those_of_the_clear_bytes() -> None:
    with vault.writing("case/part.zip") as out:
        for start in range(0, len(CLEAR), 10_007):
            out.write(CLEAR[start : start + 10_007])

    with vault.reading("case/part.zip") as clear:
        found = clear.read()
        clear.seek(5)
        middle = clear.read(9)

    assert found == CLEAR
    assert middle == CLEAR[5:14]
    assert (out.size, out.sha256) == (len(CLEAR), hashlib.sha256(CLEAR).hexdigest())


def test_nothing_clear_is_on_the_disk(room: Path) -> None:
    with vault.writing("case/part") as out:
        out.write(CLEAR)

    sealed = (room / "vault" / "case" / "part").read_bytes()

    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"alice" not in sealed
    assert (room / "vault" / "case" / "part").stat().st_mode & 0o077 == 0


def test_a_writer_that_fails_leaves_what_was_there(room: Path) -> None:
    with vault.writing("one") as out:
        out.write(b"first")

    with pytest.raises(RuntimeError), vault.writing("one") as out:  # noqa: PT012 - it fails while it writes
        out.write(b"second")
        raise RuntimeError

    with vault.reading("one") as clear:
        assert clear.read() == b"first"
    assert [file.name for file in (room / "vault").iterdir()] == ["one"]


@pytest.mark.parametrize("cut", [1, 100, 70_000, 900_000])
def test_a_truncated_file_gives_no_clear_byte(room: Path, cut: int) -> None:
    with vault.writing("one") as out:
        out.write(CLEAR)
    file = room / "vault" / "one"
    os.truncate(file, file.stat().st_size - cut)

    with pytest.raises(KeyUnavailable, match="damaged"), vault.reading("one"):
        pytest.fail("a part of the file was given out")


def test_one_changed_byte_is_noticed(room: Path) -> None:
    with vault.writing("one") as out:
        out.write(CLEAR)
    file = room / "vault" / "one"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)

    with pytest.raises(KeyUnavailable, match="damaged"), vault.reading("one"):
        pytest.fail("altered bytes were given out")


def test_a_full_disk_is_an_error_and_no_file(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tasks.vault.seal.pyrage.encrypt_io", full)

    with pytest.raises(OSError, match="disk full"), vault.writing("one") as out:
        out.write(CLEAR)

    assert not vault.exists("one")
    assert list((room / "vault").iterdir()) == []


def test_a_file_can_be_deleted_twice_and_is_then_named_as_gone() -> None:
    with vault.writing("case/one") as out:
        out.write(b"x")

    vault.delete("case/one")
    vault.delete("case/one")

    assert not vault.exists("case/one")
    with pytest.raises(KeyUnavailable, match="expired"), vault.reading("case/one"):
        pass


@pytest.mark.parametrize(
    "name", ["../one", "/etc/passwd", "a/../../b", "a//b", "", ".hidden", "a\\b", "a\x00b", "a/b\n", "é"]
)
def test_a_name_cannot_lead_out_of_the_vault(name: str, room: Path) -> None:
    with pytest.raises(ValueError, match="wanted a vault name"), vault.writing(name) as out:
        out.write(b"x")
    with pytest.raises(ValueError, match="wanted a vault name"):
        vault.exists(name)
    with pytest.raises(ValueError, match="wanted a vault name"):
        vault.delete(name)

    assert not list((room / "vault").glob("*")) if (room / "vault").exists() else True


@pytest.mark.parametrize("text", ["", "Alice 茶 🌿", "NUL \x00 and a lone \ud800", "x" * 100_000])
def test_a_sealed_text_comes_back_as_it_was(text: str) -> None:
    sealed = vault.seal_text(text)

    assert vault.open_text(sealed) == text
    assert sealed.isascii()
    assert sealed != vault.seal_text(text)  # nobody sees that two people have the same address


def test_a_text_that_was_never_sealed_does_not_open() -> None:
    with pytest.raises(KeyUnavailable):
        vault.open_text("alice@example.com")


def test_sealed_files_can_lie_in_any_storage_of_django(room: Path, settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "exports": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    settings.DOSSIER = {**settings.DOSSIER, "vault_storage": "exports"}

    for words in (b"first", b"second"):
        with vault.writing("case/one") as out:
            out.write(words)

    with vault.reading("case/one") as clear:
        assert clear.read() == b"second"
    vault.delete("case/one")
    assert not vault.exists("case/one")
    assert list((room / "vault").iterdir()) == []
