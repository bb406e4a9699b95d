"""Sets of keys: sorted, small, and sets like any other."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.collector.keyset import Gathered, KeySet

KEYS = st.lists(
    st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(), st.text(max_size=3), st.uuids(), st.booleans())
) | st.lists(st.integers(0, 20))


@given(one=KEYS, two=KEYS)
def test_it_is_the_set_that_python_would_make(one, two):
    a, b = KeySet(one), KeySet(two)

    assert (a, len(a)) == (set(one), len(set(one)))
    assert all(key in a for key in one)
    assert [key for key in two if key in a] == [key for key in two if key in set(one)]
    assert (a & b, a | b, a - b) == (set(one) & set(two), set(one) | set(two), set(one) - set(two))
    assert (set(one) & b, set(one) | b, set(one) - b) == (set(one) & set(two), set(one) | set(two), set(one) - set(two))
    assert hash(a) == hash(KeySet(reversed(one)))


@given(pieces=st.lists(KEYS))
def test_what_was_gathered_in_pieces_is_one_set(pieces):
    gathered = Gathered()
    for piece in pieces:
        gathered.add(piece)

    assert gathered.done() == {key for piece in pieces for key in piece}
    assert not gathered.done()


def test_numbers_come_by_value_and_others_by_their_text():
    assert list(KeySet([10, 9, 9, -1])) == [-1, 9, 10]
    assert list(KeySet(["b", 3, "a", 20])) == [3, 20, "a", "b"]
    assert list(KeySet([UUID(int=2), UUID(int=1)])) == [UUID(int=1), UUID(int=2)]
    assert list(KeySet([("a", 10), ("a", 9)])) == [("a", 10), ("a", 9)]  # as text, as other keys that are no numbers


def test_an_integer_key_takes_eight_bytes():
    keys = KeySet(range(10_000))

    assert keys.integers
    assert memoryview(keys._keys).nbytes == 80_000
    assert [len(chunk) for chunk in keys.chunks(4_000)] == [4_000, 4_000, 2_000]


@pytest.mark.parametrize("key", [None, "1", 1.5, (1,), 2**70])
def test_what_is_no_key_of_the_set_is_not_in_it(key):
    assert key not in KeySet([1, 2])


def test_a_log_line_shows_no_key():
    assert repr(KeySet(["alice@example.com"])) == "<KeySet of 1>"
