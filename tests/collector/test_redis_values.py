"""Redis: every type is read whole, and what is erased is gone and nothing else."""

import json
from datetime import timedelta

import pytest

from tasks.collector.sources import HashField
from tasks.collector.sources.redis_values import once
from tasks.collector.sources.store import StoreSource
from tasks.datamap import Content, Keep
from tests.collector.redis_hosts import ASK, AT, DRY, collected, declared, source, values

__all__ = ["source"]
pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ


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


def test_a_stream_is_read_whatever_ids_somebody_chose(server, redis_url, alice):
    source = declared(redis_url, patterns={"log:{user.pk}": "Log"})
    chosen = ["0-18446744073709551615", "1-0", "18446744073709551615-7", "18446744073709551615-18446744073709551615"]
    for name in chosen:
        server.xadd(f"log:{alice.pk}", {"what": name}, id=name)

    found = collected(source, alice)

    assert [(v["what"], v["at"] and v["at"].year) for _, _, v in found] == list(
        zip(chosen, (1970, 1970, None, None), strict=True)
    )


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
