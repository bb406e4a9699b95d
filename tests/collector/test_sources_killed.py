"""A process is killed (SIGKILL) while it collects or erases: the next one ends right and counts nothing twice."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tasks.collector import Subject
from tests.collector.braked import PERSON, SOURCES
from tests.collector.redis_hosts import ASK

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 100

pytestmark = [pytest.mark.fault, pytest.mark.sqlite_only]


def killed_in_the_middle(kind: str, what: str, url: str) -> None:
    command = [sys.executable, "-m", "tests.collector.braked", kind, what, url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "here\n"
        process.kill()
        process.wait(20)


@pytest.fixture(params=["redis", "couchdb"])
def filled(request):
    """Name and address of a server that holds a hundred records of the person, and how many are there."""
    if request.param == "redis":
        server = request.getfixturevalue("server")
        for n in range(RECORDS):
            server.set(f"cart:{PERSON}:{n}", "x")
        server.set("cart:8:1", "not theirs")
        return "redis", request.getfixturevalue("redis_url"), lambda: server.dbsize() - 1
    couch = request.getfixturevalue("couch")
    couch.put(*({"_id": f"d{n}", "owner": PERSON} for n in range(RECORDS)), {"_id": "other", "owner": 8})
    return "couchdb", couch.url, lambda: len(couch.ids()) - 1


def test_killed_while_it_collects(filled):
    kind, url, held = filled

    killed_in_the_middle(kind, "collect", url)

    again = list(SOURCES[kind](url).collect(Subject(User, PERSON, "default"), ASK))
    assert len({item.key for item in again}) == len(again) == held() == RECORDS


def test_killed_while_it_erases(filled):
    kind, url, held = filled

    killed_in_the_middle(kind, "erase", url)
    left = held()

    assert left == RECORDS - 60  # the third batch went, and nobody heard of it
    source, subject = SOURCES[kind](url), Subject(User, PERSON, "default")
    assert source.erase(subject, ASK).erased == left
    assert (held(), source.erase(subject, ASK).erased) == (0, 0)
