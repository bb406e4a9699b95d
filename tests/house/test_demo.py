"""`make run`: what it says when it cannot start, and that it leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, str(ROOT / ".ci" / "demo.py")]


def environment(port: int | str, folder: Path) -> dict[str, str]:
    hidden = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DOSSIER_", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return {**kept, "PORT": str(port), "DOSSIER_VAR": str(folder)}


def attempt(port: int | str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND, env=environment(port, folder), capture_output=True, text=True, timeout=30, check=False
    )


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """A running `make run`, with what it printed in a file."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.said = folder / "said.txt"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(COMMAND, env=environment(port, folder / "var"), stdout=said, stderr=said)
        until = time.monotonic() + 120
        while "Dossier runs" not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < until, self.said.read_text()
            time.sleep(0.1)
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def has_ended(self) -> bool:
        psutil.wait_procs(self.family, timeout=20)
        return not any(member.is_running() and member.status() != psutil.STATUS_ZOMBIE for member in self.family)


@pytest.fixture
def demo(free_port: int, tmp_path: Path) -> Iterator[Demo]:
    running = Demo(free_port, tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(30)


def test_a_taken_port_is_named_before_anything_starts(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        done = attempt(port, tmp_path / "var")

    assert done.returncode == 1
    assert done.stderr == f"Dossier: port {port} is taken. Take another one: make run PORT={port + 1}\n"
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_said(port, tmp_path):
    done = attempt(port, tmp_path / "var")

    assert done.returncode == 1
    assert done.stderr.startswith(f"Dossier: PORT={port} is no port")


@pytest.mark.fault
def test_the_demo_answers_and_a_second_one_in_its_folder_is_refused(demo, free_port, tmp_path):
    with urllib.request.urlopen(demo.url) as answer:
        assert answer.status == 200
    said = demo.said.read_text()
    assert "alice@example.com" in said
    assert "/demo/codes/" in said

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = probe.getsockname()[1]
    second = attempt(other, tmp_path / "var")

    assert second.returncode == 1
    assert "another `make run` uses" in second.stderr


@pytest.mark.fault
def test_ctrl_c_ends_every_process(demo):
    assert len(demo.family) >= 5

    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(30) == 0
    assert demo.has_ended()


@pytest.mark.fault
def test_when_the_demo_itself_is_killed_its_processes_end_too(demo):
    demo.process.kill()
    demo.process.wait()

    assert demo.has_ended()


@pytest.mark.fault
def test_when_the_worker_dies_everything_ends_and_says_why(demo):
    worker = next(member for member in demo.family if "celery" in " ".join(member.cmdline()))

    worker.kill()

    assert demo.process.wait(30) == 1
    assert "the worker ended by itself" in demo.said.read_text()
    assert demo.has_ended()
