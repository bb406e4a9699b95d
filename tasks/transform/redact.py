"""What the office covers by hand: a value, with its reason, gone from everything that is said of its record.

Source: GDPR art. 15(4).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from tasks.transform.block import Block
from tasks.transform.cells import told
from tasks.transform.records import Gap, Line, Record, Section, Summary, Value
from tasks.transform.summary import Days
from tasks.transform.text import shown

Item = Section | Block | Summary | Gap
SHORTEST = 4  # characters of a covered text that is looked for elsewhere in its record
ANY = "*"


class Redaction(NamedTuple):
    """One value that is not given out: of the record ``key`` of the model ``label``, and why.

    Without a ``field`` the whole record is covered. ``reason`` is printed.
    """

    label: str
    key: str
    field: str
    reason: str


def apply(items: Iterable[Item], redactions: Iterable[Redaction]) -> Iterator[Item]:
    """Yield ``items`` with what was covered by hand gone from them, in the active language.

    Each value becomes words with the reason. So do computed fields that are made from it (those that
    name no columns: all of the record), words about the record elsewhere that may tell it, and sums.
    Its text is taken out of the other fields of the record; title and sentence that told it go.
    """
    redactor, section = Redactor(redactions), None
    for item in items:
        if isinstance(item, Block) and section is not None:
            yield Block.of((redactor.record(section, each) for each in item), owned=item.owned)
        elif isinstance(item, Section):
            section = redactor.section(item)
            yield section
        elif isinstance(item, Summary) and section is not None:
            yield redactor.summary(section, item)
        else:
            yield item


class Redactor:
    """Applies redactions to one section after the other; for whoever reads records in their own way."""

    def __init__(self, redactions: Iterable[Redaction]) -> None:
        self._of: dict[tuple[str, str], dict[str, str]] = {}
        for each in redactions:
            self._of.setdefault((each.label, each.key), {})[each.field] = each.reason
        self._labels = {label for label, _key in self._of}
        self._fields = {(label, name) for (label, _key), fields in self._of.items() for name in fields}
        self._days: Days | None = None

    def section(self, section: Section) -> Section:
        """The section with the list of what is covered in it."""
        self._days = Days(section) if self._hits(section, section.moment) else None
        labels = {info.name: info.label for info in section.fields}
        found = [
            (self._key(section, key), name, labels.get(name, name), shown(reason))
            for (label, key), fields in self._of.items()
            if label == section.key
            for name, reason in fields.items()
        ]
        return replace(section, redacted=tuple(found)) if found else section

    def concerns(self, section: Section) -> bool:
        """Whether anything of the section's records may have to be covered."""
        labels = {ANY, *self._labels}
        return section.key in labels or any(
            target[0] in labels or any(f"{of}.{name}" in target[1:] for of, name in self._fields)
            for target in section.targets.values()
        )

    def touches(self, section: Section, record: Record) -> bool:
        """Whether anything of ``record`` has to be covered."""
        return (section.key, record.key) in self._of or bool(self._references(section, record))

    def record(self, section: Section, record: Record) -> Record:
        """The record without what is covered."""
        fields = self._of.get((section.key, record.key), {})
        reasons = covered_places(section, fields) | self._references(section, record)
        if reasons:
            reasons |= computed_places(section, {section.fields[place].name for place in reasons}, reasons)
            record = without(section, record, reasons)
        if fields:
            record = record._replace(key=self._key(section, record.key))
        if self._days is not None:
            self._days.saw([[told(value)] for value in record.values])
        return record

    def _key(self, section: Section, key: str) -> str:
        """The record's key, or a number in its place where the key itself is what was covered."""
        fields = self._of[section.key, key]
        if fields.keys() & set(section.key_fields) or ("" in fields and not key.isdigit()):
            return f"#{list(self._of).index((section.key, key)) + 1}"
        return key

    def summary(self, section: Section, summary: Summary) -> Summary:
        """The summary without sums over covered values, and without their days."""
        lines = tuple(
            Line(line.field, line.label, None, _("covered")) if self._hits(section, line.field) else line
            for line in summary.lines
        )
        if self._days is not None:
            return self._days.summary(summary.count, lines=lines)
        return replace(summary, lines=lines)

    def _hits(self, section: Section, name: str) -> bool:
        """Whether a value of the field ``name`` is covered in some record of the section."""
        if section.key not in self._labels or not name:
            return False
        made_from = section.computed.get(name, (name,))
        named = {field for label, field in self._fields if label == section.key}
        return bool({"", name} & named) or ANY in made_from or bool(named & set(made_from))

    def _references(self, section: Section, record: Record) -> dict[int, str]:
        """The places of references whose words may tell what is covered in the record that they name."""
        found: dict[int, str] = {}
        if not section.targets or not self._of:
            return found
        for place, info in enumerate(section.fields):
            if info.name in section.targets:
                reason = self._told(section.targets[info.name], record.values[place].raw)
                if reason is not None:
                    found[place] = reason
        return found

    def _told(self, target: tuple[str, ...], raw: Any) -> str | None:
        label, *names = target
        keys = {str(key) for key in (raw if isinstance(raw, list) else [raw])}
        for (of, key), fields in self._of.items():
            same = key in keys and label in (of, ANY)
            if same and (label == ANY or "" in fields or fields.keys() & set(names)):
                return next(iter(fields.values()))
            if any(f"{of}.{name}" in names for name in fields):  # a label in that record's label: whose, is not known
                return next(iter(fields.values()))
        return None


def covered_places(section: Section, fields: dict[str, str]) -> dict[int, str]:
    """``{place: reason}`` of the fields that are named; of all where the whole record is covered."""
    whole = fields.get("")
    given = ((place, fields.get(info.name, whole)) for place, info in enumerate(section.fields))
    return {place: reason for place, reason in given if reason is not None}


def computed_places(section: Section, names: set[str], reasons: dict[int, str]) -> dict[int, str]:
    """The places of computed fields that are made from covered ones, or from nobody knows what."""
    reason = next(iter(reasons.values()))
    made = {name for name, needs in section.computed.items() if ANY in needs or names & set(needs)}
    return {place: reasons.get(place, reason) for place, info in enumerate(section.fields) if info.name in made}


def without(section: Section, record: Record, reasons: dict[int, str]) -> Record:
    """The record with these places covered, and their texts taken out of everything else in it."""
    names = {section.fields[place].name for place in reasons}
    reason = next(iter(reasons.values()))
    eraser = Eraser((record.values[place] for place in reasons), covered_words(reason))
    values = tuple(
        Value(None, covered_words(reasons[place])) if place in reasons else eraser.value(value)
        for place, value in enumerate(record.values)
    )
    changed = {info.name for info, old, new in zip(section.fields, record.values, values, strict=True) if old != new}
    grouped = section.group_by.split("__")[0] in names
    return record._replace(
        title=neutral(section) if names & set(section.title_fields) else eraser.text(record.title),
        values=values,
        files=tuple(file for file in record.files if file.field not in changed),
        sentence="" if names & set(section.sentence_fields) else eraser.text(record.sentence),
        group=Value(None, covered_words(reason)) if grouped else eraser.value(record.group),
    )


def covered_words(reason: str) -> str:
    """What stands in place of a value."""
    return shown(_("covered: %s") % reason)


def neutral(section: Section) -> str:
    """A title that tells nothing."""
    return _("%s (covered)") % section.title


class Eraser:
    """Takes texts out of other texts, without regard to case and line ends."""

    def __init__(self, values: Iterable[Value], words: str) -> None:
        texts = {" ".join(text.split()) for value in values for text in texts_of(value)}
        longest_first = sorted((text for text in texts if len(text) >= SHORTEST), key=len, reverse=True)
        patterns = [r"\s+".join(re.escape(part) for part in text.split()) for text in longest_first]
        joined = "|".join(patterns)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if joined else None
        self._words = words

    def text(self, text: str) -> str:
        """``text`` with the covering words in place of what is covered."""
        return self._pattern.sub(lambda _match: self._words, text) if self._pattern else text

    def value(self, value: Value) -> Value:
        """A value whose texts are without it; one that is nothing else is covered whole."""
        raw, display = self.raw(value.raw), self.text(value.display)
        return value if (raw, display) == tuple(value) else Value(raw, display)

    def raw(self, raw: Any) -> Any:
        """A stored value without it, however deep it lies."""
        if isinstance(raw, str):
            return self.text(raw)
        if isinstance(raw, dict):
            return {self.text(key): self.raw(part) for key, part in raw.items()}
        if isinstance(raw, list):
            return [self.raw(part) for part in raw]
        if raw is None or isinstance(raw, bool):
            return raw
        return raw if self.text(str(raw)) == str(raw) else None


def texts_of(value: Value) -> Iterator[str]:
    """Every text that a value holds."""
    yield value.display
    yield from leaves(value.raw)


def leaves(raw: Any) -> Iterator[str]:
    """The texts and numbers in a stored value."""
    if isinstance(raw, dict):
        for part in raw.values():
            yield from leaves(part)
    elif isinstance(raw, list):
        for part in raw:
            yield from leaves(part)
    elif raw is not None and not isinstance(raw, bool):
        yield str(raw)
