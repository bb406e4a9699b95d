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


def identity() -> x25519.Identity:
    """The key; made on first use, of two racing processes by exactly one.

    Raises:
        KeyUnavailable: the file cannot be read or made, or holds something else.
    """
    return _load(str(path()))


@cache
def _load(where: str) -> x25519.Identity:
    file = Path(where)
    try:
        if not file.exists():
            _create(file)
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
        out.write(f"# Dossier's vault: keep a copy of this file apart from its backups.\n{x25519.Identity.generate()}\n")
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
    message = b"".join(len(data).to_bytes(8, "big") + data for data in (str(part).encode("utf-8", "surrogatepass") for part in parts))
    secret = hashlib.sha256(b"dossier fingerprint" + str(identity()).encode()).digest()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
