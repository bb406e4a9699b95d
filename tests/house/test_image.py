"""The image, as far as it can be looked at without building it: no engine is at hand where the tests run."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_everything_that_is_copied_exists():
    sources = [word for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_it_is_set_up_by_the_makefiles_own_script_and_runs_as_nobody_special():
    assert ".ci/setup.sh run" in DOCKERFILE
    assert ".ci/setup.sh run" in (ROOT / "Makefile").read_text()
    assert re.search(r"^USER dossier$", DOCKERFILE, re.MULTILINE)
    assert "latest" not in DOCKERFILE


@pytest.mark.parametrize("name", ["setup.sh", "serve.sh", "run"])
def test_the_scripts_are_sound_and_executable(name):
    script = ROOT / ".ci" / name
    shell = script.read_text().splitlines()[0].removeprefix("#!").split()

    assert subprocess.run([*shell, "-n", str(script)], check=False).returncode == 0
    assert script.stat().st_mode & 0o111


def test_a_role_that_is_missing_is_said():
    done = subprocess.run([ROOT / ".ci" / "serve.sh"], capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "web, worker, beat" in done.stderr
