"""Settings of the tests: the shipped project's, with everything that is written in a folder that goes away again.

Each pytest-xdist process has a folder of its own; a worker process that a test starts finds the same one by the
environment.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "DOSSIER_TEST_VAR" not in os.environ:
    os.environ["DOSSIER_TEST_VAR"] = tempfile.mkdtemp(prefix="dossier-tests-")
    _made_by = os.getpid()

    @atexit.register
    def _remove() -> None:
        if os.getpid() == _made_by:
            shutil.rmtree(os.environ["DOSSIER_TEST_VAR"], ignore_errors=True)


os.environ["DOSSIER_VAR"] = str(Path(os.environ["DOSSIER_TEST_VAR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ["DOSSIER_DEMO"] = "1"

from portal.project.settings import *  # noqa: F403 -- the folder has to be named first
from portal.project.settings import DATABASES, INSTALLED_APPS, VAR

STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

_default = DATABASES["default"]
if _default["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the live server and the worker process share it.
    _default["NAME"] = str(VAR / "unused.sqlite3")
    _default["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    _default["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

# Models of every kind, for the collector's and the eraser's tests.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.zoo", "tests.hosts.fates", "reversion", "tests.hosts.history"]
