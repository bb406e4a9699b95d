"""A newcomer's machine: a fresh environment with the built wheel in it, and a copy of a foreign project beside it.

Nothing of this repository is on its path; what Dossier needs from others comes from the tests' environment.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def install(folder: Path) -> Path:
    """Build the wheel, make an environment with it in ``folder``, and give that environment's interpreter."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done(build, cwd=ROOT)
    done([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], cwd=folder)
    python = folder / "venv" / "bin" / "python"
    wheel = next(folder.glob("*.whl"))
    offline = ["--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check"]
    done([sys.executable, "-m", "pip", "--python", str(python), "install", "-q", *offline, str(wheel)], cwd=folder)
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"])  # after its own: the wheel's packages come first
    return python


def done(command: list[str], *, cwd: Path) -> str:
    """Run a command that has to go well; what it said where it did not."""
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@dataclass
class Host:
    """A copy of a foreign project, with the interpreter that runs it and the variables that choose its variant."""

    python: Path
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def copied(cls, project: Path, *, to: Path, python: Path, **variables: str) -> "Host":
        shutil.copytree(project, to, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(python, to, variables)

    @property
    def environment(self) -> dict[str, str]:
        return {name: os.environ[name] for name in KEPT if name in os.environ} | self.variables

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """``python …`` in the project's folder."""
        command = [str(self.python), *words]
        environment = {**self.environment, **variables}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def manage(self, *words: str, **variables: str) -> str:
        """``python manage.py …``, which has to go well; its standard output."""
        ran = self.run("manage.py", *words, **variables)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def facts(self, script: Path, *words: str) -> dict[str, Any]:
        """What a script of the tests found out inside this project: one JSON object, its last line."""
        path = os.pathsep.join(filter(None, [str(self.folder), self.variables.get("PYTHONPATH")]))
        ran = self.run(str(script), *words, PYTHONPATH=path)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-6000:]
        found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return found
