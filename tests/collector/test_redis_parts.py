"""Redis: a person's part of keys that everybody shares is read and erased, and nobody else's."""

import pytest

from tasks.collector.sources import HashField, Member
from tasks.errors import SourceFault
from tests.collector.redis_hosts import ASK, DRY, collected, declared

pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ


@pytest.fixture
def shared(redis_url):
    return declared(
        redis_url,
        patterns={},
        parts=(
            HashField("wishlists", "{user.pk}", "Wish list"),
            HashField("votes", "{user.pk}:*", "Votes"),
            Member("leaderboard:*", "{user.pk}", "Leaderboard"),
            Member("readers", "{email}", "Readers"),
            Member("visits", "{user.pk}", "Visits"),
        ),
    )


def fill_shared(server, alice, bob):
    for person in (alice, bob):
        server.hset("wishlists", str(person.pk), '["mug"]')
        server.hset("votes", mapping={f"{person.pk}:{poll}": "yes" for poll in range(3)})
        server.zadd("leaderboard:2025", {str(person.pk): 10})
        server.zadd("leaderboard:2026", {str(person.pk): 20})
        server.sadd("readers", person.email)
        server.rpush("visits", person.pk, person.pk)


def test_a_persons_part_of_shared_keys_is_read_alone(server, shared, alice, bob):
    fill_shared(server, alice.row, bob)

    found = collected(shared, alice)

    told = [(section, values) for section, _, values in found]
    assert ("wishlists", {"field": str(alice.pk), "value": ["mug"]}) in told
    assert sorted(v["field"] for section, v in told if section == "votes") == [f"{alice.pk}:{n}" for n in range(3)]
    assert sorted(v["score"] for section, v in told if section == "leaderboard") == [10, 20]
    assert ("readers", {"value": "Alice@example.com"}) in told
    assert ("visits", {"value": str(alice.pk), "times": 2}) in told
    assert len(found) == sum(shared.count(alice).values()) == 8


def test_a_persons_part_of_shared_keys_is_erased_and_nobody_elses(server, shared, alice, bob):
    fill_shared(server, alice.row, bob)

    assert shared.erase(alice, DRY).erased == 8
    assert shared.erase(alice, ASK).erased == 8

    assert sum(shared.count(alice).values()) == 0
    assert shared.erase(alice, ASK).erased == 0
    assert server.hgetall("wishlists") == {str(bob.pk).encode(): b'["mug"]'}
    assert server.hlen("votes") == 3
    assert server.zrange("leaderboard:2026", 0, -1) == [str(bob.pk).encode()]
    assert server.smembers("readers") == {b"bob@example.com"}
    assert server.lrange("visits", 0, -1) == [str(bob.pk).encode()] * 2


def test_a_shared_key_of_another_type_is_told(server, shared, alice):
    server.set("wishlists", "what?")

    with pytest.raises(SourceFault, match="wanted a hash, found a string"):
        shared.count(alice)
