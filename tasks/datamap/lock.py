"""The accepted map: written down beside the code, compared with what the code says now.

Data protection reviews what changed and not the whole; a project that begins late begins from where it is.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from tasks import conf
from tasks.datamap.inventory import FORMAT, Data, inventory
from tasks.errors import DeclarationError

NAME = "datamap.lock.json"


@dataclass(frozen=True)
class Change:
    """One difference: ``kind`` is ``new``, ``removed`` or ``changed``."""

    kind: str
    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}" if self.detail else self.what


def place() -> Path:
    """Where the accepted map is: ``DOSSIER["map_lock"]``, else beside the host's ``manage.py``."""
    return Path(conf.map_lock) if conf.map_lock else Path(getattr(settings, "BASE_DIR", Path.cwd())) / NAME


def accept() -> Path:
    """Write the map as it is now; what is open in it counts as known from here on."""
    path = place()
    path.write_text(json.dumps(inventory(), indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def accepted() -> Data | None:
    """The map as it was accepted, or None where none was.

    Raises:
        DeclarationError: the file is no accepted map.
    """
    path = place()
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise wrong(path) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("models"), dict):
        raise wrong(path)
    return data


def wrong(path: Path) -> DeclarationError:
    return DeclarationError(f"{path}: wanted a map written by 'manage.py datamap accept', found something else.")


def diff(before: Data, now: Data) -> list[Change]:
    """What changed between two maps, new things first."""
    found: list[Change] = []
    for noun, kind in (("model", "models"), ("exemption", "exempt"), ("source", "sources"), ("sweep", "sweeps")):
        found += parts(
            noun, before.get(kind, {}), now.get(kind, {})
        )  # maps of earlier versions have no sources and no sweeps
    for kind in ("models", "sources"):
        old, new = before.get(kind, {}), now.get(kind, {})
        for label in sorted(old.keys() & new.keys()):
            found += inside(label, old[label], new[label])
    found += altered("sweep", before.get("sweeps", {}), now.get("sweeps", {}))
    order = ("new", "removed", "changed")
    return sorted(found, key=lambda change: order.index(change.kind))


def parts(noun: str, before: Data, now: Data) -> Iterator[Change]:
    """Whole entries that came or went."""
    for label in sorted(now.keys() - before.keys()):
        yield Change("new", f"{noun} `{label}`", detail(now[label]))
    for label in sorted(before.keys() - now.keys()):
        yield Change("removed", f"{noun} `{label}`")


def altered(noun: str, before: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    """Entries of one line that say something else than before."""
    for label in sorted(label for label in before.keys() & now.keys() if before[label] != now[label]):
        yield Change("changed", f"{noun} `{label}`", f"{before[label]} → {now[label]}")


def detail(entry: Any) -> str:
    """A new entry in a few words."""
    if not isinstance(entry, dict):
        return str(entry)
    if "ties" not in entry:  # a source
        sections = ", ".join(entry["sections"]) or "none"
        return f"category {entry['category']}, asked by {entry['kind']}; sections: {sections}; {entry['erasure']}"
    said = f"category {entry['category']}" if entry["described"] else "not described yet"
    ties = "; ".join(entry["ties"]) or "no tie to a person"
    return f"{len(entry['fields'])} fields, {said}; {ties}"


def inside(label: str, before: Data, now: Data) -> Iterator[Change]:
    """What changed within one model or source."""
    yield from members(label, "field", before["fields"], now["fields"])
    yield from members(label, "section", before.get("sections", {}), now.get("sections", {}))
    yield from members(label, "question", before.get("asks", {}), now.get("asks", {}))
    old, new = (dict.fromkeys(entry.get("ties", ()), "") for entry in (before, now))
    yield from members(label, "relation", old, new)
    for name in sorted((before.keys() | now.keys()) - {"fields", "ties", "sections", "asks"}):
        if before.get(name) != now.get(name):
            yield Change("changed", f"{name} of `{label}`", f"{words(before.get(name))} → {words(now.get(name))}")


def members(label: str, noun: str, before: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for name in sorted(now.keys() - before.keys()):
        yield Change("new", f"{noun} `{label}`: `{name}`", now[name])
    for name in sorted(before.keys() - now.keys()):
        yield Change("removed", f"{noun} `{label}`: `{name}`")
    for name in sorted(name for name in before.keys() & now.keys() if before[name] != now[name]):
        yield Change("changed", f"{noun} `{label}`: `{name}`", f"{before[name]} → {now[name]}")


def words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "nothing" if value in (None, "") else str(value)


def report(changes: list[Change]) -> Iterator[str]:
    """The changes as a comment on a pull request reads them."""
    if not changes:
        yield "The data map is as it was accepted."
        return
    yield "### The data map has changed"
    for kind, title in (("new", "New"), ("removed", "Removed"), ("changed", "Changed")):
        if some := [change for change in changes if change.kind == kind]:
            yield from ("", f"**{title}**", "", *(f"- {change}" for change in some))
    yield ""
    yield "Classify what is new in a privacy.py, have it reviewed, then run `manage.py datamap accept`."
