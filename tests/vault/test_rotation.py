"""A new key in the place of the old one: readable at every moment, and the old one goes last."""

import stat
from pathlib import Path

import pyrage
import pytest

from tasks import vault
from tasks.errors import KeyUnavailable
from tasks.vault import keys, rotation

CLEAR = b"Alice Hartmann\n" * 30_000


@pytest.fixture
def sealed(room: Path) -> str:
    """A file and a text under the first key; the text."""
    with vault.writing("case/one") as out:
        out.write(CLEAR)
    return vault.seal_text("alice@example.com")


def test_a_new_key_seals_and_the_old_one_still_opens(sealed: str, room: Path) -> None:
    old = keys.ring().newest

    assert rotation.begin() is True

    assert len(keys.ring().identities) == 2
    assert str(keys.ring().newest) != str(old)
    assert vault.open_text(sealed) == "alice@example.com"
    with vault.reading("case/one") as clear:
        assert clear.read() == CLEAR
    assert stat.S_IMODE((room / "keys" / "vault.key").stat().st_mode) == 0o600


def test_a_second_start_goes_on_with_the_first(sealed: str) -> None:
    rotation.begin()
    held = keys.path().read_text()

    assert rotation.begin() is False
    assert keys.path().read_text() == held


def test_what_was_sealed_anew_opens_with_the_new_key_alone(sealed: str) -> None:
    rotation.begin()
    assert list(rotation.files_left()) == ["case/one"]

    assert rotation.reseal_file("case/one") is True
    text = rotation.reseal_text(sealed)
    rotation.finish()

    assert list(rotation.files_left()) == []
    assert vault.open_text(text) == "alice@example.com"
    with vault.reading("case/one") as clear:
        assert clear.read() == CLEAR
    with pytest.raises(KeyUnavailable, match="another key"):
        vault.open_text(sealed)


def test_what_is_new_already_is_left_alone(sealed: str) -> None:
    rotation.begin()
    rotation.reseal_file("case/one")
    text = rotation.reseal_text(sealed)

    assert rotation.reseal_file("case/one") is False
    assert rotation.reseal_text(text) == text


def test_a_file_that_was_purged_meanwhile_does_not_come_back(sealed: str) -> None:
    class Purging:
        def __enter__(self) -> None:
            vault.delete("case/one")

        def __exit__(self, *_: object) -> None: ...

    rotation.begin()

    assert rotation.reseal_file("case/one", hold=Purging) is False
    assert not vault.exists("case/one")
    assert vault.drafts() == []


def test_a_damaged_file_stays_as_it_is_and_is_told(sealed: str, room: Path) -> None:
    file = room / "vault" / "case" / "one"
    file.write_bytes(file.read_bytes()[:-100])
    before = file.read_bytes()
    rotation.begin()

    with pytest.raises(KeyUnavailable, match="damaged"):
        rotation.reseal_file("case/one")

    assert file.read_bytes() == before


def test_fingerprints_are_the_same_under_every_key(sealed: str) -> None:
    before = vault.fingerprint("contact", "alice")
    rotation.begin()
    between = vault.fingerprint("contact", "alice")
    rotation.finish()
    rotation.begin()

    assert {before, between, vault.fingerprint("contact", "alice")} == {before}


def test_the_file_is_one_that_the_program_age_reads(sealed: str) -> None:
    rotation.begin()

    lines = keys.path().read_text().splitlines()

    assert all(line.startswith(("#", "AGE-SECRET-KEY-")) for line in lines)
    newest = pyrage.x25519.Identity.from_str(lines[-1])
    assert pyrage.decrypt(pyrage.encrypt(b"x", [keys.ring().newest.to_public()]), [newest]) == b"x"


def test_without_a_key_there_is_nothing_to_rotate(room: Path) -> None:
    with pytest.raises(KeyUnavailable, match="no key"):
        rotation.begin()

    assert not keys.path().exists()


def test_a_key_file_that_cannot_be_replaced_is_one_sentence(sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(keys, "drafted", refused)

    with pytest.raises(KeyUnavailable, match="as the user whom it belongs to"):
        rotation.begin()

    assert vault.open_text(sealed) == "alice@example.com"
