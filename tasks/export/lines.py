"""Explained records as lines of JSON: how a snapshot holds them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import orjson

from tasks.transform import Explained, FieldInfo, FileRef, Gap, Record, Section, Value


def dump(items: Iterable[Explained]) -> Iterator[bytes]:
    """One line per section, record and gap. The same items give the same bytes."""
    for item in items:
        if isinstance(item, Record):
            files = [[f.label, f.field, f.name] for f in item.files]
            yield encoded(["r", item.key, item.title, item.owned, item.values, files])
        elif isinstance(item, Section):
            yield encoded(["s", asdict(item)])
        else:
            yield encoded(["g", item.section, item.field, item.error])


def encoded(line: Any) -> bytes:
    """One line. Integers beyond 64 bits, which JSON parsers mangle, become text."""
    return orjson.dumps(line, default=plain, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS)


def plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else str(value)


def load(lines: Iterable[bytes]) -> Iterator[Explained]:
    """What ``dump`` was given."""
    for line in lines:
        kind, *rest = orjson.loads(line)
        if kind == "r":
            key, title, owned, values, files = rest
            yield Record(key, title, tuple(Value(*v) for v in values), owned, tuple(FileRef(*f) for f in files))
        elif kind == "s":
            yield section(rest[0])
        else:
            yield Gap(*rest)


def section(data: dict[str, Any]) -> Section:
    """A section from its line."""
    return Section(
        **{
            **data,
            "fields": tuple(FieldInfo(**info) for info in data["fields"]),
            "withheld": tuple(tuple(entry) for entry in data["withheld"]),
            "third_party": tuple(tuple(entry) for entry in data["third_party"]),
        }
    )
