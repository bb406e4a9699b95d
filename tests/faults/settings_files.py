"""Settings of a worker that has two stores beside the database."""

from tests.faults.settings import *  # noqa: F403 - all of them, and one application more
from tests.faults.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.stores.FilesConfig"]
