"""What the tests of foreign projects share."""

from pathlib import Path

import pytest

from tests.hosts import newcomer


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment of its own, with Dossier's wheel in it."""
    return newcomer.install(tmp_path_factory.mktemp("machine"))
