"""Names of files that every system can hold: Windows, macOS, Linux, inside a ZIP."""

import re
import unicodedata
from pathlib import PurePosixPath

from tasks.transform.text import shown

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ufffd]+')
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
LONGEST = 80
EXTENSION = 12


def safe_name(name: str, *, default: str = "file") -> str:
    """``name`` as a file name that is harmless and allowed everywhere; never empty, never a path."""
    text = unicodedata.normalize("NFC", shown(name))
    text = "".join(sign for sign in text if unicodedata.category(sign) not in INVISIBLE)
    text = FORBIDDEN.sub("_", text).strip(" ._") or default
    stem, suffix = PurePosixPath(text).stem, PurePosixPath(text).suffix[:EXTENSION]
    text = cut(stem, LONGEST - len(suffix)).rstrip(" .") + suffix
    return f"_{text}" if DEVICES.match(text) else text


def cut(text: str, longest: int) -> str:
    """``text`` with at most ``longest`` characters and 180 bytes, which file systems of 255 bytes can hold."""
    return text[:longest].encode()[:180].decode(errors="ignore")


def slug(text: str) -> str:
    """``text`` in small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "data"


class Taken:
    """Gives each file a name of its own, whatever the case of its letters."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def unique(self, folder: str, name: str) -> str:
        """``folder/name``, with a number where that is taken already."""
        path, number = f"{folder}/{name}", 2
        while path.casefold() in self._names:
            pure = PurePosixPath(name)
            path = f"{folder}/{pure.stem}-{number}{pure.suffix}"
            number += 1
        self._names.add(path.casefold())
        return path
