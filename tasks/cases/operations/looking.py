"""Looks and downloads: each is recorded, and a look never comes before its record."""

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime

from tasks import audit, vault
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Package
from tasks.cases.operations.base import changing, record, require
from tasks.cases.states import STAFF, Role, State
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


def record_download(case: Case, kind: str, *, by: Actor, at: datetime, position: int = 1) -> Package:
    """Allow and record one download of the person's own file; read it with ``stream``.

    ``position`` says which one where there are several of a kind: a volume of the report, a part of the archive.

    Raises:
        NotAllowed: not their own, or frozen after "This wasn't me".
        TransitionRefused: not ready, or expired.
        Package.DoesNotExist: no file of this kind.
    """
    with changing(case):
        package = downloadable(case, kind, by=by, at=at, position=position)
        record("downloaded", case, by=by, at=at, kind=kind, position=position, package=package.pk)
    return package


def downloadable(case: Case, kind: str, *, by: Actor, at: datetime, position: int = 1) -> Package:
    """The person's own file, if they may have it now: what ``record_download`` asks, without a record.

    Raises:
        NotAllowed, TransitionRefused, Package.DoesNotExist: as ``record_download``.
    """
    require(by, case, {Role.SUBJECT}, "download it")
    if case.is_frozen:
        raise NotAllowed(f"case {case.pk}: the person said that this was not them.")
    package = case.packages.get(kind=kind, position=position)
    if case.state != State.READY or package.purged_at or package.expires_at <= at:
        raise TransitionRefused(case.pk, wanted="download", found=case.state, why="its files are not there")
    return package


def stream(package: Package, *, start: int = 0, size: int | None = None) -> Iterator[bytes]:
    """The clear bytes of a file that a download was recorded for, in pieces: ``size`` of them from ``start`` on.

    The file is opened before this returns, and the vault gives no byte before all of them proved genuine: so
    nobody is sent a part of it for the whole. The reader closes it, or reads it to its end.

    Raises:
        KeyUnavailable: the vault's key does not open it, or the file is damaged.
    """
    pieces = _pieces(package, start, package.size - start if size is None else size)
    first = next(pieces, b"")
    return _rest(first, pieces)


def _rest(first: bytes, pieces: Generator[bytes, None, None]) -> Iterator[bytes]:
    with closing(pieces):
        yield first
        yield from pieces


def _pieces(package: Package, start: int, left: int) -> Generator[bytes, None, None]:
    with vault.reading(package.name) as reader:
        reader.seek(start)
        while left and (piece := reader.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
