"""CouchDB as a source: documents by selector or view, attachments as files, deletion of every version.

Source: CouchDB 3.5, "API Reference"; "Replication and conflict model".
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from tasks.collector.sources.couch_client import Couch
from tasks.collector.sources.couch_documents import AT_ONCE, Document, documents, own, tombstones, write
from tasks.collector.sources.couch_queries import Find, Query, Search, Selector, View
from tasks.collector.sources.http_client import client_library
from tasks.collector.sources.personal import PersonalSource, check_port
from tasks.collector.subject import Subject
from tasks.datamap.stores import Ask, Content, Item, Outcome
from tasks.datamap.strategies import Keep
from tasks.errors import SourceFault, SourceUnavailable

__all__ = ["CouchSource", "Find", "View"]

TRIES = 5
NOTE = _(
    "CouchDB keeps an empty marker with the id of each deleted document, so that copies learn of it. What the "
    "documents said before leaves its disk with the next compaction; “_purge” takes the markers away, too."
)


class CouchSource(PersonalSource):
    """What a CouchDB database holds about people.

    ``selector`` (Mango), or ``view`` and ``view_key``, find the person's documents; ``documents`` names several
    such queries, each a section of its own. A query finds the winning version of a document; its other versions
    are collected and erased with it.
    """

    url = ""  # https://user:password@host:6984
    database = ""
    asks = ("selector", "view", "view_key", "documents")
    selector: Selector | Callable[[Subject], Selector] | None = None  # {"owner": "{user.pk}"}
    view = ""  # "people/by_email"
    view_key: Any = ""  # "{email}"
    documents: Mapping[str, Query] = {}  # section -> Find(…) or View(…)
    ca_file = ""  # of a certificate authority of your own
    max_bytes = 16 << 20  # the largest answer; pages are cut until they fit

    def anonymise(self, document: dict[str, Any]) -> Mapping[str, Any] | None:
        """What an erasure leaves of a document, which must not lead to the person; None deletes it.

        Attachments go, unless ``_attachments`` is given back.
        """
        return None

    # --- what a source is asked

    def count(self, subject: Subject) -> dict[str, int]:
        """Documents per section, of which only the ids are fetched."""
        found = dict.fromkeys(self._queries(), 0)
        for section, _search, ids in self._found(subject):
            found[section] += len(ids)
        return found

    def collect(self, subject: Subject, ask: Ask) -> Iterator[Item]:
        """Every document, its attachments as files, versions in conflict beside it."""
        couch = self._couch()
        for section, search, ids in self._found(subject):
            for document in documents(couch, ids, search):
                yield Item(document.id, self._values(couch, document), section)

    def erase(self, subject: Subject, ask: Ask) -> Outcome:
        """Delete or anonymise every document. Run again it goes on, and counts only what was still there."""
        if ask.dry_run or isinstance(self.erasure, Keep):
            return self._left(sum(self.count(subject).values()))
        couch, person, gone, changed = self._couch(), self._person(subject), 0, 0
        for query in self._queries().values():
            for search in query.searches(person):
                here = Erasing(couch, search, self.anonymise).run()
                gone, changed = gone + len(here.gone), changed + len(here.changed)
        return Outcome(erased=gone, changed=changed, notes=(NOTE,) if gone or changed else ())

    def health(self) -> str:
        """ "ok", where the database is there and lets us in."""
        couch = self._couch()
        answer = couch.ask("GET")
        couch.want(isinstance(answer, dict) and "db_name" in answer, "facts about the database")
        return "ok"

    # --- what it says

    def validate(self) -> None:
        """Check what the class says.

        Raises:
            DeclarationError: app, class, attribute, wanted, found.
        """
        super().validate()
        client_library()
        if not str(self.url).startswith(("http://", "https://")):
            raise self.wrong("url", "http:// or https://", "another text" if self.url else "none")
        check_port(self)
        if not self.database or "/" in str(self.database):
            raise self.wrong("database", "the name of a database", repr(self.database))
        queries = self._queries()
        if not queries:
            raise self.wrong("selector", "a Mango selector, a view with its key, or documents={…}", "none")
        for query in queries.values():
            if not isinstance(query, Find | View):
                raise self.wrong("documents", "Find(…) or View(…)", type(query).__name__)
            if why := query.unfit():
                raise self.wrong("selector" if isinstance(query, Find) else "view", "{user.pk} or {email} in it", why)
        headings = {section: query.title for section, query in queries.items() if section and query.title}
        self.sections = {**headings, **self.sections}

    def _queries(self) -> dict[str, Query]:
        own_query: dict[str, Query] = {}
        if self.view:
            own_query[""] = View(self.view, self.view_key)
        elif (selector := self._selector()) is not None:
            own_query[""] = Find(selector)
        return {**own_query, **self.documents}

    def _selector(self) -> Selector | Callable[[Subject], Selector] | None:
        """The selector as it was written: ``lambda subject: …`` in a class body takes no self."""
        written = inspect.getattr_static(self, "selector")
        if inspect.isfunction(written) and len(inspect.signature(written).parameters) == 1:
            return written
        return self.selector

    # --- how it is asked

    def _couch(self) -> Couch:
        return Couch(self.key, self.url, quote(self.database, safe=""), self.timeout, self.max_bytes, self.ca_file)

    def _found(self, subject: Subject) -> Iterator[tuple[str, Search, list[str]]]:
        """Pages of ids with their section and the search that found them, each id once."""
        couch, person = self._couch(), self._person(subject)
        seen: set[str] = set()
        for section, query in self._queries().items():
            for search in query.searches(person):
                for page in search.ids(couch):
                    fresh = [one for one in page if one not in seen]
                    seen.update(fresh)
                    yield section, search, fresh

    def _values(self, couch: Couch, document: Document) -> dict[str, Any]:
        values = document.fields()
        files = [self._file(couch, document, name, stub) for name, stub in stubs(couch, document)]
        if files:
            values["_attachments" if "attachments" in values else "attachments"] = files
        if document.others:
            values["_conflicts" if "versions" in values else "versions"] = [own(each) for each in document.others]
        return values

    def _file(self, couch: Couch, document: Document, name: str, stub: dict[str, Any]) -> Content:
        path = f"{quote(document.id, safe='')}/{quote(name, safe='')}?rev={quote(document.winner['_rev'])}"
        size = stub["length"]
        return Content(
            name,
            lambda: couch.download(path, size=size, seconds=self.time_limit),
            size,
            str(stub.get("content_type") or ""),
        )


def stubs(couch: Couch, document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and facts of each attachment."""
    attachments = document.winner.get("_attachments") or {}
    couch.want(isinstance(attachments, dict), "attachments by name")
    for name, stub in attachments.items():
        length = stub.get("length") if isinstance(stub, dict) else None
        couch.want(type(length) is int and length >= 0, "attachments with their length")
        yield name, stub


class Erasing:
    """The documents of one search, taken from its first page until there is none."""

    def __init__(self, couch: Couch, search: Search, anonymise: Callable[[dict[str, Any]], Any]) -> None:
        self.couch, self.search, self.anonymise = couch, search, anonymise
        self.gone: set[str] = set()
        self.changed: set[str] = set()

    def run(self) -> "Erasing":
        """Go on as long as there are documents and some of them go.

        Raises:
            SourceUnavailable: they change as fast as we delete them.
            SourceFault: what ``anonymise`` left still leads to the person.
        """
        idle = 0
        while page := next(self.search.ids(self.couch), None):
            if self.changed.intersection(page):
                raise SourceFault(
                    f"{self.couch.who}.anonymise: wanted documents that do not lead to the person any more."
                )
            taken = [self._some(page[start : start + AT_ONCE]) for start in range(0, len(page), AT_ONCE)]
            idle = 0 if any(taken) else idle + 1
            if idle == TRIES:
                raise SourceUnavailable(f"{self.couch.who}: documents change as fast as we delete them. We try again.")
        return self

    def _some(self, ids: list[str]) -> int:
        """Write some of a page; how many changes were taken."""
        found = list(documents(self.couch, ids, self.search))
        kept = {each.id: left for each in found if (left := self._left(each)) is not None}
        changes = [change for each in found for change in self._changes(each, kept)]
        taken = write(self.couch, changes)
        for change, ok in zip(changes, taken, strict=True):
            if ok and change["_id"] in kept:
                self.changed.add(change["_id"])
            elif ok:
                self.gone.add(change["_id"])
        return sum(taken)

    def _left(self, document: Document) -> dict[str, Any] | None:
        left = self.anonymise({**document.winner})
        self.couch.want(left is None or isinstance(left, Mapping), "a mapping or None from anonymise(), not")
        return None if left is None else {**left, "_id": document.id, "_rev": document.winner["_rev"]}

    def _changes(self, document: Document, kept: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        if document.id not in kept:
            return tombstones(document)
        return [kept[document.id], *tombstones(document)[1:]]  # the versions that lost go
