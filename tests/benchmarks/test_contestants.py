"""Everybody who takes part in the benchmarks does the same work. No test looks at a time."""

import json
from types import SimpleNamespace

import pytest

from tests.benchmarks.databases import Sqlite, run

pytestmark = pytest.mark.sqlite_only  # in processes of their own, on files of their own


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A thousand rows of the subject's among a thousand of others'."""
    store = Sqlite(tmp_path_factory.mktemp("bench"))
    return SimpleNamespace(store=store, name=store.make(1_000, 1_000))


def test_everybody_collects_the_same_rows(market):
    said = run("tests.benchmarks.same", url=market.store.url(market.name), folder=market.store.folder)

    assert dict(line.split("\t") for line in said.splitlines()) == dict.fromkeys(
        (
            "the hand-written floor and ours give the same lines",
            "the floor made by the database and ours give the same lines",
            "NestedObjects finds what ours says is owned",
            "counting and collecting agree",
            "all kinds of relation have rows",
            "the report counts the relations right",
            "the export has every record",
        ),
        "yes",
    )


def test_everybody_erases_the_same_rows(market):
    ours = left(market, "erase", market.name)
    cascade = left(market, "cascade", market.store.with_cascade(market.name))
    djangos = left(market, "user.delete", market.name)

    assert ours == cascade
    assert djangos.pop("market.AuditEntry") > ours.pop("market.AuditEntry")  # Django's own leaves generic rows behind
    assert djangos == ours


def left(market, eraser, name):
    with market.store.copy(name) as url:
        return json.loads(run("tests.benchmarks.left", eraser, url=url, folder=market.store.folder))
