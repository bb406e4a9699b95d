"""data.json: everything, for programs, with the context of art. 15(1) in terms of the W3C DPV. Streamed."""

from functools import cache
from pathlib import Path
from typing import Any, Protocol

import orjson

from tasks import conf
from tasks.export.about import About
from tasks.export.book import Book, Chapter, Entry, Part
from tasks.transform import FieldInfo

SCHEMA = "https://dossier.example/schema/export-1.json"
FORMAT = "dossier-export/1"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "purposes": "dpv:hasPurpose",
    "legal_basis": "dpv:hasLegalBasis",
    "retention": "dpv:hasStorageCondition",
    "recipients": "dpv:hasRecipient",
    "origin": "dpv:hasDataSource",
    "controller": "dpv:hasDataController",
    "person": "dpv:hasDataSubject",
    "term": "@type",
    "title": "dct:title",
    "description": "dct:description",
}


Fields = list[tuple[int, FieldInfo]]


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


@cache
def schema() -> bytes:
    """The JSON Schema (2020-12) that the data file keeps to."""
    return (Path(__file__).parent / "assets" / "export-1.json").read_bytes()


def write(book: Book, about: About, out: Writer, *, portable_only: bool = False) -> None:
    """Write the data file; ``portable_only`` leaves what art. 20 gives to take along."""
    scope = "portable" if portable_only else "complete"
    out.write(open_end({**head(book, about), "scope": scope}) + b',\n"categories":[')
    chapters = [each for each in book.chapters if not portable_only or any(map(has_portable, each.parts))]
    for number, chapter in enumerate(chapters):
        out.write((b",\n" if number else b"\n") + open_end(of_chapter(chapter)) + b',"sections":[')
        for place, part in enumerate(part for part in chapter.parts if not portable_only or has_portable(part)):
            out.write(b",\n" if place else b"\n")
            write_part(part, out, portable_only=portable_only)
        out.write(b"]}")
    out.write(b"]}\n")


def has_portable(part: Part) -> bool:
    return any(info.portable for info in part.section.fields)


def write_part(part: Part, out: Writer, *, portable_only: bool) -> None:
    """Write one section with its records."""
    infos = [(place, info) for place, info in enumerate(part.section.fields) if info.portable or not portable_only]
    out.write(open_end(of_part(part, infos)) + b',"records":[')
    for number, entry in enumerate(part.records()):
        out.write((b",\n" if number else b"\n") + orjson.dumps(of_entry(entry, infos)))
    out.write(b"]}")


def open_end(data: dict[str, Any]) -> bytes:
    """An object without its closing brace, so that more can follow."""
    return orjson.dumps(data)[:-1]


def head(book: Book, about: About) -> dict[str, Any]:
    """What the file says about itself."""
    first, last = book.period
    return {
        "$schema": SCHEMA,
        "@context": CONTEXT,
        "format": FORMAT,
        "request": {
            "reference": about.reference,
            "kind": about.kind,
            "language": about.language,
            "time_zone": str(about.zone),
            "requested_at": about.requested_at.astimezone(about.zone).isoformat(),
            "snapshot_at": about.snapshot_at.astimezone(about.zone).isoformat(),
            "answered_at": about.answered_at.astimezone(about.zone).isoformat(),
            "reviewed_by": about.reviewed_by,
            "only_categories": list(about.categories),
        },
        "person": {"name": about.person_name, "contact": about.person_contact},
        "controller": {
            "name": conf.controller.name,
            "address": conf.controller.address,
            "email": conf.controller.email,
            "phone": conf.controller.phone,
            "dpo": {"name": conf.controller.dpo_name, "email": conf.controller.dpo_email},
            "authority": {
                "name": conf.controller.authority,
                "address": conf.controller.authority_address,
                "url": conf.controller.authority_url,
            },
        },
        "complete": is_complete(book, about),
        "incomplete": {
            "reason": about.incomplete_reason,
            "sources": [{"key": each.key, "title": each.title} for each in about.failed],
        },
        "summary": {"records": book.count, "first_on": first, "last_on": last},
        "sources": [
            {"key": each.key, "title": str(each.title), "state": each.state, "count": each.count}
            for each in about.sources
        ],
        "nothing_found": book.nothing,
        "gaps": book.gaps,
    }


def is_complete(book: Book, about: About) -> bool:
    """Whether every source was searched and answered."""
    return not (about.failed or about.incomplete_reason or book.unsearched)


def of_chapter(chapter: Chapter) -> dict[str, Any]:
    """A category with its context."""
    context = {name: value for name, value in chapter.context.items() if name not in ("key", "title", "order")}
    return {
        "key": chapter.key,
        "title": chapter.title,
        "described": chapter.described,
        "count": chapter.count,
        "context": context,
    }


def of_part(part: Part, infos: Fields) -> dict[str, Any]:
    """A section without its records."""
    section = part.section
    return {
        "key": section.key,
        "title": section.title,
        "source": section.source,
        "described": section.described,
        "count": part.count,
        "first_on": part.first,
        "last_on": part.last,
        "context": section.context,
        "fields": [vars(info) for _place, info in infos],
        "withheld": [{"name": n, "label": label, "reason": why} for n, label, why in section.withheld],
        "redacted": [{"name": n, "label": label, "shown": shown} for n, label, shown in section.third_party],
    }


def of_entry(entry: Entry, infos: Fields) -> dict[str, Any]:
    """A record: each value as it is, or with its words where these differ."""
    values = {}
    for place, info in infos:
        raw, display = entry.values[place]
        values[info.name] = {"value": raw, "display": display} if differs(raw, display) else raw
    data = {"key": entry.key, "title": entry.title, "yours": entry.owned, "values": values}
    names = {info.name for _place, info in infos}
    if files := [file for file in entry.files if file[0] in names]:
        data["files"] = [{"field": f, "stored_as": n, "size": s, "sha256": h} for f, n, s, h in files]
    return data


def differs(raw: Any, display: str) -> bool:
    """Whether the words say anything that the stored value does not."""
    if raw is None:
        return bool(display)
    return isinstance(raw, (bool, dict, list)) or str(raw) != display
