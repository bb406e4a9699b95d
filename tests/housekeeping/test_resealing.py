"""A new key for a whole installation: files, columns and the ledger, in the midst of work."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tasks import vault
from tasks.cases.models import Case
from tasks.erasure import ledger
from tasks.erasure.models import ErasureRun
from tasks.housekeeping import resealing
from tasks.vault import keys


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings) -> Path:
    """A vault of its own: a new key must not come between other tests."""
    settings.DOSSIER = {
        **settings.DOSSIER,
        "vault_dir": str(tmp_path / "vault"),
        "vault_key": str(tmp_path / "vault.key"),
    }
    return tmp_path


@pytest.fixture
def run(noon) -> ErasureRun:
    identifiers = ledger.seal({"email": ["alice@example.com"]})
    return ErasureRun.objects.create(
        subject_label="auth.User", subject_key="1", started_at=noon, identifiers=identifiers
    )


def stored(case: Case) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM dossier_case WHERE reference = %s", [case.reference])
        return str(cursor.fetchone()[0])


def rotate(*words: str) -> str:
    out = StringIO()
    call_command("rotatekey", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_everything_is_sealed_anew_and_the_old_key_goes(copy_ready: Case, run: ErasureRun) -> None:
    contact, column, old = copy_ready.contact, stored(copy_ready), str(keys.ring().newest)
    package = copy_ready.packages.get(kind="zip")
    with vault.writing(package.name) as out:  # the stand-in of these tests writes none
        out.write(b"alice")

    said = rotate()

    assert "The old key is out of the file" in said
    assert old not in keys.path().read_text()
    assert stored(copy_ready) != column
    assert Case.objects.get(pk=copy_ready.pk).contact == contact
    assert ledger.unseal(ErasureRun.objects.get(pk=run.pk)) == {"email": ["alice@example.com"]}
    with vault.reading(package.name) as clear:
        assert clear.read() == b"alice"


def test_every_column_of_sealed_text_is_known() -> None:
    names = {f"{model.__name__}.{column}" for model, column in resealing.columns()}

    assert {"Case.person", "Case.contact", "Letter.context", "Note.text", "ErasureRun.identifiers"} <= names


def test_a_rotation_that_was_broken_off_goes_on(copy_ready: Case) -> None:
    first = resealing.rotation.begin()
    newest = str(keys.ring().newest)

    said = rotate()

    assert first
    assert "goes on" in said
    assert str(keys.ring().newest) == newest
    assert len(keys.ring().identities) == 1


def test_the_old_key_can_be_kept(copy_ready: Case) -> None:
    assert "stays" in rotate("--keep-old")
    assert len(keys.ring().identities) == 2
    assert not resealing.left()


def test_while_a_file_is_being_written_the_old_key_stays(copy_ready: Case) -> None:
    with vault.writing("case/one") as out:
        out.write(b"begun under the old key")
        with pytest.raises(CommandError, match="Run this again later"):
            rotate()

    assert len(keys.ring().identities) == 2
    rotate()
    with vault.reading("case/one") as clear:
        assert clear.read() == b"begun under the old key"


def test_what_no_key_opens_is_named_and_keeps_the_old_key(copy_ready: Case, room: Path) -> None:
    with vault.writing("case/one") as out:
        out.write(b"x")
    (room / "vault" / "case" / "one").write_bytes(b"age-encryption.org/v1\nnothing")

    with pytest.raises(CommandError, match="open with no key"):
        rotate()

    assert len(keys.ring().identities) == 2
