"""Which database a table is in, where the host has one of its own (``SUBJECTS_DATABASE_URL``)."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.db import router
from django.db.models import Model

HOSTS = {"subjects", "replica"}


class HostRouter:
    """The host's applications read and write ``subjects``; everything of the desk is in ``default``.

    Neither the host's database nor its replica is ever migrated from here. Without an alias ``subjects`` all is in
    ``default``.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return "subjects" if "subjects" in settings.DATABASES and self._is_of_host(model._meta.app_label) else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool | None:
        return None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if db in HOSTS:
            return False
        return False if "subjects" in settings.DATABASES and self._is_of_host(app_label) else None

    @staticmethod
    def _is_of_host(label: str) -> bool:
        try:
            config = apps.get_app_config(label)
        except LookupError:
            return False
        return any(entry == config.name or entry.startswith(f"{config.name}.apps.") for entry in settings.HOST_APPS)


def refuse_hosts_database(*, using: str, **_: Any) -> None:
    """Before a migration: Django would note our migrations in the host's own table of them, and believe that next time.

    Raises:
        CommandError: ``using`` is the host's.
    """
    if using in HOSTS and any(isinstance(one, HostRouter) for one in router.routers):
        raise CommandError(f"'{using}' is the host's database: nothing is migrated there. Leave --database out.")
