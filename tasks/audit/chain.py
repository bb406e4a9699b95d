"""The hash chain: the only writer of audit entries, and the proof that none was changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, QuerySet

from tasks.audit.models import Entry, Head
from tasks.audit.store import alias, atomic


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found. ``broken`` is the first entry that does not fit."""

    entries: int
    broken: int | None = None
    why: str = ""
    head: str = ""

    @property
    def intact(self) -> bool:
        return self.broken is None

    def __bool__(self) -> bool:
        return self.intact


def record(
    event: str, *, by: str, at: datetime, case: UUID | None = None, data: Mapping[str, Any] | None = None
) -> Entry:
    """Append one entry, in the caller's transaction.

    ``data`` holds ids, counts and states only. Writers queue at the head row until the one
    before them has committed, so the chain has neither gaps nor forks, on any database.

    Source: GDPR art. 5(2).
    """
    with atomic():
        head = _take_head()
        entry = Entry(
            seq=head.seq,
            at=at.astimezone(UTC),
            case_id=case,
            event=event,
            by=by,
            data=_plain(data or {}),
            previous=head.hash,
        )
        entry.hash = digest(entry)
        Entry.objects.using(alias()).bulk_create([entry])
        Head.objects.using(alias()).filter(pk=Head.ONLY, seq=entry.seq).update(hash=entry.hash)
    return entry


def _take_head() -> Head:
    """Move the head on by one. The update comes first, so that its row lock makes others wait."""
    heads = Head.objects.using(alias())
    while not heads.filter(pk=Head.ONLY).update(seq=F("seq") + 1):
        heads.bulk_create([Head(pk=Head.ONLY)], ignore_conflicts=True)
    return heads.get(pk=Head.ONLY)


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as it comes back from the database, so that the hash is over what is stored."""
    plain: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return plain


def digest(entry: Entry) -> str:
    """The SHA-256 of an entry in canonical JSON: sorted keys, UTC, no spaces."""
    facts = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "case": str(entry.case_id or ""),
        "event": entry.event,
        "by": entry.by,
        "data": entry.data,
        "previous": entry.previous,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> Verdict:
    """Walk the whole chain and name the first entry that was changed, removed or put in.

    Reads every entry once, in order, with constant memory.
    """
    previous, seq = "", 0
    for entry in Entry.objects.using(alias()).order_by("seq").iterator(chunk_size=2_000):
        if why := _flaw(entry, after=seq, previous=previous):
            return Verdict(entries=seq, broken=entry.seq, why=why)
        previous, seq = entry.hash, entry.seq
    head = Head.objects.using(alias()).filter(pk=Head.ONLY).first() or Head()
    if (head.seq, head.hash) != (seq, previous):
        return Verdict(
            entries=seq, broken=seq + 1, why=f"the chain ends at {seq}, its head says {head.seq}", head=head.hash
        )
    return Verdict(entries=seq, head=previous)


def _flaw(entry: Entry, *, after: int, previous: str) -> str:
    if entry.seq != after + 1:
        return f"entry {after + 1} is missing"
    if entry.previous != previous:
        return "it does not follow from the entry before it"
    if entry.hash != digest(entry):
        return "its content is not what was recorded"
    return ""


def of(case: UUID) -> QuerySet[Entry]:
    """The entries of one case, oldest first."""
    return Entry.objects.using(alias()).filter(case_id=case).order_by("seq")
