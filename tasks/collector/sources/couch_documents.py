"""Documents of CouchDB: fetched with all their conflicting versions, changed and deleted many at a time.

Source: CouchDB 3.5, "/{db}/_all_docs", "/{db}/_bulk_get", "/{db}/_bulk_docs".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.collector.sources.couch_client import Couch
from tasks.collector.sources.couch_queries import Search
from tasks.collector.sources.http_client import AnswerTooLarge
from tasks.errors import SourceFault

AT_ONCE = 50  # documents


@dataclass(frozen=True)
class Document:
    """A document and what of it is in conflict: CouchDB keeps every version that copies did not agree on."""

    id: str = field(repr=False)
    winner: dict[str, Any] = field(repr=False)
    others: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def revisions(self) -> list[str]:
        return [version["_rev"] for version in (self.winner, *self.others)]

    def fields(self) -> dict[str, Any]:
        """What people put there: CouchDB's own fields begin with an underscore."""
        return own(self.winner)


def own(version: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in version.items() if not name.startswith("_")}


def documents(couch: Couch, ids: Iterable[str], search: Search) -> Iterator[Document]:
    """Those of the documents that are still there, some at a time, with the versions that ``search`` is about.

    Raises:
        SourceFault: documents that nobody asked for.
    """
    asked = list(ids)
    for start in range(0, len(asked), AT_ONCE):
        yield from _documents(couch, asked[start : start + AT_ONCE], search)


def _documents(couch: Couch, ids: Sequence[str], search: Search) -> Iterator[Document]:
    try:
        found = fetched(couch, ids)
        others = conflicting(couch, found)
    except AnswerTooLarge:
        if len(ids) == 1:
            raise
        half = len(ids) // 2
        yield from _documents(couch, ids[:half], search)
        yield from _documents(couch, ids[half:], search)
        return
    for winner in found:
        couch.want(search.agrees(winner), "documents that the selector finds")
        versions = (each for each in others.get(winner["_id"], ()) if search.agrees(each))
        yield Document(winner["_id"], winner, tuple(versions))


def fetched(couch: Couch, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The documents by their ids, without those that are gone."""
    answer = couch.ask("POST", "_all_docs?include_docs=true&conflicts=true", {"keys": list(ids)})
    rows = answer.get("rows") if isinstance(answer, dict) else None
    couch.want(isinstance(rows, list) and all(isinstance(row, dict) for row in rows), "{rows: [...]}")
    found = [row["doc"] for row in rows or [] if isinstance(row.get("doc"), dict)]
    for document in found:
        couch.want(document.get("_id") in ids and isinstance(document.get("_rev"), str), "the documents asked for")
    return found


def conflicting(couch: Couch, found: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The other versions of those documents that are in conflict, by id."""
    wanted = [{"id": one["_id"], "rev": rev} for one in found for rev in one.get("_conflicts") or ()]
    if not wanted:
        return {}
    answer = couch.ask("POST", "_bulk_get", {"docs": wanted})
    results = answer.get("results") if isinstance(answer, dict) else None
    couch.want(isinstance(results, list) and all(isinstance(one, dict) for one in results), "{results: [...]}")
    versions: dict[str, list[dict[str, Any]]] = {}
    for result in results or []:
        for each in result.get("docs") or ():
            version = each.get("ok") if isinstance(each, dict) else None
            if isinstance(version, dict) and not version.get("_deleted"):
                couch.want(isinstance(version.get("_rev"), str), "versions with revisions")
                versions.setdefault(str(result.get("id")), []).append(version)
    return versions


def tombstones(document: Document) -> list[dict[str, Any]]:
    """What deletes every version of a document: otherwise one that lost would come up again."""
    return [{"_id": document.id, "_rev": revision, "_deleted": True} for revision in document.revisions]


def write(couch: Couch, changes: Sequence[dict[str, Any]]) -> list[bool]:
    """Send the changes together; which of them were taken. Those in conflict were not, and are to be looked at anew.

    Raises:
        SourceFault: CouchDB refuses one for another reason: a validate_doc_update.
    """
    if not changes:
        return []
    answer = couch.ask("POST", "_bulk_docs", {"docs": list(changes)})
    couch.want(isinstance(answer, list) and len(answer) == len(changes), "an answer for each change")
    for change, result in zip(changes, answer, strict=True):
        couch.want(
            isinstance(result, dict) and result.get("id") == change["_id"], "answers in the order of the changes"
        )
        if "error" in result and result["error"] != "conflict":
            raise SourceFault(f"{couch.who}: CouchDB refuses to change a document. Look at validate_doc_update.")
    return [bool(result.get("ok") or ("rev" in result and "error" not in result)) for result in answer]
