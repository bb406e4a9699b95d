"""Settings of the worker in the fault tests: the shipped project's, with a brake."""

from portal.project.settings import *  # noqa: F403 - all of them, and one application more
from portal.project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.brake.BrakeConfig"]
