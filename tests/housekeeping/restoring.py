"""A host with people, a backup of its whole database, and the erasure of one of them: what tests of a restore share."""

import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import QuerySet

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Blank, Keep, ModelPrivacy, registry, years
from tests.hosts.fates.models import Account, Document, Line, Order, Ticket

PEOPLE = (Account, Order, Line, Document, Ticket)
MARKS = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor not in ("sqlite", "postgresql"), reason="its dump is another program's"),
]


class OrderPrivacy(ModelPrivacy):
    follow = True
    erasure = Keep(for_=years(10), after="placed_on", because="law", meanwhile=Blank("address"))


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings) -> Iterator[Path]:
    """A vault of its own: its journal must not hold other tests' erasures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DOSSIER = {
        **settings.DOSSIER,
        "vault_dir": str(tmp_path / "vault"),
        "vault_key": str(tmp_path / "vault.key"),
    }
    with registry.overridden({Order: OrderPrivacy}):
        yield tmp_path


class Backup:
    """The whole database as it is now, by the database's own means."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "backup"
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with sqlite3.connect(self.file) as copy:
                connection.connection.backup(copy)
            copy.close()
            return
        self._run("pg_dump", "--format=custom", f"--file={self.file}")

    def restore(self) -> None:
        """Put it back, over whatever is there."""
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.file) as copy:
                copy.backup(connection.connection)
            copy.close()
            return
        connections.close_all()
        self._run("pg_restore", "--clean", "--if-exists", "--single-transaction", str(self.file))

    def _run(self, program: str, *words: str) -> None:
        given = connection.settings_dict
        where = [f"--host={given['HOST']}", f"--username={given['USER']}", f"--dbname={given['NAME']}"]
        environment = {**os.environ, "PGPASSWORD": str(given["PASSWORD"] or "")}
        done = subprocess.run([program, *where, *words], env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr


def person(name: str, **more) -> Account:
    """An account with an order, a line, two documents and a ticket."""
    account = Account.objects.create(
        name=name, email=f"{name}@example.com", nick=name, joined_at="2020-01-01T00:00Z", **more
    )
    order = Order.objects.create(account=account, placed_on=date(2025, 6, 1), address="Leipzig")
    Line.objects.create(order=order, text="a mug")
    for _ in range(2):
        Document.objects.create(account=account, file="")
    Ticket.objects.create(account=account)
    return account


def erase(account: Account, at) -> uuid.UUID:
    subject, run_id = Subject.find(Account, account.pk), uuid.uuid4()
    erasure.apply(subject, erasure.plan(subject, at=at), run_id=run_id, at=at)
    erasure.verify(subject, run_id=run_id, at=at)
    return run_id


def command(*words: str) -> str:
    """What ``replayerasures`` printed."""
    out = StringIO()
    call_command("replayerasures", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def world() -> dict[str, list]:
    """Every row of the host, whole."""
    return {model.__name__: list(QuerySet(model=model).order_by("pk").values()) for model in PEOPLE}
