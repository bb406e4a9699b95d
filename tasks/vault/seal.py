"""Sealing with age: what is written can be opened with the installation's key and nothing else."""

import base64
import hashlib
import os
import tempfile
import threading
from contextlib import suppress
from typing import IO, Any

import pyrage

from tasks.errors import KeyUnavailable
from tasks.vault import keys


def seal_text(text: str) -> str:
    """``text`` sealed, in letters that any column holds."""
    sealed = pyrage.encrypt(text.encode("utf-8", "surrogatepass"), [keys.identity().to_public()])
    return base64.b64encode(sealed).decode("ascii")


def open_text(sealed: str) -> str:
    """The text that ``seal_text`` took.

    Raises:
        KeyUnavailable: it was sealed to another key, or is damaged.
    """
    try:
        return pyrage.decrypt(base64.b64decode(sealed), [keys.identity()]).decode("utf-8", "surrogatepass")
    except (pyrage.DecryptError, ValueError) as error:
        raise KeyUnavailable(unopened("A sealed text")) from error


class SealingWriter:
    """A binary file that seals what is written to it. ``size`` and ``sha256`` are those of the clear bytes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._hash, self.size, self._failed = hashlib.sha256(), 0, False
        read_end, write_end = os.pipe()
        self._source, self._sink = os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb", 1 << 16)
        self._thread = threading.Thread(target=self._seal, args=(out,), daemon=True)
        self._thread.start()

    def _seal(self, out: IO[bytes]) -> None:
        try:
            pyrage.encrypt_io(self._source, out, [keys.identity().to_public()])
        except BaseException:
            self._failed = True
            with suppress(OSError):  # drained, so that the writer is never left waiting
                while self._source.read(1 << 16):
                    pass
            raise

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: Any) -> int:
        self._hash.update(data)
        self.size += len(data)
        return self._sink.write(data)

    def flush(self) -> None:
        self._sink.flush()

    def close(self) -> None:
        """End the sealed stream; raises OSError where it could not be written whole."""
        if self._sink.closed:
            return
        self._sink.close()
        self._thread.join()
        self._source.close()
        if self._failed:
            raise OSError("the vault could not write a sealed file; is the disk full?")


def opened(sealed: IO[bytes]) -> IO[bytes]:
    """The clear bytes of a sealed file, in an unnamed temporary file, once all of them proved genuine.

    Raises:
        KeyUnavailable: another key, a damaged or a truncated file.
    """
    clear = tempfile.TemporaryFile()
    try:
        pyrage.decrypt_io(sealed, clear, [keys.identity()])
    except (pyrage.DecryptError, OSError) as error:
        clear.close()
        raise KeyUnavailable(unopened("A sealed file")) from error
    clear.seek(0)
    return clear


def unopened(what: str) -> str:
    return (
        f"{what} does not open: it is damaged, or was sealed to another key than the one in {keys.path()}. "
        "Restore that key from its backup."
    )
