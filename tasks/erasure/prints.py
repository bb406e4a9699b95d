"""What tells a row from one that got its key later: keyed fingerprints, and notes beside kept rows."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.module_loading import import_string

from tasks.datamap import Keep, registry
from tasks.erasure.keys import as_json
from tasks.erasure.models import ErasureRun
from tasks.erasure.raw import Columns, Stored, stored


class Prints:
    """Keyed fingerprints of rows' immutable values: made of a secret of the installation, one for each run."""

    def __init__(self, run: ErasureRun) -> None:
        secret = bytes.fromhex(import_string("tasks.vault.fingerprint")("erasure", run.pk))
        self._keyed = hashlib.blake2b(key=secret[:64], digest_size=8)

    def of(self, model: type[Model], keys: list[Any], *, using: str, columns: Columns | None = None) -> dict[Any, str]:
        """The fingerprint of each row that exists; nothing for models whose rows hold nothing immutable."""
        columns = immutable(model) if columns is None else columns
        if not columns or not keys:
            return {}
        rows = stored(model, keys, columns, using=using)
        return dict(zip((row[0] for row in rows), self.of_stored(model._meta.label, rows), strict=True))

    def of_stored(self, label: str, rows: list[Stored]) -> list[str]:
        """The fingerprints of rows that ``raw`` gave, in their order; none where it gave no columns beside the key."""
        if not rows or len(rows[0]) == 1:
            return []
        keyed = self._keyed.copy()
        keyed.update(f"{label}\0".encode())
        if len(rows[0]) == 2 and type(rows[0][0]) is int:  # most rows of most hosts, in half the time
            return [_digest(keyed, f"{key}\0{value}") for key, value in rows]
        return [_digest(keyed, "\0".join(map(str, (as_json(key), *values)))) for key, *values in rows]


def _digest(keyed: "hashlib.blake2b", text: str) -> str:
    mac = keyed.copy()
    mac.update(text.encode())
    return mac.hexdigest()


def immutable(model: type[Model]) -> tuple[str, ...]:
    """Columns that are written once: moments of creation, and keys of their own that are UUIDs.

    A date with a default that is a function (``timezone.now``) counts as a moment of creation.
    """
    found = []
    for field in model._meta.local_concrete_fields:
        kind = field.get_internal_type()
        created = getattr(field, "auto_now_add", False) or (
            callable(field.default) and not getattr(field, "auto_now", False)
        )
        if created and kind in ("DateTimeField", "DateField", "UUIDField"):
            found.append(field.attname)
    return tuple(found)


def lasting(model: type[Model], changed: Iterable[str] = ()) -> Columns:
    """What tells a kept row: what is immutable in it; where nothing is, the date that its period begins with.

    Fields that are ``changed`` while it is kept tell nothing.
    """
    fate, names = registry.get(model).erasure, set(changed)
    found = [name for name in immutable(model) if name not in names]
    if not found and isinstance(fate, Keep) and fate.after and "__" not in fate.after and fate.after not in names:
        field: Any = model._meta.get_field(fate.after)
        found = [field.attname] if field in model._meta.local_concrete_fields else []
    return tuple(found)


def kept_prints(prints: Prints, model: type[Model], keys: list[Any], columns: Columns, *, using: str) -> dict[Any, str]:
    """What to remember of rows that stay: the columns that tell them, and the fingerprint of these."""
    found = prints.of(model, keys, using=using, columns=columns)
    return {key: f"{','.join(columns)}:{print_}" for key, print_ in found.items()}


def columns_of(print_: str, model: type[Model]) -> Columns:
    """The columns that a remembered fingerprint is of; none where the model has lost one of them."""
    columns = tuple(name for name in print_.partition(":")[0].split(",") if name)
    there = {field.attname for field in model._meta.local_concrete_fields}
    return columns if there.issuperset(columns) else ()


@dataclass(frozen=True)
class KeptNote:
    """What the ledger writes beside the key of a row that stays: its last day, its fingerprint, the held category."""

    until: date | None = None
    print: str = ""  # "placed_on:9f86d081884c7d65": of which columns, and what it was
    held: str = ""

    @classmethod
    def of(cls, data: list[str] | None) -> "KeptNote":
        """Read what ``as_data`` wrote."""
        until, print_, held = data or ("", "", "")
        return cls(date.fromisoformat(until) if until else None, print_, held)

    def as_data(self) -> list[str]:
        """JSON-able."""
        return [self.until.isoformat() if self.until else "", self.print, self.held]


def spot(label: str, key: Any) -> str:
    """Where a row stands, short: the same row has the same in every run. ``key`` is JSON-able."""
    return hashlib.blake2b(f"{label}\0{json.dumps(key)}".encode(), digest_size=16).hexdigest()
