"""The wheel: what a host gets, and what it does not."""

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What stands outside the base dependencies: with `tasks` alone in INSTALLED_APPS nothing of it may be needed.
DESK = (
    "allauth",
    "csp",
    "django_filters",
    "django_htmx",
    "whitenoise",
    "storages",
    "redis",
    "httpx",
    "psycopg",
    "portal",
    "dpo",
)
PLACES = {  # in the repository, in the wheel
    "templates/dossier": "portal/templates/dossier",
    "templates/project": "portal/project/templates",
    "static": "portal/static",
}
PROGRAM = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {forbidden}:
            raise ImportError(f"{{name}} is not there")

sys.meta_path.insert(0, Refuse())
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "tasks"],
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
    SECRET_KEY="x", USE_TZ=True,
)
django.setup()
{then}
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """The built wheel, opened."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_carries_every_template_and_static_file_inside_portal(wheel):
    names = set(wheel.namelist())

    for folder, there in PLACES.items():
        files = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"{there}/{path.as_posix()}" for path in files} <= names


def test_what_a_host_finds_by_name_stands_in_a_folder_of_our_own(wheel):
    shared = [name for name in wheel.namelist() if name.startswith(("portal/templates/", "portal/static/"))]

    assert [name for name in shared if name.split("/")[2] != "dossier"] == []


def test_the_wheel_carries_every_module_of_the_three_packages(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "portal", "dpo", "tasks"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    wanted = {line for line in tracked.stdout.splitlines() if (ROOT / line).is_file()}

    assert wanted <= set(wheel.namelist())


def test_the_wheel_carries_no_tests_and_no_demo(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert tops == {"portal", "dpo", "tasks", "dossier_desk-0.1.0.dist-info"}


def test_tasks_alone_starts_without_the_desks_packages():
    done = run_without(DESK, then="from django.core.management import get_commands; print(get_commands()['collect'])")

    assert done.stdout.strip() == "tasks", done.stderr


def test_the_engine_needs_nothing_but_django():
    others = ("celery", "kombu", "weasyprint", "pyrage", "holidays", "isal", "stream_zip", "orjson")

    done = run_without((*DESK, *others), then="import tasks.datamap, tasks.collector, tasks.erasure; print('ok')")

    assert done.stdout.strip() == "ok", done.stderr


def test_the_locks_hold_the_same_versions_hashes_and_no_address():
    versions = {}
    for name in ("run", "test"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        lines = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert all(line.endswith("\\") for line in lines), "a requirement without a hash"
        versions[name] = dict(line.split(" ")[0].split("==") for line in lines)

    assert versions["run"].items() <= versions["test"].items()


def test_the_shipped_project_installs_what_the_extras_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {wish.split(">")[0].split("[")[0].lower() for wish in project["dependencies"]}
    for extra in ("desk", "project", "postgres", "redis", "s3"):
        names |= {wish.split(">")[0].split("[")[0].lower() for wish in project["optional-dependencies"][extra]}
    locked = (ROOT / "requirements" / "run.txt").read_text()

    assert [name for name in sorted(names) if f"\n{name}==" not in locked] == []


def run_without(packages: tuple[str, ...], *, then: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(forbidden=json.dumps(packages).replace("[", "{").replace("]", "}"), then=then)
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
