"""Inside a foreign project: the wheel in a fresh environment, the project's own users, sign-in, header and worker."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.newcomer import Host

pytestmark = pytest.mark.host
HERE = Path(__file__).parent
CLUB, JOURNEY = HERE / "inside", HERE / "inside_journey.py"


@pytest.fixture(scope="module")
def migrated(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rowing club with its own sign-in and empty tables, to be copied."""
    host = Host.copied(CLUB, to=tmp_path_factory.mktemp("migrated") / "club", python=python)
    host.manage("migrate", "-v0")
    return host.folder


@pytest.fixture(scope="module")
def club(python: Path, migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:
    """The club with its own sign-in, at work."""
    return Host.copied(migrated, to=tmp_path_factory.mktemp("own") / "club", python=python)


@contextmanager
def working(host: Host) -> Iterator[None]:
    """The club's own Celery worker, with its clock."""
    command = [str(host.python), "-m", "celery", "-A", "rowing", "worker", "-B", "-P", "solo", "-l", "warning"]
    with (host.folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=host.folder, env=host.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.fixture(scope="module")
def seen(club: Host) -> dict[str, Any]:
    """One member's whole way and the office's, with a real worker beside."""
    with working(club):
        return club.facts(JOURNEY, "whole")


def test_what_runs_is_the_wheel_and_not_this_repository(club):
    said = club.run("-c", "import portal, dpo, tasks; print(portal.__file__, dpo.__file__, tasks.__file__)").stdout

    assert said.count(str(club.python.parent.parent)) == 3


def test_the_projects_checks_have_nothing_to_say(club):
    club.manage("check", "--fail-level", "WARNING")
    club.manage("check", "--deploy", "--tag", "dossier", "--fail-level", "WARNING")


def test_dossier_wants_no_migration_in_the_projects_apps(club):
    club.manage("makemigrations", "members", "--check", "--dry-run")


def test_every_page_of_the_desk_stands_under_the_projects_header(seen):
    ours = {name: page for name, page in seen["pages"].items() if ":" in name}

    assert len(ours) >= 15
    assert {name: page["status"] for name, page in ours.items() if page["status"] != 200} == {}
    assert [name for name, page in ours.items() if not (page["header"] and page["style"])] == []


def test_the_projects_own_policy_for_browsers_stays(seen):
    policies = [sorted(page["policy"].split("; ")) for page in seen["pages"].values()]  # in any order

    assert policies == [["default-src 'self'", "frame-ancestors 'none'"]] * len(policies)


def test_the_projects_own_page_stands_where_there_is_nothing(seen):
    assert seen["lost"] == seen["strange"] == [404, True]


def test_people_sign_in_on_the_projects_own_page(seen):
    assert seen["away"] == "/login/?next=/privacy/"


def test_the_projects_own_second_factor_opens_the_office(seen):
    assert seen["closed"] == 403
    assert seen["pages"]["dpo:inbox"]["status"] == 200


def test_a_copy_goes_from_the_wish_to_the_file(seen):
    copy = seen["copy"]

    assert copy["asked"].startswith("/privacy/confirm/")
    assert copy["approved"] == 302
    assert any(name.endswith(".pdf") for name in copy["names"])
    assert any("licence" in name for name in copy["names"])
    assert "Kestrel" in copy["data"]


def test_an_erasure_leaves_what_has_to_be_kept_without_its_name(seen):
    erasure = seen["erasure"]

    assert erasure["approved"] == 302
    assert erasure["members"] == ["axel@example.com"]
    assert (erasure["outings"], erasure["licence"]) == (0, False)
    assert erasure["fee"] == ["120.00", "", None]


def test_letters_are_posted_by_the_projects_mail(seen):
    assert "From: office@rowing.example" in seen["mails"]
    assert "https://rowing.example/privacy/requests/D" in seen["mails"]


def test_the_commands_work_on_a_key_that_is_a_uuid(club, seen, tmp_path):
    key = seen["axel"]

    assert f'"{key}"' in club.manage("collect", key, "--keys")
    club.manage("export", key, "--to", str(tmp_path / "one"), "--only", "json,csv")
    assert list((tmp_path / "one").rglob("*.json"))
    assert "members.Member" in club.manage("erase", key, "--plan", "--keys")


def test_with_allauth_in_its_place_accounts_are_guarded_and_the_office_asks_for_a_factor(migrated, python, tmp_path):
    host = Host.copied(migrated, to=tmp_path / "club", python=python, CLUB_ALLAUTH="1")
    host.manage("migrate", "-v0")

    seen = host.facts(JOURNEY, "allauth")

    assert {name: page["status"] for name, page in seen["pages"].items() if page["status"] != 200} == {}
    assert seen["guarded"] == "/privacy/confirm/?next=%2Faccounts%2Femail%2F"
    assert seen["office"] == "/accounts/2fa/"


def test_the_pages_stand_where_the_project_puts_them(club, tmp_path):
    under = {"CLUB_PREFIX": "me/", "CLUB_SCRIPT_NAME": "/club"}

    seen = Host(club.python, club.folder, under).facts(JOURNEY, "elsewhere")

    assert (seen["status"], seen["address"]) == (200, "/club/me/privacy/")
    assert seen["letter"] == "https://rowing.example/club/me/privacy/"
    assert seen["links"]
    assert [link for link in seen["links"] if not link.startswith("/club/me/privacy/")] == []


def test_a_project_that_did_not_migrate_is_told_so_and_its_visitors_see_a_page(migrated, python, tmp_path):
    host = Host.copied(migrated, to=tmp_path / "club", python=python)

    ran = host.run("-c", UNMIGRATED, DJANGO_SETTINGS_MODULE="rowing.settings")

    assert ran.stdout.split() == ["503"]
    assert "The desk's tables are not in the database. Run 'manage.py migrate'." in ran.stderr
    assert "Traceback" not in ran.stderr


UNMIGRATED = """
import django
django.setup()
from django.db import connection
from django.test import Client
from members.models import Member
connection.cursor().execute("PRAGMA foreign_keys = OFF")
connection.cursor().execute("DROP TABLE dossier_case")
member = Member.objects.create_user("alice@example.com", "x")
client = Client()
client.force_login(member)
print(client.get("/privacy/").status_code)
"""


@pytest.mark.parametrize(
    ("forgotten", "said"),
    [
        ("django_htmx", "'django_htmx' is not installed; the privacy pages need it: pip install 'dossier-desk[desk]'."),
        ("django_filters", "'django_filters' is not installed; the office's pages need it: pip install"),
    ],
)
def test_an_extra_that_was_not_installed_is_named(club, forgotten, said):
    hidden = f"import sys; sys.modules['{forgotten}'] = None; import django; django.setup()"

    ran = club.run("-c", hidden, DJANGO_SETTINGS_MODULE="rowing.settings")

    assert said in ran.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["tasks", "portal"])
def test_a_package_of_the_projects_own_with_our_name_is_told_with_both_paths(python, tmp_path, name):
    host = Host.copied(CLUB, to=tmp_path / "club", python=python)
    (host.folder / name).mkdir()
    (host.folder / name / "__init__.py").touch()

    ran = host.run("manage.py", "check")

    assert f"Dossier's package '{name}' is {python.parent.parent}" in ran.stderr.splitlines()[-1]
    assert f"Python finds {host.folder / name}" in ran.stderr.splitlines()[-1]
