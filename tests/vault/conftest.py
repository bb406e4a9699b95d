"""A vault of its own for each test."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings) -> Path:
    """The folder that holds the vault and its key."""
    settings.DOSSIER = {
        **settings.DOSSIER,
        "vault_dir": str(tmp_path / "vault"),
        "vault_key": str(tmp_path / "keys" / "vault.key"),
    }
    return tmp_path
