"""The ZIP: streamed, ZIP64 where it has to be, with a manifest and the checksums of all that is in it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from stat import S_IFREG
from typing import Any

import orjson
from isal import isal_zlib
from stream_zip import ZIP_32, ZIP_64, stream_zip

from tasks.export.about import About
from tasks.export.spool import Piece

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
SMALL = 3 << 30  # bytes in all, up to which the plain format will do that every program opens
COMPRESSION = 1  # of isal: 670 MB/s at a ratio of 4.5, while zlib's own takes 40 MB/s

Member = tuple[Piece, Callable[[], Iterable[bytes]]]


def manifest(pieces: Iterable[Piece], about: About, **facts: Any) -> bytes:
    """What is in the package, for programs."""
    files = [{"path": piece.path, "size": piece.size, "sha256": piece.sha256} for piece in pieces]
    data = {"format": "dossier-package/1", "reference": about.reference, "language": about.language, **facts}
    return orjson.dumps({**data, "files": files}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def checksums(pieces: Iterable[Piece]) -> bytes:
    """What ``sha256sum -c`` reads."""
    return "".join(f"{piece.sha256}  {piece.path}\n" for piece in pieces).encode()


def stream(members: Iterable[Member], *, at: datetime) -> Iterator[bytes]:
    """The ZIP in pieces; every file in it carries the moment ``at``."""
    members = list(members)
    method = ZIP_32 if sum(piece.size for piece, _chunks in members) < SMALL else ZIP_64
    entries = ((piece.path, at, S_IFREG | 0o600, method, chunks()) for piece, chunks in members)
    yield from stream_zip(entries, get_compressobj=compressor)


def compressor() -> Any:
    """A raw deflate stream."""
    return isal_zlib.compressobj(level=COMPRESSION, wbits=-isal_zlib.MAX_WBITS)
