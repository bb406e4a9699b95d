"""The installation's key: an age X25519 identity in a file that only this user can read.

Whoever has it can open every export and every sealed column; whoever loses it can open none. While a new key
takes the place of an old one (``tasks.vault.rotation``) the file holds both: the last one seals, all of them open.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyrage import IdentityError, x25519

from tasks import conf
from tasks.errors import KeyUnavailable

HEADING = "# Dossier's vault: keep a copy of this file apart from its backups."
FINGERPRINTS = "# fingerprints:"


def path() -> Path:
    """Where the key is: ``DOSSIER["vault_key"]``, else ``var/vault.key``."""
    return Path(conf.vault_key) if conf.vault_key else conf.base / "vault.key"


def folder() -> Path:
    """The folder of sealed files where no other storage is set."""
    return Path(conf.vault_dir) if conf.vault_dir else conf.base / "vault"


@dataclass(frozen=True)
class Keyring:
    """What the key's file holds: identities, the newest last, and what fingerprints are made with."""

    identities: tuple[x25519.Identity, ...]
    secret: bytes

    @property
    def newest(self) -> x25519.Identity:
        """The key to seal with."""
        return self.identities[-1]


def ring() -> Keyring:
    """The keys, as they are in the file now: other processes see a new key with their next call.

    Raises:
        KeyUnavailable: the file is gone, cannot be read, or holds something else.
    """
    file = path()
    try:
        found = file.stat()
        return _load(str(file), (found.st_ino, found.st_mtime_ns, found.st_size))
    except OSError as error:
        raise _unusable(file, error) from error


def identities() -> list[x25519.Identity]:
    """The keys to open with, the newest first."""
    return list(reversed(ring().identities))


def sealing_identity() -> x25519.Identity:
    """The key, to seal with: made on first use, of two racing processes by exactly one.

    Raises:
        KeyUnavailable: it cannot be made, or is gone while there are files that were sealed to it.
    """
    file = path()
    try:
        if not file.exists():
            _refuse_a_second_key(file)
            _create(file)
    except OSError as error:
        raise KeyUnavailable(
            f"The vault's key cannot be written to {file} ({error.strerror}). Choose another DOSSIER['vault_key']."
        ) from error
    return ring().newest


def _refuse_a_second_key(file: Path) -> None:
    if folder().is_dir() and any(each.is_file() and each.name[0] != "." for each in folder().rglob("*")):
        raise KeyUnavailable(
            f"The vault's key {file} is gone, and {folder()} holds files that only it opens. Restore it from its "
            "backup; if there is none, these files are lost: move them away, and a new key is made."
        )


@cache
def _load(where: str, _stamp: tuple[int, int, int]) -> Keyring:
    """Read the file once for each state that it is in."""
    try:
        return parsed(Path(where).read_text())
    except (OSError, IdentityError, IndexError, ValueError) as error:
        raise _unusable(where, error) from error


def _unusable(where: object, error: Exception) -> KeyUnavailable:
    return KeyUnavailable(
        f"The vault's key in {where} cannot be used ({type(error).__name__}). "
        "Restore it from its backup: what was sealed to it cannot be opened by another key."
    )


def parsed(text: str) -> Keyring:
    """The keys in the text of a key file.

    Raises:
        ValueError: it holds no key, or something else as well.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = tuple(x25519.Identity.from_str(line) for line in lines if not line.startswith("#"))
    if not found:
        raise ValueError("no key")
    told = next((line.removeprefix(FINGERPRINTS).strip() for line in lines if line.startswith(FINGERPRINTS)), "")
    first = hashlib.sha256(b"dossier fingerprint" + str(found[0]).encode()).digest()
    return Keyring(found, bytes.fromhex(told) if told else first)


def written(ring: Keyring) -> str:
    """The text of a key file; what is no key in it is a comment, so that the program ``age`` reads it, too."""
    return "\n".join([HEADING, f"{FINGERPRINTS} {ring.secret.hex()}", *(str(each) for each in ring.identities), ""])


def _create(file: Path) -> None:
    """Write a new key beside its place and link it there, so that nobody ever reads half of one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = drafted(file, f"{HEADING}\n{x25519.Identity.generate()}\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()


def drafted(file: Path, text: str) -> Path:
    """``text`` in a file beside ``file`` that only this user can read, safe on the disk."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return draft


def fingerprint(*parts: object) -> str:
    """A keyed SHA-256 over ``parts`` as 64 hex digits: the same for the same values here, and nowhere else.

    A new key leaves it as it is: what it is made with travels from key to key.
    """
    texts = [str(part).encode("utf-8", "surrogatepass") for part in parts]
    message = b"".join(len(text).to_bytes(8, "big") + text for text in texts)
    sealing_identity()
    return hmac.new(ring().secret, message, hashlib.sha256).hexdigest()
