"""The complete answer for machines: one JSON file, written as a stream.

Its structure is published as ``assets/export.schema.json`` (JSON Schema 2020-12); terms are those of
the W3C Data Privacy Vocabulary. Source: GDPR art. 15(3), art. 20(1).
"""

from collections.abc import Iterator
from typing import Any

import orjson

from tasks import conf
from tasks.export.content import Content
from tasks.transform import FieldInfo, Record, Section, Value

SCHEMA = "https://dossier.example/schema/export-1.json"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "controller": "dpv:hasDataController",
    "subject": "dpv:hasDataSubject",
    "purposes": "dpv:hasPurpose",
    "legal_basis": "dpv:hasLegalBasis",
    "retention": "dpv:hasStorageCondition",
    "recipients": "dpv:hasRecipient",
    "origin": "dpv:hasDataSource",
}


def stream(content: Content, *, portable_only: bool = False) -> Iterator[bytes]:
    """The file in pieces. ``portable_only`` leaves just the fields of art. 20."""
    yield encoded(head(content, portable_only=portable_only))[:-1] + b',"categories":['
    category, first_section = None, True
    for section, records in content.grouped():
        infos = [(at, info) for at, info in enumerate(section.fields) if info.portable or not portable_only]
        if not infos and portable_only:
            continue
        if section.category["key"] != category:
            yield b"" if category is None else b"]},"
            yield encoded(section.category)[:-1] + b',"sections":['
            category, first_section = section.category["key"], True
        yield (b"" if first_section else b",") + encoded(section_head(section, infos))[:-1] + b',"records":['
        first_section = False
        for number, record in enumerate(records):
            yield (b"," if number else b"") + encoded(one(record, infos))
        yield b"]}"
    yield (b"]}" if category is not None else b"") + b"]}\n"


def head(content: Content, *, portable_only: bool) -> dict[str, Any]:
    """Everything before the categories."""
    about, house = content.about, conf.controller
    return {
        "$schema": SCHEMA,
        "@context": CONTEXT,
        "format": "dossier-export",
        "version": 1,
        "scope": "portable" if portable_only else "complete",
        "reference": about.reference,
        "language": about.language,
        "time_zone": about.time_zone,
        "requested_at": about.requested_at,
        "snapshot_at": about.snapshot_at,
        "answered_at": about.answered_at,
        "controller": {"name": house.name, "address": house.address, "email": house.email, "phone": house.phone},
        "data_protection_officer": {"name": house.dpo_name, "email": house.dpo_email},
        "subject": {"name": about.person_name, "contact": about.person_contact},
        "complete": about.complete,
        "incomplete_reason": about.incomplete_reason,
        "records": content.count,
        "sources": [vars(source) for source in about.sources],
        "searched_and_empty": [s.title for s in about.sources if s.state == "nothing"] + [
            section.title for chapter in content.chapters.values() for section in chapter.sections if not chapter.counts[section.key]
        ],
        "not_explained": [{"section": g.section, "field": g.field, "error": g.error} for g in content.gaps],
        "missing_files": [{"path": f.path, "error": f.error} for f in content.files if f.error],
    }


def section_head(section: Section, infos: list[tuple[int, FieldInfo]]) -> dict[str, Any]:
    """A section without its records."""
    return {
        "key": section.key,
        "source": section.source,
        "title": section.title,
        "described": section.described,
        "fields": [{"name": i.name, "label": i.label, "help": i.help, "kind": i.kind, "portable": i.portable} for _at, i in infos],
        "withheld": [{"name": name, "label": label, "reason": reason} for name, label, reason in section.withheld],
        "redacted": [{"name": name, "label": label, "shown": shown} for name, label, shown in section.third_party],
    }


def one(record: Record, infos: list[tuple[int, FieldInfo]]) -> dict[str, Any]:
    """A record: a value by itself where it reads as it is stored, else with how it reads."""
    return {
        "key": record.key,
        "title": record.title,
        "about_you": record.owned,
        "fields": {info.name: told(record.values[at]) for at, info in infos},
    }


def told(value: Value) -> Any:
    raw, display = value
    if raw is None and display == "":
        return None
    return raw if isinstance(raw, str) and raw == display else {"value": raw, "display": display}


def encoded(data: Any) -> bytes:
    return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
