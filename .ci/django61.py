"""The engine's rooms on Django 6.1: `make test ONLY=django61`. Ends with 77 where no Python is new enough for it.

The environment is the lock's, with requirements/django61.txt in place of its Django, and without what only looks at
the source; it is made once, in .cache, and again when a lock has changed. Words after the command go to pytest.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache" / "django61"
LOCK, INSTEAD = ROOT / "requirements" / "test.txt", ROOT / "requirements" / "django61.txt"
PYTHONS = ("3.13", "3.12")
SKIPPED = 77
NOT_NEEDED = {"django", "django-stubs", "django-stubs-ext", "djlint", "hatchling", "import-linter", "mypy", "ruff"}
ROOMS = ("datamap", "collector", "erasure", "transform", "django61")


def main(words: list[str]) -> int:
    python = find()
    if python is None:
        print(f"skipped: no Python {' or '.join(reversed(PYTHONS))} found")
        return SKIPPED
    environment = {**os.environ, "PYTHONPATH": ""}
    rooms = [f"tests/{room}" for room in ROOMS]
    units = ["-m", "not journey and not fault", "-n", os.environ.get("TEST_PROCESSES", "2")]
    pytest = ["-m", "pytest", "-q", "--ds", "tests.django61.settings", "-p", "no:cacheprovider"]
    command = [str(make(python)), *pytest, *(words or [*units, *rooms])]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def find() -> str | None:
    """The first interpreter that is new enough and can make an environment."""
    for program in candidates():
        looks = "import ensurepip, sqlite3, ssl, venv"
        if subprocess.run([program, "-c", looks], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return program
    return None


def candidates() -> Iterator[str]:
    for version in PYTHONS:
        if program := shutil.which(f"python{version}"):
            yield program
        yield from map(str, sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}*/bin/python{version}")))


def make(python: str) -> Path:
    """The environment's interpreter; made or renewed where that is due."""
    interpreter, stamp = FOLDER / "venv" / "bin" / "python", FOLDER / "stamp"
    pinned = requirements()
    key = hashlib.sha256(f"{python}\n{pinned}".encode()).hexdigest()
    if interpreter.exists() and stamp.exists() and stamp.read_text() == key:
        return interpreter
    print(f"Making an environment with {python} (once; a minute on a slow line)", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([python, "-m", "venv", "--clear", FOLDER / "venv"], check=True)
    (FOLDER / "requirements.txt").write_text(pinned)
    options = ["-qq", "--no-input", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    install = [interpreter, "-m", "pip", "install", *options, "-r", FOLDER / "requirements.txt"]
    subprocess.run(install, check=True)
    stamp.write_text(key)
    return interpreter


def requirements() -> str:
    """The lock without its Django and without the linters, and the other Django."""
    blocks = re.split(r"^(?=[a-zA-Z0-9])", LOCK.read_text(), flags=re.MULTILINE)
    kept = [block for block in blocks if re.split(r"[=\s;\[]", block, maxsplit=1)[0].lower() not in NOT_NEEDED]
    return "".join(kept) + INSTEAD.read_text()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
