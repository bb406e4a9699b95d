"""``manage.py demo``: the demo company in the configured database."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from examples.shop.demo.accounts import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    requires_system_checks = ()  # what they find concerns "manage.py check"; here they would only cost time
    help = "Migrate, and fill the configured database with the demo company. Run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo company is for DOSSIER_DEMO=1, which is not set here.")
        migrate()
        self.stdout.write(self.style.SUCCESS(fill()))
        if missed := fill_stores():
            self.stderr.write(missed)
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.email:<18} {account.who}")
        self.stdout.write(f"  password of all four: {PASSWORD}; codes of Dana and Axel: /demo/codes/")


def migrate() -> None:
    """Bring the tables up to date. Nothing is started where nothing is missing: that takes longer than looking."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def fill() -> str:
    """Fill an empty shop; say what was done."""
    from examples.shop.demo import data

    if data.is_filled():
        return "Kestrel & Moss is there already. Nothing was changed."
    data.fill()
    return "Kestrel & Moss is open: 300 customers and everything that they left behind."


def fill_stores() -> str:
    """Fill the Redis and the CouchDB that the settings name; what of it could not be reached."""
    from examples.shop.demo.data import SEED, stores

    return stores.fill(seed=SEED + 6)
