"""A new key in the place of an old one: what was sealed to the old one is sealed anew, then the old one goes.

Every step may be repeated, and each leaves everything readable: the old key stays in the file until nothing needs it.
"""

import base64
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pyrage
from pyrage import x25519

from tasks.errors import KeyUnavailable
from tasks.vault import keys, seal, storage

HEAD = 1 << 17  # bytes of a sealed file that hold its header and more
Held = AbstractContextManager[object]


def begin() -> bool:
    """Add a new key to the file, and seal with it from now on; False where a rotation has begun already.

    Raises:
        KeyUnavailable: there is no key yet, or the file cannot be written.
    """
    with changing() as ring:
        if len(ring.identities) > 1:
            return False
        replace(keys.Keyring((*ring.identities, x25519.Identity.generate()), ring.secret))
        return True


def finish() -> int:
    """Take every key but the newest out of the file; how many. Ask ``files_left`` before, and the columns."""
    with changing() as ring:
        if len(ring.identities) > 1:
            replace(keys.Keyring(ring.identities[-1:], ring.secret))
        return len(ring.identities) - 1


@contextmanager
def changing() -> Iterator[keys.Keyring]:
    """The keys, while no other process changes the file."""
    while True:
        with _opened() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _same(file):  # else another process replaced it while this one waited
                yield keys.ring()
                return


def _opened() -> Any:
    try:
        return keys.path().open("rb")
    except OSError as error:
        raise KeyUnavailable(
            f"There is no key in {keys.path()} to rotate: it is made at first use. Was another user's file meant?"
        ) from error


def _same(file: Any) -> bool:
    return os.fstat(file.fileno()).st_ino == keys.path().stat().st_ino


def replace(ring: keys.Keyring) -> None:
    """Write these keys in the place of those in the file, whole or not at all."""
    file = keys.path()
    try:
        draft = keys.drafted(file, keys.written(ring))
        draft.replace(file)
        storage.keep_entry(file.parent)
    except OSError as error:
        raise KeyUnavailable(
            f"The vault's key in {file} cannot be replaced ({error.strerror}). Run this as the user whom it belongs to."
        ) from error


# --- files


def files_left() -> Iterator[str]:
    """The names of sealed files that do not open with the newest key."""
    return (name for name in storage.names() if not is_current(name))


def is_current(name: str) -> bool:
    """Whether a sealed file is sealed to the newest key; so counts one that is gone meanwhile."""
    try:
        with storage.storage().open(name) as sealed:
            head = sealed.read(HEAD)
    except FileNotFoundError:
        return True
    return opens(head)


def opens(head: bytes) -> bool:
    """Whether the newest key opens what begins with ``head``."""
    try:
        pyrage.decrypt_io(io.BytesIO(head), io.BytesIO(), [keys.ring().newest])
    except pyrage.DecryptError:
        return False
    except OSError:  # the header opened, and then the rest was missing
        pass
    return True


def reseal_file(name: str, *, hold: Callable[[], Held] = nullcontext) -> bool:
    """Seal one file to the newest key. ``hold`` gives a lock under which nobody removes files of this name.

    What is gone by then stays gone. True where it was sealed anew.

    Raises:
        KeyUnavailable: none of the keys opens it. It stays as it is.
    """
    if is_current(name):
        return False
    with storage.reading(name) as clear, storage.drafting() as draft:
        while piece := clear.read(1 << 18):
            draft.writer.write(piece)
        draft.finish()
        with hold():
            if not storage.exists(name):
                return False
            draft.publish(name)
    return True


# --- texts


def is_current_text(sealed: str) -> bool:
    """Whether a sealed text is sealed to the newest key."""
    try:
        return opens(base64.b64decode(sealed))
    except ValueError:
        return False


def reseal_text(sealed: str) -> str:
    """A sealed text, sealed to the newest key; the same text where it is already.

    Raises:
        KeyUnavailable: none of the keys opens it.
    """
    return sealed if is_current_text(sealed) else seal.seal_text(seal.open_text(sealed))
