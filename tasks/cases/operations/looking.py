"""Looks and downloads: each is recorded, and a look never comes before its record."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from tasks import audit, vault
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Package
from tasks.cases.operations.base import STAFF, changing, record, require
from tasks.cases.states import Role, State
from tasks.errors import NotAllowed, TransitionRefused

CHUNK = 64 * 1024


def record_view(case: Case, *, by: Actor, at: datetime, what: str = "case") -> None:
    """Record that somebody of the office, or an auditor, looked at ``what`` of a case.

    Raises:
        NotAllowed: no business with it.
    """
    require(by, case, {*STAFF, Role.AUDITOR, Role.SUBJECT}, "see it")
    with audit.atomic():
        record("viewed", case, by=by, at=at, what=what)


def record_download(case: Case, kind: str, *, by: Actor, at: datetime) -> Package:
    """Allow and record one download of the person's own file; read it with ``stream``.

    Raises:
        NotAllowed: not their own, or frozen after "This wasn't me".
        TransitionRefused: not ready, or expired.
        Package.DoesNotExist: no file of this kind.
    """
    with changing(case):
        require(by, case, {Role.SUBJECT}, "download it")
        if case.is_frozen:
            raise NotAllowed(f"case {case.pk}: the person said that this was not them.")
        package = case.packages.get(kind=kind)
        if case.state != State.READY or package.purged_at or package.expires_at <= at:
            raise TransitionRefused(case.pk, wanted="download", found=case.state, why="its files are not there")
        record("downloaded", case, by=by, at=at, kind=kind, package=package.pk)
    return package


def stream(package: Package) -> Iterator[bytes]:
    """The clear bytes of a file that a download was recorded for, in pieces.

    The file is opened before this returns, and the vault gives no byte before all of them proved genuine: so
    nobody is sent a part of it.

    Raises:
        KeyUnavailable: the vault's key does not open it, or the file is damaged.
    """
    pieces = _pieces(package)
    return chain([next(pieces, b"")], pieces)


def _pieces(package: Package) -> Iterator[bytes]:
    with vault.reading(package.name) as reader:
        while piece := reader.read(CHUNK):
            yield piece
