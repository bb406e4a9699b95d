"""The environment's variables, the router and the log's cover."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.project import env
from portal.project.logs import CoveringFormatter
from portal.project.router import HostRouter

ROOT = Path(__file__).resolve().parents[2]


def test_a_sqlite_address_is_absolute_with_four_strokes_and_relative_with_three():
    assert env.database("sqlite:////srv/desk.sqlite3")["NAME"] == "/srv/desk.sqlite3"
    assert env.database("sqlite:///desk.sqlite3")["NAME"] == "desk.sqlite3"


def test_a_postgres_address_keeps_the_case_of_a_sockets_folder():
    found = env.database("postgres://Desk:p%40ss@%2Frun%2FPg:5433/dossier")

    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/Pg", "5433", "dossier")
    assert (found["USER"], found["PASSWORD"]) == ("Desk", "p@ss")


def test_another_database_is_refused_by_name():
    with pytest.raises(ImproperlyConfigured, match="found 'mysql'"):
        env.database("mysql://x/y")


@pytest.mark.parametrize(("given", "wanted"), [("yes", True), ("0", False), ("", True)])
def test_a_flag_is_yes_no_or_its_default(monkeypatch, given, wanted):
    monkeypatch.setenv("A_FLAG", given)

    assert env.flag("A_FLAG", default=True) is wanted


def test_a_flag_that_is_neither_is_an_error(monkeypatch):
    monkeypatch.setenv("A_FLAG", "maybe")

    with pytest.raises(ImproperlyConfigured, match="A_FLAG"):
        env.flag("A_FLAG", default=True)


def test_only_numbers_that_are_set_reach_the_settings(monkeypatch):
    monkeypatch.setenv("DOSSIER_LEASE_SECONDS", "2")
    monkeypatch.delenv("DOSSIER_GRACE_DAYS", raising=False)

    assert env.numbers("DOSSIER", ("lease_seconds", "grace_days")) == {"lease_seconds": 2}


def test_outside_the_demo_a_missing_secret_key_is_one_clear_error(tmp_path):
    environment = {"PATH": os.environ["PATH"], "DOSSIER_DEMO": "0", "DOSSIER_VAR": str(tmp_path)}
    command = [sys.executable, "-c", "import portal.project.settings"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "DJANGO_SECRET_KEY is not set" in done.stderr


def test_in_production_djangos_deployment_checks_have_nothing_to_say(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DOSSIER_DEMO": "0",
        "DOSSIER_VAR": str(tmp_path),
        "DJANGO_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "DJANGO_SECURE": "1",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--tag", "security", "--fail-level", "WARNING"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    # W005, W021: subdomains and preload lists are the matter of whoever owns the domain.
    complaints = {line.split(":")[1].strip().strip("()") for line in done.stderr.splitlines() if line.startswith("?:")}
    assert {code.split(")")[0] for code in complaints} <= {"security.W005", "security.W021"}, done.stderr


def test_a_log_line_covers_addresses_and_the_rows_that_postgresql_quotes():
    text = "case %s: refused alice@example.com from 203.0.113.7 and 2001:db8:0:0:0:0:0:1"
    record = logging.LogRecord("django", logging.ERROR, __file__, 1, text, ("D26-4T7Q",), None)
    name = "Hartmann"
    try:
        raise ValueError(f"duplicate key\nDETAIL:  Key (name)=(Alice {name}) already exists.")
    except ValueError:
        record.exc_info = sys.exc_info()

    line = CoveringFormatter("%(message)s").format(record)

    assert line.startswith("case D26-4T7Q: refused [e-mail] from [ip] and [ip]")
    assert name not in line
    assert "DETAIL: [covered]" in line


def test_the_hosts_tables_are_in_its_own_database_and_never_migrated(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "subjects", settings.DATABASES["default"])
    settings.HOST_APPS = ["django.contrib.auth"]
    from django.contrib.auth.models import User
    from django.contrib.contenttypes.models import ContentType

    router = HostRouter()

    assert router.db_for_read(User) == router.db_for_write(User) == "subjects"
    assert router.db_for_read(ContentType) is None
    assert router.allow_migrate("subjects", "dossier") is False
    assert router.allow_migrate("default", "auth") is False
    assert router.allow_migrate("default", "dossier") is None


def test_without_a_database_of_the_host_all_is_in_one(settings):
    from django.contrib.auth.models import User

    settings.HOST_APPS = ["django.contrib.auth"]

    assert HostRouter().db_for_read(User) is None
    assert HostRouter().allow_migrate("default", "auth") is None
