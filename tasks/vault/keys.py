"""The installation's key: one age X25519 identity in a file that only this user can read.

Whoever has it can open every export and every sealed column; whoever loses it can open none.
"""

import hashlib
import hmac
import os
from functools import cache
from pathlib import Path

from pyrage import IdentityError, x25519

from tasks import conf
from tasks.errors import KeyUnavailable


def path() -> Path:
    """Where the key is: ``DOSSIER["vault_key"]``, else ``var/vault.key``."""
    return Path(conf.vault_key) if conf.vault_key else conf.base / "vault.key"


def folder() -> Path:
    """The folder of sealed files where no other storage is set."""
    return Path(conf.vault_dir) if conf.vault_dir else conf.base / "vault"


def identity() -> x25519.Identity:
    """The key, to open what was sealed.

    Raises:
        KeyUnavailable: the file is gone, cannot be read, or holds something else.
    """
    return _load(str(path()))


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
    return identity()


def _refuse_a_second_key(file: Path) -> None:
    if folder().is_dir() and any(each.is_file() and each.name[0] != "." for each in folder().rglob("*")):
        raise KeyUnavailable(
            f"The vault's key {file} is gone, and {folder()} holds files that only it opens. Restore it from its "
            "backup; if there is none, these files are lost: move them away, and a new key is made."
        )


@cache
def _load(where: str) -> x25519.Identity:
    file = Path(where)
    try:
        return x25519.Identity.from_str(file.read_text().strip().splitlines()[-1])
    except (OSError, IdentityError, IndexError, ValueError) as error:
        raise KeyUnavailable(
            f"The vault's key in {where} cannot be used ({type(error).__name__}). "
            "Restore it from its backup: what was sealed to it cannot be opened by another key."
        ) from error


def _create(file: Path) -> None:
    """Write a new key beside its place and link it there, so that nobody ever reads half of one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write("# Dossier's vault: keep a copy of this file apart from its backups.\n")
        out.write(f"{x25519.Identity.generate()}\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()


def fingerprint(*parts: object) -> str:
    """A keyed SHA-256 over ``parts`` as 64 hex digits: the same for the same values here, and nowhere else."""
    texts = [str(part).encode("utf-8", "surrogatepass") for part in parts]
    message = b"".join(len(text).to_bytes(8, "big") + text for text in texts)
    secret = hashlib.sha256(b"dossier fingerprint" + str(sealing_identity()).encode()).digest()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
