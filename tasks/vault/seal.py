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
    sealed = pyrage.encrypt(text.encode("utf-8", "surrogatepass"), [keys.sealing_identity().to_public()])
    return base64.b64encode(sealed).decode("ascii")


def open_text(sealed: str) -> str:
    """The text that ``seal_text`` took.

    Raises:
        KeyUnavailable: it was sealed to another key, or is damaged.
    """
    try:
        clear: bytes = pyrage.decrypt(base64.b64decode(sealed), keys.identities())
        return clear.decode("utf-8", "surrogatepass")
    except (pyrage.DecryptError, ValueError) as error:
        raise KeyUnavailable(unopened("A sealed text")) from error


class SealingWriter:
    """A binary file that seals what is written to it. ``size`` and ``sha256`` are those of the clear bytes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._hash, self.size, self._failed = hashlib.sha256(), 0, False
        self._recipient = keys.sealing_identity().to_public()
        read_end, write_end = os.pipe()
        self._source, self._sink = os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb", 1 << 16)
        self._thread = threading.Thread(target=self._seal, args=(out,), daemon=True)
        self._thread.start()

    def _seal(self, out: IO[bytes]) -> None:
        try:
            pyrage.encrypt_io(self._source, out, [self._recipient])
        except Exception:  # noqa: BLE001 - whatever it is, it is told when the file is closed
            self._failed = True
            with suppress(OSError):  # drained, so that the writer is never left waiting
                while self._source.read(1 << 16):
                    pass

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
    identities, clear = keys.identities(), tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        pyrage.decrypt_io(sealed, clear, identities)
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
