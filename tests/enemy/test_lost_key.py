"""The vault's key is gone, is another one, or a file is damaged: pages say so, and nobody gets half an answer."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tasks import jobs
from tasks.cases.models import Case, Package, Step
from tasks.cases.states import State
from tasks.errors import KeyUnavailable
from tasks.vault import keys
from tests.enemy.conftest import approve, asks, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(tmp_path: Path, settings) -> Iterator[Path]:
    """The key of a vault of this test's own."""
    where = {"vault_dir": str(tmp_path / "vault"), "vault_key": str(tmp_path / "vault.key")}
    settings.DOSSIER = {**settings.DOSSIER, **where}
    yield tmp_path / "vault.key"
    keys._load.cache_clear()


@pytest.fixture
def put(key: Path) -> Callable[[bytes | None], None]:
    """``put(content)``: the key's file as another process finds it; None: it is gone."""

    def write(content: bytes | None) -> None:
        key.unlink(missing_ok=True)
        if content is not None:
            key.write_bytes(content)
        keys._load.cache_clear()

    return write


def says_out_of_order(browser: Client, path: str, key: Path) -> None:
    answer = browser.get(path)
    words = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code == 503, path
    assert "Nothing is lost" in words.decode(), path
    assert str(key) not in words.decode(), path


def test_pages_say_that_the_desk_is_out_of_order(put, key, alice, axel, caplog):
    case = approve(asks(alice), axel)
    hers, axels, kept = browser_of(alice, sure=True), browser_of(axel, sure=True), key.read_bytes()
    put(None)
    keys._create(key)
    other = key.read_bytes()

    for wrong in (None, other, b"AGE-SECRET-KEY-NOT"):
        put(wrong)
        for path in ("/privacy/", "/privacy/requests/", f"/privacy/requests/{case.reference}/"):
            says_out_of_order(hers, path, key)
        says_out_of_order(hers, f"/privacy/requests/{case.reference}/files/zip/", key)
        for path in (f"/office/cases/{case.reference}/", f"/office/cases/{case.reference}/preview/"):
            says_out_of_order(axels, path, key)
    assert str(key) in caplog.text

    put(kept)
    assert hers.get(f"/privacy/requests/{case.reference}/").status_code == 200


def test_without_the_key_nothing_is_sealed_to_a_new_one(put, key, alice, axel):
    case = asks(alice)
    kept = key.read_bytes()
    put(None)

    answer = browser_of(alice, sure=True).post("/privacy/delete/when/", {"when": "grace"})
    with pytest.raises(KeyUnavailable):
        asks(alice, "erasure")

    assert answer.status_code == 503
    assert not key.exists()
    assert Case.objects.count() == 1
    put(kept)
    assert approve(case, axel).state == State.READY


def test_a_damaged_file_is_said_before_the_first_byte(key, alice, axel):
    case, hers = approve(asks(alice), axel), browser_of(alice, sure=True)
    package = Package.objects.get(case=case, kind="zip")
    (path,) = (key.parent / "vault").rglob(Path(package.name).name)
    whole = path.read_bytes()
    path.chmod(0o600)

    for damaged in (whole[:-1], whole[: len(whole) // 2], b"", whole[:-9] + bytes(9)):
        path.write_bytes(damaged)
        answer = hers.get(reverse("portal:file", args=[case.reference, "zip"]))
        assert answer.status_code == 503
        assert not answer.streaming
    path.unlink()
    assert hers.get(reverse("portal:file", args=[case.reference, "zip"])).status_code == 503


def opens_every_case(*, at: datetime) -> None:
    list(Case.objects.all())


def test_one_damaged_row_does_not_stop_everybody_elses_work(key, alice, bob, monkeypatch, caplog):
    damaged, case = asks(alice), asks(bob)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossier_case SET contact = 'nothing sealed' WHERE reference = %s", [damaged.reference])
    Step.objects.filter(case=case).update(state="due", next_try_at=timezone.now(), sent_at=None)
    sent = []
    monkeypatch.setattr(jobs.queue, "send", lambda task, *, seconds=None, **ids: sent.append(ids))
    monkeypatch.setattr(jobs.operations, "remind", opens_every_case)

    jobs.tick()

    assert {"step_id": str(case.steps.get().pk)} in sent
    assert "tick: opens_every_case failed: KeyUnavailable" in caplog.text
