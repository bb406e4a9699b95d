"""data.json: everything, for programs, with the context of art. 15(1) in terms of the W3C DPV. Streamed."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import orjson

from tasks import conf
from tasks.export.about import About
from tasks.export.book import Book, Chapter, Part
from tasks.export.completeness import is_complete, lacks, told
from tasks.export.shapes import lines, portion
from tasks.transform import FieldInfo

__all__ = ["is_complete", "schema", "write"]

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
GAP = ("label", "title", "field", "key", "reason", "category")


class Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


@cache
def schema() -> bytes:
    """The JSON Schema (2020-12) that the data file keeps to."""
    return (Path(__file__).parent / "assets" / "export-1.json").read_bytes()


def write(book: Book, about: About, out: Writer, *, portable_only: bool = False) -> None:
    """Write the data file; ``portable_only`` leaves what art. 20 gives to take along."""
    scope, lacking = "portable" if portable_only else "complete", {lack.category for lack in lacks(book)}
    out.write(open_end({**head(book, about), "scope": scope}) + b',\n"categories":[')
    chapters = [each for each in book.chapters if not portable_only or any(map(has_portable, each.parts))]
    for number, chapter in enumerate(chapters):
        facts = of_chapter(chapter, complete=chapter.key not in lacking)
        out.write((b",\n" if number else b"\n") + open_end(facts) + b',"sections":[')
        for place, part in enumerate(part for part in chapter.parts if not portable_only or has_portable(part)):
            out.write(b",\n" if place else b"\n")
            write_part(part, out, portable_only=portable_only)
        out.write(b"]}")
    out.write(b"]}\n")


def has_portable(part: Part) -> bool:
    return any(info.portable for info in part.section.fields)


def write_part(part: Part, out: Writer, *, portable_only: bool) -> None:
    """Write one section with its records, some at a time."""
    infos = [info for info in part.section.fields if info.portable or not portable_only]
    out.write(open_end(of_part(part, infos, portable_only=portable_only)) + b',"records":[')
    begun = False
    for piece in portable_pieces(part, infos) if portable_only else part.pieces():
        out.write((b",\n" if begun else b"\n") + piece[:-1].replace(b"\n", b",\n"))
        begun = True
    out.write(b"]}")


def portable_pieces(part: Part, infos: Sequence[FieldInfo]) -> Iterator[bytes]:
    """The lines of a section's records with these fields alone; a title that tells more than they do goes."""
    names = [info.name for info in infos]
    titled = set(part.section.title_fields) <= set(names)
    for some in part.shapes():
        yield lines(portion(shape, names, titled=titled) for shape in some)


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
            "data_map": about.data_map_version,
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
        "incomplete": told(book, about),
        "summary": {"records": book.count, "first_on": first, "last_on": last},
        "sources": [
            {"key": each.key, "title": str(each.title), "state": each.state, "count": each.count}
            for each in about.sources
        ],
        "nothing_found": book.nothing,
        "gaps": [{name: gap.get(name, "") for name in GAP} for gap in book.gaps],
    }


def of_chapter(chapter: Chapter, *, complete: bool) -> dict[str, Any]:
    """A category with its context."""
    context = {name: value for name, value in chapter.context.items() if name not in ("key", "title", "order")}
    return {
        "key": chapter.key,
        "title": chapter.title,
        "described": chapter.described,
        "complete": complete,
        "count": chapter.count,
        "context": context,
    }


def of_part(part: Part, infos: Sequence[FieldInfo], *, portable_only: bool) -> dict[str, Any]:
    """A section without its records."""
    section, names = part.section, {info.name for info in infos}
    lines = [line for line in part.lines if line.field in names or not portable_only]
    return {
        "key": section.key,
        "title": section.title,
        "source": section.source,
        "described": section.described,
        "count": part.count,
        "first_on": part.first,
        "last_on": part.last,
        "summary": {
            "words": part.words,
            "lines": [{"name": n, "label": label, "value": raw, "display": words} for n, label, raw, words in lines],
        },
        "context": section.context,
        "order": list(section.ordering),
        "group_by": section.group_by,
        "fields": [vars(info) | {"computed": info.name in section.computed} for info in infos],
        "withheld": [{"name": n, "label": label, "reason": why} for n, label, why in section.withheld],
        "redacted": [{"name": n, "label": label, "shown": shown} for n, label, shown in section.third_party],
        "covered": [{"key": k, "name": n, "label": label, "reason": why} for k, n, label, why in section.redacted],
    }
