"""`make test`: every section in turn, told apart by a title; at the end, what failed. Status 0 only when nothing did.

Names after the command choose sections: check.py lint types
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402 -- the folder above has to be on the path first

PYTHON = sys.executable
RUFF = [PYTHON, "-m", "ruff"]
DJANGO = [
    [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
]
PYTEST = [PYTHON, "-m", "pytest", "-q", "-n", os.environ.get("TEST_PROCESSES", "2"), "-m"]
# Journeys and faults wait more than they compute.
WAITING = [PYTHON, "-m", "pytest", "-q", "-n", os.environ.get("TEST_PROCESSES", "3"), "-m"]
UNITS = "not journey and not fault and not host"
BY_FILE = ["--dist", "loadfile"]  # a machine that is set up for a file's tests is set up once
SKIPPED = 77  # what a command ends with that said why it cannot run here


@dataclass(frozen=True)
class Section:
    """One thing that is checked: its name, a sentence, its commands, and the service that they need."""

    name: str
    title: str
    commands: Sequence[Sequence[str]]
    on_postgres: bool = False


SECTIONS = (
    Section("lint", "Style of the Python files (ruff)", [[*RUFF, "check", "."], [*RUFF, "format", "--check", "."]]),
    Section("types", "Types (mypy, django-stubs)", [[PYTHON, "-m", "mypy"]]),
    Section(
        "templates", "Templates (djlint)", [[PYTHON, "-m", "djlint", "templates", "examples", "--lint", "--quiet"]]
    ),
    Section("floors", "Floors: who imports whom (import-linter)", [[str(Path(PYTHON).with_name("lint-imports"))]]),
    Section("django", "Django's checks, the data map's among them; migrations", DJANGO),
    Section("units", "Units, on SQLite", [[*PYTEST, UNITS]]),
    Section(
        "postgres", "The rooms that talk SQL, on PostgreSQL", [[*PYTEST, f"postgres and {UNITS}"]], on_postgres=True
    ),
    Section("django61", "The engine's rooms on Django 6.1", [[PYTHON, ".ci/django61.py"]]),
    Section("mariadb", "The core of collector and eraser, on MariaDB", [[PYTHON, "-m", "tests.mariadb"]]),
    Section("hosts", "Inside and beside a foreign project, from a clean directory", [[*PYTEST, "host", *BY_FILE]]),
    Section("journeys", "Journeys in a browser, and faults: the worker is killed", [[*WAITING, "journey or fault"]]),
)


def main(names: Sequence[str]) -> int:
    known = {section.name: section for section in SECTIONS}
    if unknown := sorted(set(names) - set(known)):
        print(f"No section {', '.join(unknown)}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    chosen = [known[name] for name in names] or list(SECTIONS)
    began = time.monotonic()
    ended = [(section, _run(section)) for section in chosen]
    failed = [section for section, status in ended if status not in (0, SKIPPED)]
    skipped = [section for section, status in ended if status == SKIPPED]
    well = len(chosen) - len(failed) - len(skipped)
    print(f"\n=== {well} of {len(chosen)} sections went well, in {time.monotonic() - began:.0f} s")
    for section in skipped:
        print(f"    skipped: {section.title}   (why: make test ONLY={section.name})")
    if why := services.couchdb_is_missing():
        print(f"    skipped: the tests with CouchDB   ({why})")
    for section in failed:
        print(f"    FAILED: {section.title}   (again: make test ONLY={section.name})")
    return 1 if failed else 0


def _run(section: Section) -> int:
    """The section's status: 0, SKIPPED, or what failed."""
    print(f"\n=== {section.title}", flush=True)
    service: Callable[[], AbstractContextManager[str | None]] = (
        services.postgres if section.on_postgres else nullcontext
    )
    try:
        with service() as url:
            environment = {**os.environ, **({"DATABASE_URL": url} if url else {})}
            # All of a section's commands are to be seen, not only the first that fails.
            statuses = [_status(command, environment) for command in section.commands]
    except services.Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    wrong = [status for status in statuses if status not in (0, SKIPPED)]
    return wrong[0] if wrong else max(statuses)


def _status(command: Sequence[str], environment: dict[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def _end(*_: object) -> NoReturn:
    sys.exit("ended from outside")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)  # so that a server that was started for a section ends, too
    sys.exit(main(sys.argv[1:]))
