"""A CouchDB for a module of tests, its documents, and a declaration to try on it."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from tasks.collector import Subject
from tasks.collector.sources import CouchSource
from tests import services
from tests.collector.redis_hosts import ASK

BY_OWNER = {"map": "function (doc) { if (doc.owner) { emit(doc.owner, null); } }", "reduce": "_count"}


@dataclass(frozen=True)
class Database:
    """A database, as somebody would use it who is not Dossier."""

    url: str
    name: str

    def ask(self, method: str, path: str = "", body: Any = None, *, kind: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/{self.name}{path}", data, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def put(self, *documents: dict[str, Any]) -> None:
        self.ask("POST", "/_bulk_docs", {"docs": list(documents)})

    def conflict(self, **version: Any) -> None:
        """Store a version that replication would bring from a copy: beside what is there."""
        self.ask("POST", "/_bulk_docs", {"docs": [version], "new_edits": False})

    def attach(self, document: str, name: str, content: bytes, kind: str) -> None:
        revision = self.ask("GET", f"/{quote(document, safe='')}")["_rev"]
        self.ask("PUT", f"/{quote(document, safe='')}/{quote(name, safe='')}?rev={revision}", content, kind=kind)

    def ids(self) -> list[str]:
        return [row["id"] for row in self.ask("GET", "/_all_docs")["rows"] if not row["id"].startswith("_design")]


@pytest.fixture(scope="module")
def couch_url() -> Iterator[str]:
    try:
        with services.couchdb() as url:
            yield url
    except services.Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture
def couch(couch_url: str) -> Iterator[Database]:
    """An empty database with a view of documents by owner."""
    database = Database(couch_url, "preferences")
    database.ask("PUT")
    database.put({"_id": "_design/people", "views": {"by_owner": BY_OWNER}})
    yield database
    database.ask("DELETE")


Declare = Callable[..., CouchSource]


def declared(url: str, **attributes: object) -> CouchSource:
    """An instance of a declaration, checked as the registry does."""
    given = {"key": "preferences", "url": url, "database": "preferences", **attributes}
    if not given.keys() & {"selector", "view", "documents"}:
        given["selector"] = {"owner": "{user.pk}"}
    source = type("PreferencePrivacy", (CouchSource,), given)()
    source.validate()
    return source


@pytest.fixture
def source(couch_url: str) -> CouchSource:
    """The declaration as it is without further words."""
    return declared(couch_url)


def collected(source: CouchSource, subject: Subject) -> dict[str, dict[str, Any]]:
    """What the source holds of somebody, by document."""
    return {item.key: dict(item.values) for item in source.collect(subject, ASK)}
