"""The installation's key: made once, readable by one, and never replaced behind anybody's back."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tasks import vault
from tasks.errors import KeyUnavailable
from tasks.vault import keys


def test_the_key_is_made_on_first_use_for_its_owner_alone(room: Path) -> None:
    vault.seal_text("a secret")

    key = room / "keys" / "vault.key"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert "AGE-SECRET-KEY-" in key.read_text()
    assert list(key.parent.iterdir()) == [key]


def test_of_two_processes_that_make_the_key_one_wins(room: Path) -> None:
    file = room / "keys" / "vault.key"
    code = "import sys, pathlib; from tasks.vault import keys; keys._create(pathlib.Path(sys.argv[1]))"

    racers = [subprocess.Popen([sys.executable, "-c", code, str(file)]) for _ in range(4)]

    assert [racer.wait() for racer in racers] == [0, 0, 0, 0]
    assert file.read_text().count("AGE-SECRET-KEY-") == 1
    assert list(file.parent.iterdir()) == [file]


def test_a_lost_key_is_explained_and_not_replaced(room: Path) -> None:
    with vault.writing("a/one") as out:
        out.write(b"alice")
    (room / "keys" / "vault.key").unlink()

    with pytest.raises(KeyUnavailable, match="Restore it from its backup"), vault.reading("a/one"):
        pass
    with pytest.raises(KeyUnavailable, match="only it opens"):
        vault.seal_text("more")

    assert not (room / "keys" / "vault.key").exists()


def test_a_wrong_key_opens_nothing(room: Path) -> None:
    sealed = vault.seal_text("alice")
    with vault.writing("one") as out:
        out.write(b"alice")
    (room / "keys" / "vault.key").unlink()
    keys._create(room / "keys" / "vault.key")

    with pytest.raises(KeyUnavailable, match="sealed to another key"):
        vault.open_text(sealed)
    with pytest.raises(KeyUnavailable, match="sealed to another key"), vault.reading("one"):
        pass


def test_a_damaged_key_is_named_without_its_content(room: Path) -> None:
    (room / "keys").mkdir()
    (room / "keys" / "vault.key").write_text("not a key at all")

    with pytest.raises(KeyUnavailable, match=r"vault\.key cannot be used") as caught:
        vault.seal_text("alice")

    assert "not a key" not in str(caught.value)


def test_a_key_that_cannot_be_written_is_one_sentence(room: Path, settings) -> None:
    (room / "file").write_text("")
    settings.DOSSIER = {**settings.DOSSIER, "vault_key": str(room / "file" / "vault.key")}

    with pytest.raises(KeyUnavailable, match="Choose another"):
        vault.seal_text("alice")


def test_a_fingerprint_is_the_same_here_and_another_elsewhere(room: Path, settings) -> None:
    here = vault.fingerprint("auth.User", 1)
    again, other, moved = vault.fingerprint("auth.User", 1), vault.fingerprint("auth.Use", "r1"), None

    settings.DOSSIER = {**settings.DOSSIER, "vault_key": str(room / "other.key")}
    moved = vault.fingerprint("auth.User", 1)

    assert here == again
    assert len({here, other, moved}) == 3
    assert len(here) == 64
