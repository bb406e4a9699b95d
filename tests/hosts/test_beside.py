"""Beside a foreign project: its application on the path, its tables in another database than Dossier's."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import services
from tests.hosts.newcomer import Host

pytestmark = pytest.mark.host
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
JOURNEY = HERE / "beside_journey.py"
SCHEMA = (HERE / "beside_schema.sql").read_text()
READER = "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"
Rows = list[tuple[Any, ...]]


@dataclass
class Clinic:
    """A database of the host's: how to ask it, the names of its tables; and the shipped project beside it."""

    ask: Callable[[str], Rows]
    names: str
    host: Host = field(default_factory=lambda: Host(Path(), Path()))
    facts: dict[str, Any] = field(default_factory=dict)

    def tables(self) -> set[str]:
        return {row[0] for row in self.ask(self.names)}


def project(folder: Path, **variables: str) -> Host:
    """The repository's own manage.py, from a folder where nothing else is."""
    folder.mkdir()
    known = {
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, HERE / "beside"))),
        "DOSSIER_APPS": "clinic",
        "DOSSIER_SUBJECT_MODEL": "clinic.Patient",
        "DOSSIER_VAR": str(folder / "var"),
        "DOSSIER_CONTROLLER_NAME": "Clinic",
        "DJANGO_SECRET_KEY": "of-a-test-and-no-secret-0123456789-0123456789-0123456789",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }
    return Host(Path(sys.executable), folder, {**known, **variables})


def on_sqlite(path: Path) -> Clinic:
    def ask(question: str) -> Rows:
        with sqlite3.connect(path) as connection:
            return connection.execute(question).fetchall()

    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA)
    return Clinic(ask, "SELECT name FROM sqlite_master WHERE type = 'table'")


def on_postgres(url: str) -> Clinic:
    def ask(question: str) -> Rows:
        with psycopg.connect(url) as connection:
            return connection.execute(question).fetchall()

    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
        connection.execute(READER)
    return Clinic(ask, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL server; ``server("clinic")`` makes a database and gives its address."""
    with services.postgres() as url:
        home = url.rpartition("/")[0]

        def make(name: str) -> str:
            with psycopg.connect(f"{home}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return f"{home}/{name}"

        yield make


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dossier's own tables in a file of SQLite, to be copied: making them takes longest."""
    host = project(tmp_path_factory.mktemp("tables") / "desk", SUBJECTS_DATABASE_URL="sqlite:///:memory:")
    manage(host, "migrate", "-v0")
    return host.folder / "var" / "dossier.sqlite3"


def with_tables(host: Host, tables: Path) -> Host:
    """A desk that has its tables already."""
    (host.folder / "var").mkdir()
    shutil.copy(tables, host.folder / "var")
    return host


@pytest.fixture(scope="module", params=["host on SQLite", "host on PostgreSQL"])
def clinic(request: pytest.FixtureRequest, server: Callable[[str], str], tables: Path, tmp_path_factory) -> Clinic:
    """Both ways round: what the one has its tables in, the other has not. A request of each kind is answered."""
    folder = tmp_path_factory.mktemp("beside")
    if request.param == "host on SQLite":
        found = on_sqlite(folder / "clinic.sqlite3")
        variables = {"SUBJECTS_DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite3'}", "DATABASE_URL": server("desk")}
    else:
        url = server("clinic")
        found = on_postgres(url)
        reader = url.replace("postgres://postgres@", "postgres://reader@")
        variables = {"SUBJECTS_DATABASE_URL": url, "REPLICA_DATABASE_URL": reader}
    found.host = with_tables(project(folder / "desk", **variables), tables)
    before = found.tables()
    manage(found.host, "migrate", "-v0")  # all of them on PostgreSQL; on SQLite it looks and finds nothing to do
    found.facts = {"before": before, "migrated": found.tables(), **found.host.facts(JOURNEY, "whole")}
    return found


def manage(host: Host, *words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
    ran = host.run(str(ROOT / "manage.py"), *words)
    assert (ran.returncode == 0) is ok, ran.stdout + ran.stderr
    return ran


def test_nothing_is_made_in_the_hosts_database(clinic):
    assert clinic.facts["before"] == clinic.facts["migrated"] == clinic.tables()


def test_a_migration_of_the_hosts_database_is_refused_in_one_sentence(clinic):
    said = "refused: 'subjects' is the host's database: nothing is migrated there. Leave --database out."

    assert clinic.facts["migrate"] == said
    assert "django_migrations" not in clinic.tables()


def test_the_checks_have_nothing_to_say(clinic):
    assert clinic.facts["checks"] == "System check identified no issues (0 silenced)."


def test_a_copy_holds_what_the_hosts_database_has_of_this_patient_alone(clinic):
    data = clinic.facts["data"]

    assert (clinic.facts["copy"], clinic.facts["alias"]) == ("ready", "subjects")
    assert [text in data for text in ("a sore throat", "a twisted ankle", "afraid of needles", "71")] == [True] * 4
    assert [text in data for text in ("a cough", "Okafor")] == [False] * 2


def test_an_erasure_changes_this_patients_rows_and_no_others(clinic):
    assert clinic.facts["erasure"] == "closed"
    assert clinic.ask("SELECT name, email, note FROM clinic_patient ORDER BY number") == [
        ("erased", "", ""),
        ("Bob Okafor", "bob@example.com", ""),
    ]
    assert clinic.ask("SELECT id FROM clinic_visit") == clinic.ask("SELECT id FROM legacy_readings") == [(3,)]
    assert clinic.ask("SELECT name FROM clinic_bill ORDER BY id") == [("",), ("Bob Okafor",)]


def test_its_certificate_says_that_a_second_look_found_nothing(clinic):
    assert '"clean": true' in json.dumps(clinic.facts["certificate"])


def test_copies_are_read_from_the_replica_and_nothing_is_written_there(clinic):
    read, written = clinic.facts["read"], clinic.facts["written"]
    harmless = {"SELECT", "WITH", "DECLARE", "FETCH", "CLOSE", "SET", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}
    has_replica = "REPLICA_DATABASE_URL" in clinic.host.variables

    assert "SELECT" in read["replica" if has_replica else "subjects"]
    assert {*read.get("replica", ()), *written.get("replica", ()), *read.get("subjects", ())} <= harmless
    assert "DELETE" in written["subjects"]


def test_somebody_of_the_office_is_not_the_patient_with_the_same_number(clinic):
    assert clinic.facts["home"] == 404


def test_the_commands_work_on_the_hosts_database(clinic):
    assert '"clinic.Visit": [3]' in clinic.facts["keys"]
    assert '"clinic.Patient"' in clinic.facts["plan"]


def test_with_one_database_the_hosts_own_people_sign_in(tmp_path):
    apps = {"DOSSIER_APPS": "members", "DOSSIER_USER_MODEL": "members.Member", "DOSSIER_SUBJECT_MODEL": ""}
    path = os.pathsep.join(map(str, (ROOT, HERE / "inside")))
    host = project(tmp_path / "desk", **apps, PYTHONPATH=path, DOSSIER_STATIC=str(tmp_path))
    manage(host, "migrate", "-v0")

    ran = host.run("-c", SIGN_IN, DJANGO_SETTINGS_MODULE="portal.project.settings")

    assert ran.stdout.split() == ["/privacy/", "200"], ran.stderr


SIGN_IN = """
import django; django.setup()
from allauth.account.models import EmailAddress
from django.test import Client
from members.models import Member
member = Member.objects.create_user("alice@example.com", "kestrel-and-moss")
EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
client = Client(SERVER_NAME="localhost")
entered = client.post("/accounts/login/", {"login": member.email, "password": "kestrel-and-moss"})
print(entered.headers["Location"], client.get("/privacy/").status_code)
"""


def test_a_database_of_the_host_that_is_away_costs_no_request(tables, tmp_path):
    address = "postgres://desk@127.0.0.1:9/clinic"
    host = with_tables(project(tmp_path / "desk", SUBJECTS_DATABASE_URL=address), tables)

    ran = manage(host, "collect", "1", "--keys", ok=False)
    seen = host.facts(JOURNEY, "away")

    assert len(ran.stderr.strip().splitlines()) == 1
    assert ran.stderr.startswith("CommandError: The database did not answer: ")
    assert (seen["state"], seen["step"][:2]) == ("collecting", ["due", 1])
    assert seen["start"] == 200


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DOSSIER_APPS": "klinik"}, "DOSSIER_APPS has 'klinik', and Python finds no package 'klinik'. Put the folder"),
        ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY is not set. Outside the demo it has to be"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL: wanted sqlite:///… or postgres://…, found 'mysql'."),
        ({"DOSSIER_SUBJECT_MODEL": "clinic.Person"}, "subject model: wanted an installed 'app.Model', found 'clinic.P"),
        (
            {"DOSSIER_USER_MODEL": "clinic.Patient", "SUBJECTS_DATABASE_URL": "sqlite:///x"},
            "DOSSIER_USER_MODEL and SUBJECTS_DATABASE_URL do not go together",
        ),
    ],
)
def test_what_the_environment_lacks_is_one_sentence(tmp_path, variables, said):
    ran = manage(project(tmp_path / "desk", **variables), "collect", "1", ok=False)

    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
