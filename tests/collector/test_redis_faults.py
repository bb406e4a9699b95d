"""Redis stopped, slow, lying, changed under our hands, and back again; and a whole cluster of it."""

import os
import signal

import pytest
import redis

from tasks.collector.sources import HashField, redis_keys
from tasks.errors import SourceFault, SourceUnavailable
from tests import services
from tests.collector.liar import liar, silence
from tests.collector.redis_hosts import ASK, declared

pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ

SECRET = "alice@example.com"


def asked(source, subject, what: str) -> object:
    return list(source.collect(subject, ASK)) if what == "collect" else getattr(source, what)(*arguments(subject, what))


def arguments(subject, what: str) -> tuple:
    return {"count": (subject,), "erase": (subject, ASK), "health": ()}[what]


EVERY = pytest.mark.parametrize("what", ["count", "collect", "erase", "health"])


@EVERY
def test_a_server_that_is_gone_is_told_and_comes_back(what, alice, tmp_path):
    source = declared(f"unix://{tmp_path}/redis.sock")

    with pytest.raises(SourceUnavailable, match=r"^shop: no connection to Redis\.$"):
        asked(source, alice, what)


def test_a_server_that_hangs_is_told_and_when_it_is_back_all_is_well(server, redis_url, alice):
    server.set(f"cart:{alice.pk}", "tea")
    pid = server.info("server")["process_id"]
    source = declared(redis_url, timeout=0.1)

    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(SourceUnavailable, match="no answer within"):
            source.count(alice)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert declared(redis_url).count(alice) == {"cart": 1}


def test_a_server_that_never_answers_does_not_hold_us(alice):
    with liar(silence) as port, pytest.raises(SourceUnavailable, match="no answer within"):
        declared(f"redis://127.0.0.1:{port}", timeout=0.1).count(alice)


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        (b"-LOADING Redis is loading the dataset in memory\r\n", SourceUnavailable, "still loading"),
        (b"-NOAUTH Authentication required.\r\n", SourceUnavailable, "does not let us in"),
        (b"-NOPERM this user has no permissions\r\n", SourceUnavailable, "does not let us in"),
        (b"-ERR cart:" + SECRET.encode() + b"\r\n", SourceUnavailable, "an error"),
        (b"-MISCONF " + SECRET.encode() + b"\r\n", SourceUnavailable, "an error"),
        (b"-CLUSTERDOWN Hash slot not served\r\n", SourceUnavailable, "an error"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", SourceUnavailable, "shop: "),
        (b"what?\r\n", SourceFault, "does not speak Redis"),
    ],
)
@pytest.mark.parametrize("what", ["count", "collect", "erase"])
def test_what_a_server_says_instead_is_told_without_what_it_repeats(said, kind, told, what, alice):
    with liar(said) as port, pytest.raises(kind, match=told) as error:
        asked(declared(f"redis://:very-secret@127.0.0.1:{port}", timeout=2), alice, what)

    assert SECRET not in str(error.value)
    assert "very-secret" not in str(error.value)
    assert error.value.__suppress_context__  # the library's own words are not in a traceback either


def test_a_real_server_that_wants_a_password_is_told(server, redis_url, alice):
    server.config_set("requirepass", "very-secret")
    try:
        with pytest.raises(SourceUnavailable, match="does not let us in"):
            declared(redis_url).count(alice)
        with pytest.raises(SourceUnavailable, match="does not let us in"):
            declared(f"{redis_url}?password=wrong").count(alice)
        assert declared(f"{redis_url}?password=very-secret").health() == "PONG"
    finally:
        server.auth("very-secret")
        server.config_set("requirepass", "")


def test_a_replica_takes_no_changes_and_says_so(server, redis_url, alice):
    server.set(f"cart:{alice.pk}", "tea")
    server.config_set("replica-serve-stale-data", "yes")
    server.replicaof("127.0.0.1", 1)
    try:
        assert declared(redis_url).count(alice) == {"cart": 1}
        with pytest.raises(SourceUnavailable, match="Name the primary"):
            declared(redis_url).erase(alice, ASK)
    finally:
        server.replicaof("NO", "ONE")


# --- changes under our hands


def meddle(monkeypatch, *, after: int, act) -> None:
    """Do something after the collector's n-th batch of commands."""
    really, calls = redis_keys.pipelined, iter(range(1, 100))

    def pipelined(client, commands):
        found = really(client, commands)
        if next(calls) == after:
            act()
        return found

    monkeypatch.setattr(redis_keys, "pipelined", pipelined)


def test_a_key_that_changes_its_type_is_looked_at_again(server, redis_url, alice, monkeypatch):
    name = f"cart:{alice.pk}"
    server.set(name, "tea")

    def change():
        server.delete(name)
        server.rpush(name, "mug", "pot")

    meddle(monkeypatch, after=1, act=change)

    assert declared(redis_url).count(alice) == {"cart": 2}


def test_a_key_that_changes_its_type_while_it_is_read_is_tried_again_later(server, redis_url, alice, monkeypatch):
    name = f"cart:{alice.pk}"
    server.rpush(name, "mug")
    meddle(monkeypatch, after=2, act=lambda: server.delete(name) and server.set(name, "tea"))

    with pytest.raises(SourceUnavailable, match="WRONGTYPE"):
        list(declared(redis_url).collect(alice, ASK))

    assert len(list(declared(redis_url).collect(alice, ASK))) == 1


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("stored", ["text", "hash", "list"])
def test_a_key_that_goes_while_we_look_is_gone(stored, after, server, redis_url, alice, monkeypatch):
    name = f"cart:{alice.pk}"
    {
        "text": lambda: server.set(name, "tea"),
        "hash": lambda: server.hset(name, "mug", "1"),
        "list": lambda: server.rpush(name, "mug"),
    }[stored]()
    meddle(monkeypatch, after=after, act=lambda: server.delete(name))

    assert len(list(declared(redis_url).collect(alice, ASK))) <= 1
    assert declared(redis_url).erase(alice, ASK).erased == 0


def test_a_file_that_became_shorter_is_not_handed_on_as_whole(server, redis_url, alice):
    name = f"cart:{alice.pk}"
    server.set(name, b"\xff" * 1_000_000)
    [record] = declared(redis_url).collect(alice, ASK)
    server.set(name, b"\xff")

    with record.values["file"].open() as file, pytest.raises(SourceUnavailable, match="became shorter"):
        file.read()


def test_a_type_of_a_module_is_told_and_not_left_out(server, redis_url, alice, monkeypatch):
    server.set(f"cart:{alice.pk}", "tea")
    monkeypatch.delitem(redis_keys.SIZES, "string")

    with pytest.raises(SourceFault, match=r"cannot read \(string\)"):
        declared(redis_url).count(alice)


# --- a cluster


@pytest.fixture(scope="module")
def cluster():
    with services.redis_cluster() as url:
        yield url


def test_in_a_cluster_every_node_is_asked_and_no_command_crosses_slots(cluster, alice):
    source = declared(
        cluster,
        cluster=True,
        patterns={"cart:{user.pk}": "Cart", "page:{user.pk}:*": "Pages"},
        parts=(HashField("wishlists", "{user.pk}", "Wish list"),),
    )
    with redis.RedisCluster.from_url(cluster) as client:
        nodes = {client.get_node_from_key(f"page:{alice.pk}:{n}").port for n in range(300)}
        for n in range(300):
            client.set(f"page:{alice.pk}:{n}", "x")
            client.set(f"page:{alice.pk}0:{n}", "not hers")
        client.hset(f"cart:{alice.pk}", mapping={"mug": "2"})
        client.hset("wishlists", mapping={str(alice.pk): "mug", "0": "not hers"})

        found = list(source.collect(alice, ASK))

        assert len(nodes) == 3
        assert len(found) == 302
        assert source.count(alice) == {"cart": 1, "page": 300, "wishlists": 1}
        assert source.erase(alice, ASK).erased == 302
        assert source.erase(alice, ASK).erased == 0
        assert len(list(client.scan_iter(count=1_000))) == 301
        assert source.health() == "PONG"
