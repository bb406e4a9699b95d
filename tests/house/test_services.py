"""The temporary servers of the tests, and the worker's queue."""

import subprocess
import sys
from pathlib import Path

import psycopg
import redis

from tests import services

ROOT = Path(__file__).resolve().parents[2]


def test_the_temporary_postgres_answers_and_is_gone_afterwards():
    with services.postgres() as url:
        folder = url.split("@")[1].split("/")[0].replace("%2F", "/")
        with psycopg.connect(host=folder, user="postgres", dbname="postgres") as connection:
            assert connection.execute("SELECT 6 * 7").fetchone() == (42,)

    assert not Path(folder).exists()


def test_a_command_runs_on_a_temporary_postgres():
    command = [sys.executable, "-m", "tests.services", "manage", "diffsettings", "--all"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "django.db.backends.postgresql" in done.stdout


def test_the_temporary_redis_answers_and_is_gone_afterwards():
    with services.redis() as url:
        client = redis.Redis(unix_socket_path=url.removeprefix("unix://"))
        client.set("case", "D26-4T7Q")
        assert client.get("case") == b"D26-4T7Q"

    assert not Path(url.removeprefix("unix://")).exists()
