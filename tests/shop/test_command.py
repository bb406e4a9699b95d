"""``manage.py demo``: the same company everywhere, and once."""

import os
import sqlite3
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

TABLES = ("auth_user", "auth_group", "account_", "mfa_", "customers_", "orders_", "support_", "community_", "news_")


def run(folder: Path, *, seed: str) -> tuple[dict[str, list], float]:
    """Run the command with its own folder in a process of its own; every row, and the seconds it took."""
    environment = {**os.environ, "DOSSIER_VAR": str(folder), "PYTHONHASHSEED": seed, "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "portal.project.settings"
    started = time.monotonic()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    return rows(folder / "dossier.sqlite3"), time.monotonic() - started


def rows(path: Path) -> dict[str, list]:
    with sqlite3.connect(path) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return {
            name: connection.execute(f"select * from {name} order by 1").fetchall()
            for name in names
            if name.startswith(TABLES)
        }


def test_two_databases_hold_the_same_keys_and_values_and_a_second_run_changes_nothing(tmp_path):
    first, _ = run(tmp_path / "one", seed="1")
    other, _ = run(tmp_path / "two", seed="2")

    again, seconds = run(tmp_path / "one", seed="3")

    assert len(first["customers_profile"]) == 308
    assert first == other
    assert first == again
    assert seconds < 10  # two seconds on a free machine; this one may be busy with other tests


def test_it_refuses_a_database_that_is_no_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DOSSIER_DEMO=1"):
        call_command("demo", stdout=StringIO())


def test_it_tells_the_accounts(shop):
    said = StringIO()

    call_command("demo", stdout=said)

    assert "Nothing was changed" in said.getvalue()
    assert all(f"{name}@example.com" in said.getvalue() for name in ("alice", "bob", "dana", "axel"))
