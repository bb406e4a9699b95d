"""Answers in the three forms of the protocol, in the words of the person's language."""

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

JSON, NDJSON, ZIP = "application/json", "application/x-ndjson", "application/zip"
Record = tuple[str, dict[str, Any]]

WORDS = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))


def as_json(records: Iterable[Record], language: str) -> bytes:
    """One document, files in base64 within it: for a few records."""
    told = [_record(section, row, language, _inline) for section, row in records]
    return json.dumps({"about": WORDS["about"], "records": told}, ensure_ascii=False).encode()


def as_lines(records: Iterable[Record], language: str) -> Iterator[bytes]:
    """Lines, one record each, without the last one, which the server signs."""
    yield _line({"about": WORDS["about"]})
    for section, row in records:
        yield _line(_record(section, row, language, _inline))


def as_zip(records: Iterable[Record], language: str) -> bytes:
    """records.ndjson, and each file below files/."""
    buffer, count = io.BytesIO(), 0
    files: dict[str, bytes] = {}

    def packed(name: str, content: bytes) -> dict[str, str]:
        path = f"files/{len(files) + 1}-{name}"
        files[path] = content
        return {"path": path}

    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = [_line({"about": WORDS["about"]})]
        for section, row in records:
            lines.append(_line(_record(section, row, language, packed)))
            count += 1
        archive.writestr("records.ndjson", b"".join([*lines, _line({"end": {"records": count}})]))
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def outcome(done: dict[str, Any], reference: str) -> bytes:
    """What an erasure came to."""
    kept = [{"count": done["kept"], "because": WORDS["tax_law"], "until": done["until"]}] if done["kept"] else []
    told = {"erased": done["erased"], "changed": done["changed"], "kept": kept, "notes": [], "reference": reference}
    return json.dumps(told, ensure_ascii=False).encode()


def _inline(name: str, content: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(content).decode()}


def _record(section: str, row: dict[str, Any], language: str, file: Any) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name != "id"}
    if "reason" in values:
        named = WORDS["reasons"][values["reason"]]
        values["reason"] = named.get(language, named["en"])
    if values.get("card"):
        told = {"name": "card.svg", "media_type": "image/svg+xml", **file("card.svg", values["card"])}
        values["card"] = {"$file": told}
    return {"key": f"{section}-{row['id']}", "section": section, "values": values}


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
