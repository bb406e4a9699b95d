"""What the office covers by hand in a copy: where it stands, what it does, and the hash that an approval binds."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.utils import translation

from tasks import export, vault
from tasks.cases.models import Case, Redaction
from tasks.transform import Record, Redactor, Section
from tasks.transform import Redaction as Covering

RULED = "covered"  # the kind of a field that a rule covers already
NOTHING: tuple[Any, ...] = (None, "", [], {})


class Spot(NamedTuple):
    """A place in a copy: the field of a record, or with an empty field the whole record."""

    label: str
    key: str
    field: str

    @property
    def print(self) -> str:
        """A keyed fingerprint, by which the place is found again without its key in the clear."""
        return vault.fingerprint("redaction", *self)


def spot_of(redaction: Redaction) -> Spot:
    return Spot(redaction.label, redaction.key, redaction.field)


def coverings(case: Case) -> tuple[Covering, ...]:
    """What is covered in a copy, as the formats apply and print it: reasons in the language of the case."""
    with translation.override(case.language):
        return tuple(Covering(*spot_of(row), row.reason) for row in case.redactions.all())


def hash_of(redactions: Iterable[Redaction]) -> str:
    """One hash over places and reasons, whatever their order; empty for none."""
    entries = sorted([*spot_of(row), row.ground, row.words] for row in redactions)
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest() if entries else ""


def collected(case: Case) -> Iterator[Section | Record]:
    """The sections of a copy as collected, each followed by its records. Nothing is covered in them by hand."""
    for name in case.snapshot.get("parts", []):
        yield from export.read_snapshot(name)


def delivered(case: Case) -> Iterator[Section | Record]:
    """The sections and records as they will be delivered, with what is covered by hand gone from them."""
    redactor, section = Redactor(coverings(case)), None
    for item in collected(case):
        with translation.override(case.language):  # not across a yield: the language is the thread's
            if isinstance(item, Section):
                shown: Section | Record = redactor.section(item)
                section = item
            else:
                shown = redactor.record(section, item) if section is not None else item
        yield shown


def missing(case: Case, spots: Collection[Spot]) -> set[Spot]:
    """Which of these places the copy does not have, or holds nothing in that could be covered.

    Reads the sealed snapshot until all are found.

    Raises:
        KeyUnavailable: it has left the vault.
    """
    wanted, section = set(spots), None
    labels = {spot.label for spot in spots}
    for item in collected(case):
        if not wanted:
            break
        if isinstance(item, Section):
            section = item
        elif section is not None and section.key in labels:
            wanted -= {Spot(section.key, item.key, name) for name in ("", *coverable(section, item))}
    return wanted


def coverable(section: Section, record: Record) -> list[str]:
    """The fields of a record that hold something, and that no rule has covered already."""
    pairs = zip(section.fields, record.values, strict=True)
    return [info.name for info, (raw, words) in pairs if info.kind != RULED and (words or raw not in NOTHING)]
