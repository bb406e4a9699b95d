"""Everybody who takes part in the benchmarks finds the same rows. No test looks at a time."""

import pytest

from tests.benchmarks.databases import Sqlite, run

pytestmark = pytest.mark.sqlite_only  # in processes of their own, on files of their own


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    store = Sqlite(tmp_path_factory.mktemp("bench"))
    url = store.url(store.make(1_000, 1_000))
    return dict(line.split("\t") for line in run("tests.benchmarks.same", url=url, folder=store.folder).splitlines())


@pytest.mark.parametrize(
    "claim",
    [
        "the hand-written floor and ours give the same lines",
        "the floor made by the database and ours give the same lines",
        "NestedObjects finds what ours says is owned",
        "counting and collecting agree",
        "all kinds of relation have rows",
        "the report counts the relations right",
        "the export has every record",
        "our erasure leaves what the database's cascade leaves",
        "user.delete() leaves what ours leaves",
    ],
)
def test_benchmarks_compare_like_with_like(said, claim):
    assert said[claim] == "yes"
