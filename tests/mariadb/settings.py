"""The tests' settings on a MariaDB whose socket ``MARIADB_SOCKET`` names; PyMySQL takes the driver's place."""

import os

import pymysql

pymysql.install_as_MySQLdb()

from tests.settings import *  # noqa: E402, F403 -- the driver has to be there first

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "dossier",
        "USER": "root",
        "OPTIONS": {"unix_socket": os.environ["MARIADB_SOCKET"], "charset": "utf8mb4"},
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"},
    }
}
# MariaDB makes tables slowly, and looks at every one of them after every test: no more than these rooms need.
INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith("examples.")]  # noqa: F405 - by the star above
