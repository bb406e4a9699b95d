"""File names that every system can hold, Windows among them, each once."""

import re
from pathlib import PurePosixPath

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]')
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
LONGEST = 100


def safe(name: str) -> str:
    """``name`` without its folders and anything that a file system takes amiss."""
    plain = FORBIDDEN.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, dot + ending[:10]) if stem else (plain, "")
    if stem.split(".")[0].lower() in DEVICES:
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(ending)]}{ending}"


class Names:
    """Gives each name once within a folder, without regard to case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, folder: str, name: str) -> str:
        """``folder/name``, with a number where the name is taken."""
        plain = safe(name)
        stem, dot, ending = plain.rpartition(".")
        stem, ending = (stem, dot + ending) if stem else (plain, "")
        path, number = f"{folder}/{plain}", 1
        while path.lower() in self._taken:
            number += 1
            path = f"{folder}/{stem}-{number}{ending}"
        self._taken.add(path.lower())
        return path
