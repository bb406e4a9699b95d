"""The examples of Redis and CouchDB in docs/sources.md can be copied."""

import re
from pathlib import Path
from typing import Any

import pytest

from tasks import datamap
from tests.collector.redis_hosts import ASK

pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ

GUIDE = Path(__file__).parents[2] / "docs" / "sources.md"


def example(heading: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The first example under a heading, as the registry would take it."""
    taken: list[Any] = []
    monkeypatch.setattr(datamap, "register_source", lambda declaration: taken.append(declaration) or declaration)
    chapter = GUIDE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    [code] = re.findall(r"^```python\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL)
    exec(compile(code, str(GUIDE), "exec"), {})
    source = taken[0]()
    source.validate()
    return source


def test_the_example_of_redis(server, redis_url, alice, settings, monkeypatch):
    settings.SHOP_REDIS_URL = redis_url
    source = example("Redis", monkeypatch)
    server.hset(f"cart:{alice.pk}", "mug", 2)
    server.set("session:TOKEN:alice@example.com", "x")
    server.hset("votes", f"{alice.pk}:tea", "yes")
    server.zadd("leaderboard:2026", {str(alice.pk): 3})

    assert source.count(alice) == {"cart": 1, "session": 1, "wishlists": 0, "votes": 1, "leaderboard": 1}
    assert source.erase(alice, ASK).erased == 4


def test_the_example_of_couchdb(couch, couch_url, alice, settings, monkeypatch):
    settings.SHOP_COUCHDB_URL = couch_url
    source = example("CouchDB", monkeypatch)
    searches = {"map": "function (doc) { if (doc.type === 'search') { emit(doc.customer, null); } }"}
    display = {"type": "display", "customer": alice.pk, "theme": "dark"}
    couch.put(
        {"_id": "_design/customers", "views": {"searches": searches}},
        {"_id": "a", **display, "shared": True},
        {"_id": "b", **display},
        {"_id": "c", "type": "search", "customer": alice.pk},
    )

    assert source.count(alice) == {"display": 2, "searches": 1}
    outcome = source.erase(alice, ASK)

    assert (outcome.erased, outcome.changed) == (2, 1)
    assert couch.ids() == ["a"]
