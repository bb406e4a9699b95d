"""Redis: every type is read whole, what is erased is gone and nothing else, and a hostile value stays a value."""

import json
from datetime import timedelta

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from tasks.collector.sources import HashField, Member
from tasks.collector.sources.redis_patterns import escaped
from tasks.collector.sources.redis_values import once
from tasks.collector.sources.store import StoreSource
from tasks.datamap import Ask, Content, Keep
from tasks.errors import DeclarationError, SourceFault
from tests.collector.redis_hosts import ASK, AT, declared

pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ

DRY = Ask("a-question", AT, dry_run=True)


def collected(source, subject) -> list[tuple[str, str, dict]]:
    return [(item.section, item.key, dict(item.values)) for item in source.collect(subject, ASK)]


def values(source, subject) -> list[dict]:
    return [values for _, _, values in collected(source, subject)]


@pytest.fixture
def source(redis_url):
    return declared(redis_url)


# --- what is read


def test_a_small_hash_is_one_record_with_its_fields(server, source, alice):
    server.hset(f"cart:{alice.pk}", mapping={"mug": "2", "note": '{"gift": true}', "raw": b"\xff\x00"})

    assert collected(source, alice) == [
        ("cart", f"cart:{alice.pk}", {"mug": "2", "note": {"gift": True}, "raw": b"\xff\x00"})
    ]
    assert source.count(alice) == {"cart": 1}


def test_a_large_hash_has_a_record_for_each_field(server, source, alice):
    server.hset(f"cart:{alice.pk}", mapping={f"sku-{n}": n for n in range(1_234)})

    found = collected(source, alice)

    assert {(v["field"], v["value"]) for _, _, v in found} == {(f"sku-{n}", str(n)) for n in range(1_234)}
    assert len({key for _, key, _ in found}) == 1_234
    assert source.count(alice) == {"cart": 1_234}


def test_lists_sets_sorted_sets_and_streams_have_a_record_for_each_element(server, redis_url, alice):
    source = declared(redis_url, patterns={f"{name}:{{user.pk}}": name for name in ("seen", "tags", "best", "log")})
    server.rpush(f"seen:{alice.pk}", *(json.dumps({"sku": n}) for n in range(1_100)))
    server.sadd(f"tags:{alice.pk}", "tea", "wool")
    server.zadd(f"best:{alice.pk}", {"round-1": 7.5})
    for n in range(1_001):
        server.xadd(f"log:{alice.pk}", {"what": "opened", "n": n}, id=f"{1_700_000_000_000 + n}-0")

    found = collected(source, alice)

    assert [v for section, _, v in found if section == "seen"] == [{"sku": n} for n in range(1_100)]
    assert sorted(v["value"] for section, _, v in found if section == "tags") == ["tea", "wool"]
    assert [v for section, _, v in found if section == "best"] == [{"value": "round-1", "score": 7.5}]
    log = [v for section, _, v in found if section == "log"]
    assert [v["n"] for v in log] == [str(n) for n in range(1_001)]
    assert log[0]["at"].isoformat() == "2023-11-14T22:13:20+00:00"
    assert source.count(alice) == {"seen": 1_100, "tags": 2, "best": 1, "log": 1_001}


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("plain words", {"value": "plain words"}),
        ('{"items": [1, 2]}', {"items": [1, 2]}),
        ("[1, 2]", {"value": [1, 2]}),
        ("{}", {"value": {}}),
        ("{not json", {"value": "{not json"}),
        ('{"a": NaN}', {"a": "NaN"}),
        ("0042", {"value": "0042"}),
        ("[" * 100_000, {"value": "[" * 100_000}),
        ("", {"value": ""}),
    ],
    ids=["text", "object", "list", "empty", "broken", "nan", "digits", "deep", "nothing"],
)
def test_a_string_is_json_where_it_is_json(stored, shown, server, source, alice):
    server.set(f"cart:{alice.pk}", stored)

    assert values(source, alice) == [shown]
    assert source.count(alice) == {"cart": 1}


@pytest.mark.parametrize("stored", [b"\x89PNG\r\n\x1a\n\x00\xff", b"x" * 3_000_001], ids=["no text", "large"])
def test_what_is_no_text_or_large_is_a_file_that_can_be_read_again(stored, server, source, alice):
    server.set(f"cart:{alice.pk}", stored)

    [row] = values(source, alice)

    assert isinstance(row["file"], Content)
    assert row["file"].size == len(stored)
    for _ in range(2):
        with row["file"].open() as file:
            assert file.read() == stored


def test_a_time_to_live_is_told_as_the_moment_when_the_key_goes(server, source, alice):
    server.hset(f"cart:{alice.pk}", mapping={"mug": "2"})
    server.expire(f"cart:{alice.pk}", 3_600)

    [row] = values(source, alice)

    assert timedelta(minutes=59) < row["expires_at"] - AT <= timedelta(hours=1)


def test_what_is_not_there_is_nothing(server, source, alice):
    assert values(source, alice) == []
    assert source.count(alice) == {"cart": 0}
    assert source.erase(alice, ASK).erased == 0


def test_the_house_can_hold_what_it_reads(server, redis_url, alice):
    server.set(f"cart:{alice.pk}", b"\xff\xfe")
    server.hset("wishlists", str(alice.pk), '{"mug": [1, {"deep": null}]}')
    store = StoreSource(declared(redis_url, parts=(HashField("wishlists", "{user.pk}", "Wish list"),)))

    batches = list(store.collect(alice))

    assert [(batch.label, len(batch.rows)) for batch in batches] == [("shop:cart", 1), ("shop:wishlists", 1)]


def test_what_a_scan_gives_twice_comes_once():
    names = [str(n % 30_000).encode() for n in range(90_000)]

    assert list(once(names, by=bytes)) == names[:30_000]


# --- which keys


def test_a_wildcard_is_looked_for_and_its_key_is_not_shown_for_it_may_be_a_token(server, redis_url, alice):
    source = declared(redis_url, patterns={"session:*:{email}": "Sessions"})
    server.set(f"session:SECRET1:{alice.row.email}", "a")
    server.set(f"session:SECRET2:{alice.row.email}", "b")
    server.set("session:SECRET3:bob@example.com", "not hers")

    found = collected(source, alice)

    assert sorted(row["value"] for _, _, row in found) == ["a", "b"]
    assert "SECRET" not in repr(found)
    assert source.count(alice) == {"session": 2}


@pytest.mark.parametrize("email", ["*", "?*", "[a-z]*", "\\*", "*@example.com", "a^b-c]*"])
def test_a_hostile_address_matches_nothing_but_itself(email, server, redis_url, alice):
    source = declared(redis_url, patterns={"session:*:{email}": "Sessions", "mail:{email}": "Mail"})
    alice.model.objects.filter(pk=alice.pk).update(email=email)
    for other in ("bob@example.com", "abc@example.com", "x"):
        server.set(f"session:1:{other}", "not hers")
        server.set(f"mail:{other}", "not hers")
    server.set(f"session:1:{email}", "hers")
    server.set(f"mail:{email}", "hers")

    assert {row["value"] for row in values(source, alice)} == {"hers"}
    assert source.erase(alice, ASK).erased == 2
    assert server.dbsize() == 6


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_an_escaped_text_matches_itself(redis_url, text):
    with redis.Redis.from_url(redis_url) as server:
        server.flushall()
        server.set(f"k:{text}", "")
        server.set(f"k:{text}more", "")

        assert list(server.scan_iter(match="k:" + escaped(text), count=100)) == [f"k:{text}".encode()]


def test_a_person_without_the_value_has_no_keys(server, redis_url, alice):
    source = declared(redis_url, patterns={"mail:{email}": "Mail", "of:{user.invited_by}": "Invited"})
    alice.model.objects.filter(pk=alice.pk).update(email="")
    server.set("mail:", "nobody's")
    server.set("of:None", "nobody's")

    assert values(source, alice) == []


def test_the_key_of_another_number_is_not_touched(server, source, alice):
    server.set(f"cart:{alice.pk}", "hers")
    server.set(f"cart:{alice.pk}0", "not hers")

    assert source.erase(alice, ASK).erased == 1
    assert server.keys() == [f"cart:{alice.pk}0".encode()]


def test_two_patterns_that_lead_to_one_key_read_it_once(server, redis_url, alice):
    source = declared(redis_url, patterns={"cart:{user.pk}": "Cart", "cart:{subject.pk}": "Cart"})
    server.set(f"cart:{alice.pk}", "1")

    assert len(values(source, alice)) == 1
    assert source.count(alice) == {"cart": 1}


def test_braces_of_a_hash_tag_and_escaped_stars_are_plain(server, redis_url, alice):
    source = declared(redis_url, patterns={r"cart\*:{{{user.pk}}}": "Cart"})
    server.set(f"cart*:{{{alice.pk}}}", "hers")
    server.set(f"cartX:{{{alice.pk}}}", "not hers")

    assert values(source, alice) == [{"value": "hers"}]


def test_values_of_the_declaration_fill_places_too(server, redis_url, alice):
    source = declared(
        redis_url, patterns={"cart:{device}": "Cart"}, known=lambda self, subject: {"device": ["d1", "d2", None, ""]}
    )
    server.mset({"cart:d1": "1", "cart:d2": "2", "cart:d3": "3", "cart:None": "n"})

    assert [row["value"] for row in values(source, alice)] == ["1", "2"]


def test_a_name_that_nothing_is_known_under_is_an_error_and_not_an_empty_answer(redis_url, server, alice):
    with pytest.raises(DeclarationError, match=r"emial.*wanted.*email"):
        declared(redis_url, patterns={"cart:{emial}": "Cart"}).count(alice)
    with pytest.raises(DeclarationError, match="wanted an attribute of"):
        declared(redis_url, patterns={"cart:{user.number}": "Cart"}).count(alice)


# --- what is erased


def test_erasing_takes_every_type_and_counts_what_was_counted_before(server, redis_url, alice):
    source = declared(
        redis_url,
        patterns={f"{name}:{{user.pk}}": name for name in ("cart", "text", "seen", "tags", "best", "log")},
    )
    server.hset(f"cart:{alice.pk}", mapping={"mug": "2"})
    server.set(f"text:{alice.pk}", "x")
    server.rpush(f"seen:{alice.pk}", 1, 2, 3)
    server.sadd(f"tags:{alice.pk}", "tea")
    server.zadd(f"best:{alice.pk}", {"a": 1, "b": 2})
    server.xadd(f"log:{alice.pk}", {"a": 1})
    server.set("cart:999", "not hers")
    before = sum(source.count(alice).values())

    assert source.erase(alice, DRY).erased == before == 9
    assert sum(source.count(alice).values()) == 9
    assert source.erase(alice, ASK).erased == 9
    assert source.erase(alice, ASK).erased == 0
    assert server.keys() == [b"cart:999"]


def test_what_has_to_be_kept_is_kept(server, redis_url, alice):
    source = declared(redis_url, erasure=Keep(because="The tax office asks for it."))
    server.set(f"cart:{alice.pk}", "1")

    outcome = source.erase(alice, ASK)

    assert (outcome.erased, outcome.kept[0].count) == (0, 1)
    assert server.dbsize() == 1


# --- parts of what everybody shares


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


# --- what a declaration may say


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"patterns": {}}, "patterns: wanted"),
        ({"patterns": {"carts": "Carts"}}, "names nobody"),
        ({"patterns": {"cart:{user.pk}*": "Cart"}}, "wildcard touches a place"),
        ({"patterns": {"cart:{user}": "Cart"}}, "found {user}"),
        ({"patterns": {"cart:{User Name}": "Cart"}}, "found {User Name}"),
        ({"patterns": {"{user.pk}": "Cart"}}, "begins with a word"),
        ({"patterns": {"cart:{user.pk}": "Cart", "cart:{email}": "Basket"}}, "one heading"),
        ({"parts": (Member("board", "top"),)}, "names nobody"),
        ({"parts": ("board",)}, "HashField"),
        ({"url": "http://example.com"}, "url: wanted redis://"),
        ({"url": ""}, "url: wanted redis://"),
        ({"url": "redis://localhost:six"}, "a port that is a number"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(attributes, told):
    with pytest.raises(DeclarationError, match=told):
        declared(**{"url": "redis://localhost", **attributes})


def test_sections_have_the_headings_of_their_patterns(redis_url):
    source = declared(
        redis_url, patterns={"cart:{user.pk}": "Shopping cart"}, parts=(Member("leaderboard:*", "{user.pk}", "Places"),)
    )

    assert source.sections == {"cart": "Shopping cart", "leaderboard": "Places"}
