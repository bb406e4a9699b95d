"""How documents of a person are found in CouchDB: by Mango selector or by view, page by page, as ids.

Source: CouchDB 3.5, "/{db}/_find", "/{db}/_design/{ddoc}/_view/{view}".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tasks.collector.sources import placeholders
from tasks.collector.sources.couch_client import Couch
from tasks.collector.sources.placeholders import Person
from tasks.collector.subject import Subject
from tasks.datamap.vocabulary import Text
from tasks.errors import DeclarationError

PAGE = 1000  # ids that are asked for at once
DOT = re.compile(r"(?<!\\)\.")

Selector = Mapping[str, Any]


@dataclass(frozen=True)
class Find:
    """Documents that a Mango selector finds: ``Find({"owner": "{user.pk}"}, _("Preferences"))``.

    A function of the subject may stand in place of the selector.
    """

    selector: Selector | Callable[[Subject], Selector]
    title: Text = ""

    def unfit(self) -> str:
        given: Any = self.selector
        if not callable(given) and not isinstance(given, Mapping):
            return type(given).__name__
        found = [] if callable(given) else placeholders.names_in(given)
        return placeholders.unfit(found) if found or callable(given) else "a selector that names nobody"

    def searches(self, person: Person) -> Iterator["Search"]:
        if callable(self.selector):  # what it gives is filled already: a value in braces is no place
            yield from self._asked(self.selector(person.subject))
            return
        for values in person.each(dict.fromkeys(placeholders.names_in(self.selector))):
            yield Search(selector=placeholders.filled(self.selector, values))

    def _asked(self, selector: Any) -> Iterator["Search"]:
        if selector is None:
            return
        if not isinstance(selector, Mapping) or not selector:
            raise DeclarationError("selector: wanted a Mango selector or None from the function, found something else.")
        yield Search(selector=dict(selector))


@dataclass(frozen=True)
class View:
    """Documents that a view has under a key: ``View("people/by_email", "{email}", _("Reviews"))``."""

    name: str  # design document, slash, view
    key: Any
    title: Text = ""

    def unfit(self) -> str:
        if not isinstance(self.name, str) or not re.fullmatch(r"[^/]+/[^/]+", self.name):
            return f"{self.name!r}, which is not 'design/view'"
        found = placeholders.names_in(self.key)
        return placeholders.unfit(found) if found else "a key that names nobody"

    def searches(self, person: Person) -> Iterator["Search"]:
        for values in person.each(dict.fromkeys(placeholders.names_in(self.key))):
            yield Search(view=self.name, key=placeholders.filled(self.key, values))


Query = Find | View


@dataclass(frozen=True)
class Search:
    """A query that was filled for one person."""

    selector: dict[str, Any] = field(default_factory=dict, repr=False)
    view: str = ""
    key: Any = field(default=None, repr=False)

    def ids(self, couch: Couch, *, limit: int = PAGE) -> Iterator[list[str]]:
        """Pages of ids, each id once, no page empty.

        Raises:
            SourceFault: not what was asked for, or the same page again and again.
        """
        pages = self._in_view(couch, limit) if self.view else self._by_selector(couch, limit)
        seen: set[str] = set()
        for page in pages:
            fresh = [one for one in dict.fromkeys(page) if one not in seen]
            couch.want(fresh, "further documents on a further page")
            seen.update(fresh)
            yield fresh

    def agrees(self, document: Mapping[str, Any]) -> bool:
        """Whether a document is one that was asked for, as far as we can tell. CouchDB looks at the rest."""
        return agrees(document, self.selector)

    def _by_selector(self, couch: Couch, limit: int) -> Iterator[list[str]]:
        """By bookmark; by number where a server has none, as PouchDB's has not."""
        question: dict[str, Any] = {"selector": self.selector, "fields": ["_id"], "limit": limit}
        skip = 0
        while True:
            answer = couch.ask("POST", "_find", question)
            documents = answer.get("docs") if isinstance(answer, dict) else None
            couch.want(isinstance(documents, list), "{docs: [...]}")
            found = ids_of(couch, documents or [], "_id")
            if not found:
                return
            yield found
            if len(found) < limit:
                return
            skip += len(found)
            mark = answer.get("bookmark")
            question = {**question, **({"bookmark": mark} if mark and mark != "nil" else {"skip": skip})}

    def _in_view(self, couch: Couch, limit: int) -> Iterator[list[str]]:
        design, _, view = self.view.partition("/")
        path, skip = f"_design/{quote(design, safe='')}/_view/{quote(view, safe='')}", 0
        while True:
            question = {"key": self.key, "reduce": False, "limit": limit, "skip": skip}
            answer = couch.ask("POST", path, question)
            rows = answer.get("rows") if isinstance(answer, dict) else None
            couch.want(isinstance(rows, list), "{rows: [...]}")
            if not rows:
                return
            for row in rows:
                couch.want(isinstance(row, dict) and row.get("key") == self.key, "rows of the key that was asked for")
            yield ids_of(couch, rows, "id")
            if len(rows) < limit:
                return
            skip += len(rows)


def ids_of(couch: Couch, rows: list[Any], name: str) -> list[str]:
    for row in rows:
        couch.want(isinstance(row, dict) and isinstance(row.get(name), str), "documents with ids")
    return [row[name] for row in rows]


def agrees(document: Any, selector: Mapping[str, Any]) -> bool:
    """Whether what a selector says of equality holds. Its other operators are CouchDB's matter."""
    return all(_agrees(document, name, wanted) for name, wanted in selector.items())


def _agrees(document: Any, name: str, wanted: Any) -> bool:
    if name == "$and":
        return all(agrees(document, each) for each in wanted)
    if name == "$eq":
        return bool(document == wanted)
    if name.startswith("$"):
        return True
    for part in DOT.split(name):
        if isinstance(document, list):  # by a number, or not at all: CouchDB's matter
            return True
        if not isinstance(document, dict):
            return not_there(wanted)
        document = document.get(part.replace("\\.", "."))
    return agrees(document, wanted) if isinstance(wanted, Mapping) else bool(document == wanted)


def not_there(wanted: Any) -> bool:
    """Whether a condition may hold of a field that is not there: ``{"$exists": false}``."""
    return isinstance(wanted, Mapping) and all(str(name).startswith("$") and name != "$eq" for name in wanted)
