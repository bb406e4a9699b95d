"""Where sealed files lie: a folder of this machine, or any storage of Django such as S3."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from tasks import conf
from tasks.errors import KeyUnavailable
from tasks.vault.keys import folder
from tasks.vault.seal import SealingWriter, opened

DRAFT = ".draft-"
SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\Z")


def storage() -> Storage:
    """The storage named by ``DOSSIER["vault_storage"]``, else the folder ``vault_dir``."""
    if conf.vault_storage:
        return storages[conf.vault_storage]
    return FileSystemStorage(folder(), file_permissions_mode=0o600, directory_permissions_mode=0o700)


class Draft:
    """A sealed file that has no name yet. ``publish`` gives it one, after ``finish``."""

    def __init__(self, out: IO[bytes], place: str) -> None:
        self._out, self._place = out, place
        self.writer = SealingWriter(out)

    def finish(self) -> None:
        """End the sealed stream and bring it to the disk."""
        self.writer.close()
        self._out.flush()
        os.fsync(self._out.fileno())

    def publish(self, name: str) -> None:
        """Let the file appear, in the place of an earlier one."""
        publish(self._out, self._place, name)


@contextmanager
def drafting() -> Iterator[Draft]:
    """A draft in the vault's folder; what is not published within the block is gone after it."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, place = tempfile.mkstemp(prefix=DRAFT, dir=folder())
    try:
        with os.fdopen(handle, "w+b") as out:
            draft = Draft(out, place)
            try:
                yield draft
            finally:
                draft.writer.close()
    finally:
        Path(place).unlink(missing_ok=True)


@contextmanager
def writing(name: str) -> Iterator[SealingWriter]:
    """Write a sealed file. It appears under ``name`` whole, when the block ends well, or not at all.

    An earlier file of that name is replaced. Read ``size`` and ``sha256`` after the block.
    """
    checked(name)
    with drafting() as draft:
        yield draft.writer
        draft.finish()
        draft.publish(name)


def publish(sealed: IO[bytes], draft: str, name: str) -> None:
    """Put a finished draft in its place."""
    if not conf.vault_storage:
        place = folder() / name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(draft).replace(place)
        keep_entry(place.parent)
        return
    sealed.seek(0)
    delete(name)
    storage().save(name, File(sealed))


def drafts() -> list[Path]:
    """What is being written at this moment, or was when its writer died."""
    return list(folder().glob(f"{DRAFT}*"))


def remove_drafts(*, before: datetime) -> int:
    """Remove drafts of writers that were killed before that moment; how many. Published files are not touched."""
    count = 0
    for draft in drafts():
        with suppress(FileNotFoundError):  # published this moment
            if draft.stat().st_mtime < before.timestamp():
                draft.unlink()
                count += 1
    return count


def keep_entry(directory: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reading(name: str) -> Iterator[IO[bytes]]:
    """The clear bytes of a sealed file, seekable; none are given before all proved genuine.

    Raises:
        KeyUnavailable: not there, damaged, or sealed to another key.
    """
    try:
        sealed: Any = storage().open(checked(name))
    except FileNotFoundError as error:
        raise KeyUnavailable(f"The vault holds no file {name}. It expired, or its folder was not restored.") from error
    with sealed, opened(sealed) as clear:
        yield clear


def names(below: str = "") -> Iterator[str]:
    """The names of all sealed files, in order."""
    try:
        folders, files = storage().listdir(below)
    except FileNotFoundError:
        return
    join = f"{below}/{{}}".format if below else "{}".format
    yield from (join(name) for name in sorted(files) if SAFE.match(name))
    for each in sorted(folders):
        yield from names(join(each))


def exists(name: str) -> bool:
    """Whether the vault holds a file of this name."""
    return storage().exists(checked(name))


def delete(name: str) -> None:
    """Remove a sealed file; one that is not there is no error."""
    storage().delete(checked(name))


def checked(name: str) -> str:
    """``name``, if it is a plain relative path.

    Raises:
        ValueError: it could lead out of the vault.
    """
    if not SAFE.match(name):
        raise ValueError("wanted a vault name of letters, digits, '-', '_', '.' and '/', no part beginning with a dot.")
    return name
