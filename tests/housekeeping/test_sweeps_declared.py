"""Sweeps as they are declared: how often, how many, by which key; what cannot be is said at once."""

from datetime import datetime
from typing import Any

import pytest

from tasks.errors import DeclarationError


def nobody(at: datetime) -> None:
    """A sweep that is only declared."""


def others(at: datetime) -> None:
    """Another one."""


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"every": "1 dya"},
            r"inactive \(sweep '.*inactive'\).every: wanted a duration such as '1 day'.*found '1 dya'",
        ),
        ({"every": "0 days"}, "every: wanted at least '1 minute', found '0 days'"),
        ({"every": 1}, "every: wanted a duration"),
        ({"notice": "soon"}, "notice: wanted a duration.*found 'soon'"),
        ({"limit": "5"}, "limit: wanted a share of the model's rows such as '5 %', found '5'"),
        ({"limit": "101 %"}, "limit: wanted a share"),
        ({"at_most": 0}, "at_most: wanted a number of rows from 1 on, found 0"),
        ({"key": "Not This"}, "key: wanted a name of small letters"),
        ({"staff": "yes"}, "staff or language: wanted True or False"),
    ],
)
def test_what_is_wrong_in_a_declaration_is_said_when_it_is_made(registry, facts, said):
    def inactive(at: datetime) -> Any:
        return None

    with pytest.raises(DeclarationError, match=said):
        registry.declare("Inactive", **{"every": "1 day", **facts})(inactive)


def test_a_key_belongs_to_one_function(registry):
    registry.declare("One", every="1 day", key="one")(nobody)

    with pytest.raises(DeclarationError, match="key: wanted a key of its own, found 'one'"):
        registry.declare("Other", every="1 day", key="one")(others)


@pytest.mark.parametrize(
    ("rows", "allowed"), [(0, 0), (1, 1), (2, 1), (10, 5), (39, 20), (100, 20), (1_000, 50), (10_000_000, 10_000)]
)
def test_the_limit_is_a_share_but_never_more_than_half_of_a_small_table(registry, rows, allowed):
    registry.declare("One", every="1 day", key="one")(nobody)

    assert registry.get("one").allowed(rows) == allowed
