"""Sealed files and texts: what Dossier keeps of a person is readable with the installation's key only."""

from tasks.vault.keys import fingerprint
from tasks.vault.seal import SealingWriter, open_text, seal_text
from tasks.vault.storage import delete, drafts, exists, names, reading, remove_drafts, writing

__all__ = [
    "SealingWriter",
    "delete",
    "drafts",
    "exists",
    "fingerprint",
    "names",
    "open_text",
    "reading",
    "remove_drafts",
    "seal_text",
    "writing",
]
