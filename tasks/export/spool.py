"""The bench on which a package is made: every file of it in one unnamed temporary file, with size and SHA-256."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

CHUNK = 1 << 18


@dataclass(frozen=True)
class Piece:
    """One file of the package: its path there, and where its bytes lie. ``sha256`` is empty where nothing tells it."""

    path: str
    start: int
    size: int
    sha256: str


class Spool:
    """Takes files one after the other and gives their bytes back. Nothing of it has a name on the disk.

    ``summed=False`` for files that stand alone, with no report and no archive that tells their checksums.
    """

    def __init__(self, *, summed: bool = True) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the spool
        self._summed = summed
        self._hash = hashlib.sha256()
        self._end = 0
        self.pieces: dict[str, Piece] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @contextmanager
    def adding(self, path: str) -> Iterator["Spool"]:
        """Write a file within the block: ``spool.write(data)``."""
        start, self._hash = self._end, hashlib.sha256()
        self._file.seek(start)
        yield self
        self.pieces[path] = Piece(path, start, self._end - start, self._hash.hexdigest() if self._summed else "")

    def write(self, data: bytes) -> int:
        """Write a piece of the file that is being added."""
        if self._summed:
            self._hash.update(data)
        self._end += len(data)
        return self._file.write(data)

    def add(self, path: str, data: bytes) -> Piece:
        """Add a whole file."""
        with self.adding(path):
            self.write(data)
        return self.pieces[path]

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file, a piece at a time."""
        piece = self.pieces[path]
        at, end = piece.start, piece.start + piece.size
        while at < end:
            self._file.seek(at)
            data = self._file.read(min(CHUNK, end - at))
            at += len(data)
            yield data

    def read(self, path: str) -> bytes:
        """The bytes of a file at once."""
        return b"".join(self.chunks(path))
