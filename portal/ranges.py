"""Parts of a file: one range of bytes, as browsers ask for it to resume a download.

Source: RFC 9110, sections 13.1.5 and 14.
"""

import re
from dataclasses import dataclass

ONE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*\Z", re.IGNORECASE)
LONGEST = 18  # digits; no file has more bytes


class NotSatisfiable(ValueError):
    """No byte of the file lies in the range: status 416."""


@dataclass(frozen=True)
class Range:
    """The bytes from ``start`` on, ``size`` of them."""

    start: int
    size: int

    def told(self, *, of: int) -> str:
        """The value of ``Content-Range``."""
        return f"bytes {self.start}-{self.start + self.size - 1}/{of}"


def wanted(header: str, *, size: int, if_range: str = "", etag: str) -> Range | None:
    """The one range that is asked for, or None for the whole file.

    None as well for what may be ignored: several ranges, another unit, nonsense, and a range of a file that is not
    this one any more (``if_range`` is not ``etag``).

    Raises:
        NotSatisfiable: it begins behind the end of the file.
    """
    found = ONE.match(header.strip())
    if not found or (if_range and if_range.strip() != etag):
        return None
    first, last = found.groups()
    if not (first or last) or max(len(first), len(last)) > LONGEST:
        return None
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last), size - 1) if first and last else size - 1
    if start > stop:
        raise NotSatisfiable
    return Range(start, stop - start + 1)
