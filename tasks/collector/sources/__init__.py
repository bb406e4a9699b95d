"""Adapters to places beyond the database. Each imports its own client library, so each comes when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.collector.sources.couchdb import CouchSource, Find, View
    from tasks.collector.sources.http import HttpSource
    from tasks.collector.sources.redis import HashField, Member, RedisSource

__all__ = ["CouchSource", "Find", "HashField", "HttpSource", "Member", "RedisSource", "View"]

_HOMES = {
    "CouchSource": "couchdb",
    "Find": "couchdb",
    "HashField": "redis",
    "HttpSource": "http",
    "Member": "redis",
    "RedisSource": "redis",
    "View": "couchdb",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
