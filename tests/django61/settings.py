"""The tests' settings on Django 6.1, which wants MAILERS where the long-term release wants EMAIL_BACKEND."""

from tests import settings as _tests
from tests.settings import *  # noqa: F403 -- all but what follows

for _name in [name for name in vars(_tests) if name.startswith("EMAIL_")]:
    del globals()[_name]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
INSTALLED_APPS = [*_tests.INSTALLED_APPS, "tests.hosts.database_cascade"]
