"""Files whose time is over leave the vault, whatever happened."""

import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tasks import vault
from tasks.cases import operations
from tasks.cases.models import Case
from tasks.cases.states import State
from tasks.housekeeping import expiry
from tasks.vault.storage import folder

DAY = timedelta(days=1)
NOTHING = {"expired": 0, "purged": 0, "drafts": 0}


@pytest.fixture
def names(copy_ready):
    return [name for step in copy_ready.steps.all() for name in step.files]


def test_a_copy_is_there_until_its_date_and_gone_after(copy_ready, names, noon, django_capture_on_commit_callbacks):
    assert expiry.sweep(at=noon + 13 * DAY) == NOTHING
    assert all(vault.exists(name) for name in names)

    with django_capture_on_commit_callbacks(execute=True):
        assert expiry.sweep(at=noon + 15 * DAY)["expired"] == 1

    assert names
    assert not any(vault.exists(name) for name in names)
    assert Case.objects.get().state == State.EXPIRED
    assert not Case.objects.get().packages.filter(purged_at=None).exists()


def test_what_a_crash_left_behind_is_removed_by_the_next_sweep(copy_ready, names, office, noon):
    operations.forget_copy(copy_ready, by=office.alice, at=noon)  # its commit never comes, so neither does the purge
    assert all(vault.exists(name) for name in names)

    assert expiry.sweep(at=noon)["purged"] >= len(set(names))

    assert not any(vault.exists(name) for name in names)
    assert expiry.sweep(at=noon) == NOTHING


def test_the_files_of_an_open_case_stay(copy_in_review, noon):
    expiry.sweep(at=noon + 60 * DAY)

    assert vault.exists(copy_in_review.snapshot["parts"][0])


def test_the_draft_of_a_killed_writer_goes_after_a_day_and_a_young_one_stays(db):
    now = timezone.now()
    vault.seal_text("makes the folder")
    folder().mkdir(parents=True, exist_ok=True)
    for name, age in ((".draft-old", 2 * DAY), (".draft-young", DAY / 2)):
        (folder() / name).touch()
        os.utime(folder() / name, times=((now - age).timestamp(),) * 2)

    assert expiry.sweep(at=now)["drafts"] == 1

    assert [path.name for path in folder().glob(".draft-*")] == [".draft-young"]
    (folder() / ".draft-young").unlink()


def test_the_command_says_what_it_did(copy_ready, capsys):
    call_command("expirepackages")

    assert capsys.readouterr().out == "1 copies expired, 4 leftover files removed.\n"
