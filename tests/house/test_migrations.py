"""The migrations, which the other tests leave out: they run on an empty database, and say what the models say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import services

ROOT = Path(__file__).resolve().parents[2]


def manage(*words: str, var: Path, url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.project.settings", "DOSSIER_VAR": str(var)}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env={**environment, "DATABASE_URL": url}, capture_output=True, text=True, check=False
    )


def test_the_migrations_run_on_an_empty_sqlite(tmp_path):
    done = manage("migrate", "-v0", var=tmp_path, url=f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert done.returncode == 0, done.stderr


def test_the_migrations_run_on_an_empty_postgresql(tmp_path):
    with services.postgres() as url:
        done = manage("migrate", "-v0", var=tmp_path, url=url.replace("/dossier", "/postgres"))

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", [("makemigrations", "--check", "--dry-run")])
def test_no_model_is_ahead_of_its_migrations(words, tmp_path):
    done = manage(*words, var=tmp_path, url=f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert done.returncode == 0, done.stdout + done.stderr
