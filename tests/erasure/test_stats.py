"""DeleteStats counts as Django counts, and adds up."""

import json

import pytest

from tasks.erasure.stats import DeleteStats


def test_it_unpacks_and_indexes_as_djangos_tuple() -> None:
    stats = DeleteStats({"orders.Order": 3, "auth.User": 1})

    total, by_label = stats

    assert (total, by_label) == (4, {"auth.User": 1, "orders.Order": 3})
    assert stats[0] == 4
    assert stats[1]["orders.Order"] == 3
    assert stats == (4, {"auth.User": 1, "orders.Order": 3})


def test_the_tuple_of_queryset_delete_goes_straight_in() -> None:
    stats = DeleteStats((2, {"a.A": 2}))

    stats += (5, {"a.A": 4, "b.B": 1})

    assert stats == (7, {"a.A": 6, "b.B": 1})


def test_stores_add_up_without_changing_the_parts() -> None:
    database, redis = DeleteStats({"a.A": 1}), DeleteStats({"redis:cart": 2})

    both = database + redis

    assert both == sum([database, redis]) == DeleteStats.sum([database, redis])
    assert database == (1, {"a.A": 1})


def test_a_label_without_rows_is_not_listed() -> None:
    stats = DeleteStats()

    stats.add("a.A", 0)

    assert not stats
    assert stats == (0, {})
    assert stats.report() == "Nothing was deleted."


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted a number of deleted rows, found -1"):
        DeleteStats().add("a.A", -1)


@pytest.mark.parametrize("nonsense", [7, "a.A", (1, 2), [("a.A", 1)]])
def test_what_counts_nothing_is_refused(nonsense: object) -> None:
    with pytest.raises(TypeError, match="wanted a DeleteStats"):
        DeleteStats().extend(nonsense)


def test_the_report_reads_and_the_json_parses() -> None:
    stats = DeleteStats({"orders.Order": 1204, "auth.User": 1})

    assert stats.report().splitlines() == ["1,205 rows were deleted:", "      1  auth.User", "  1,204  orders.Order"]
    assert json.loads(stats.as_json()) == {"total": 1205, "by_label": {"auth.User": 1, "orders.Order": 1204}}


def test_a_mutable_sum_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(DeleteStats())
