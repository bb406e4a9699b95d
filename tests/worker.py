"""A real Celery worker for the tests: a process of its own, on the tests' database, queue and vault."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
# The flags of `make run`: .ci/serve.sh is the only place that knows them.
COMMAND = [str(ROOT / ".ci" / "serve.sh"), "worker", "-B"]


def database_url() -> str:
    """Where this process's test database is, as ``DATABASE_URL`` says it."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    login = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgres://{login}@{quote(known['HOST'], safe='')}{port}/{known['NAME']}"


class Worker:
    """One worker with beat. ``environment`` reaches its settings: ``DOSSIER_LEASE_SECONDS="2"``."""

    def __init__(self, **environment: str) -> None:
        self.var = Path(settings.VAR)
        self.log = self.var / "worker.log"
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> "Worker":
        """Start it (again) and wait until it takes work; ``environment`` adds to what it was made with."""
        self.environment |= environment
        started = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                COMMAND,
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.wait_until(lambda: b" ready." in self.log.read_bytes()[started:], "the worker to say that it is ready")
        return self

    def kill(self) -> None:
        """End it and its children as a power cut would: ``kill -9``, no goodbye. Returns when all of them are gone."""
        process, self.process = self.process, None
        if process is not None:
            family = self._family(process)
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            with suppress(ProcessLookupError):  # what outlived a parent that somebody else killed
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            psutil.wait_procs(family, timeout=10)

    def stop(self) -> None:
        """End it in order; what does not listen for ten seconds is killed."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()

    @property
    def children(self) -> list[psutil.Process]:
        """The processes that it started itself and that still run."""
        return self._family(self.process)[1:] if self.process is not None else []

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def said(self) -> str:
        """Everything it logged, over all its starts."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_until(self, happened: Callable[[], object], what: str = "it to happen", *, seconds: float = 60) -> None:
        """Wait for ``happened()``; a worker that died or time that ran out fails the test with its log."""
        until = time.monotonic() + seconds
        while not happened():
            if not self.alive:
                raise AssertionError(f"The worker ended while waiting for {what}:\n{self.said[-4000:]}")
            if time.monotonic() > until:
                raise AssertionError(f"Waited {seconds} s for {what}:\n{self.said[-4000:]}")
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.project.settings",
            "DATABASE_URL": database_url(),
            "DOSSIER_VAR": str(self.var),
            "DOSSIER_SITE_URL": settings.DOSSIER["site_url"],
            "PYTHON": sys.executable,
            **self.environment,
        }

    @staticmethod
    def _family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
        """The worker and everything that it started, and nothing else."""
        try:
            parent = psutil.Process(process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
