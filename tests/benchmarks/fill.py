"""Fill an empty market: a million rows in about a minute, past the ORM.

BENCH_URL=sqlite:////tmp/market.sqlite3 python -m tests.benchmarks.fill 100000 100000
"""

import os
import sys
from array import array
from collections.abc import Iterable, Iterator
from typing import Any, Self

import django
from django.core.management import call_command
from django.db import connection

from tests.benchmarks.tables import TABLES, Table
from tests.benchmarks.world import FIRST_OTHER, ORDINARY, SUBJECT, World, day, moment, money, words

USER = "id password last_login email first_name last_name is_active joined_at invited_by_id"
PROFILE = "user_id phone birthday about settings"
SETTINGS = '{"letters": ["news", "offers"], "theme": "dark", "columns": 3}'


def main(subject_rows: int, other_rows: int) -> None:
    """Make the tables and fill them."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    fill(World(subject_rows, other_rows))


def fill(world: World) -> None:
    """Write every row, in one transaction, with nobody checking keys."""
    with Loader() as loader:
        loader.load("product", "id name price", ((n, f"Planter no. {n}", money(n * 3)) for n in range(1, 501)))
        loader.load("tag", "id name", ((n, f"tag {n}") for n in range(1, 41)))
        loader.load("user", USER, people(world))
        loader.load("profile", PROFILE, profiles(world))
        loader.load("club", "id founder_id name", clubs(world))
        loader.load("cart", "id user_id changed_at", carts(world))
        for table in TABLES:
            loader.load(table.name, table.columns, rows(world, table, loader))
        loader.pin(world)
    with Loader() as loader:
        for name, columns, found in ordinary():
            loader.load(name, columns, found)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def people(world: World) -> Iterator[tuple[Any, ...]]:
    invited = max(1, world.subject_rows // 5000)
    yield SUBJECT, *person(SUBJECT), None
    yield ORDINARY, *person(ORDINARY), None
    for n in range(world.people):
        yield FIRST_OTHER + n, *person(FIRST_OTHER + n), SUBJECT if n < invited else None


def person(key: int) -> tuple[Any, ...]:
    return f"md5$salt${key:032}", None, f"person{key}@example.com", "Ana", f"Number {key}", True, moment(key)


def profiles(world: World) -> Iterator[tuple[Any, ...]]:
    for key in range(SUBJECT, FIRST_OTHER + world.people):
        yield key, f"+49 341 {key:07}", day(key), words(key), SETTINGS


def clubs(world: World) -> Iterator[tuple[Any, ...]]:
    for key in range(1, 21):
        yield key, SUBJECT if key % 10 == 1 else world.someone(key), f"Gardeners of street {key}"


def carts(world: World) -> Iterator[tuple[Any, ...]]:
    """One of the subject's, and one of half of the others."""
    world.mine["cart"], world.others["cart"] = array("q", [1]), array("q")
    yield 1, SUBJECT, moment(1)
    for key in range(2, 2 + world.people // 2):
        world.others["cart"].append(key)
        yield key, FIRST_OTHER + key, moment(key)


def rows(world: World, table: Table, loader: "Loader") -> Iterator[tuple[Any, ...]]:
    for key, number, mine in world.spread(table.name, table.per_mille):
        row = table.make(world, key, number, mine)
        if table.name in ("attachment", "auditentry"):
            row = (row[0], loader.content_types[row[1]], *row[2:])
        yield row


def ordinary() -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
    """Twenty rows of somebody who ordered three times."""
    base = 1_000_000_000
    orders = [(base + n, ORDINARY, f"Z-{n}", "c", moment(n), None, "19.90", "EUR", False, "") for n in range(3)]
    lines = [(base + n, base + n // 2, 1 + n, f"Planter no. {n}", 1, "9.95") for n in range(6)]
    columns = {table.name: table.columns for table in TABLES}
    yield "address", columns["address"], [(base, ORDINARY, "Karl-Heine-Straße 9", "Leipzig", "DE")]
    yield "order", columns["order"], orders
    yield "orderline", columns["orderline"], lines
    yield "payment", columns["payment"], [(base + n, base + n, moment(n), "19.90") for n in range(3)]
    yield "cardpayment", columns["cardpayment"], [(base, "4242", "Ana Number 2")]
    yield "review", columns["review"], [(base, ORDINARY, 7, 5, words(1), moment(9))]
    yield (
        "notification",
        columns["notification"],
        [(base + n, ORDINARY, "ship", "Sent", True, moment(n)) for n in (1, 2)],
    )
    yield "like", columns["like"], [(base, ORDINARY, 1, moment(3))]


class Loader:
    """One transaction of bulk writing, by each database's fastest way."""

    def __enter__(self) -> Self:
        from django.contrib.contenttypes.models import ContentType

        connection.ensure_connection()
        names = ("user", "order", "post")
        self.content_types = {name: ContentType.objects.get_by_natural_key("market", name).pk for name in names}
        self.cursor = connection.cursor()
        if connection.vendor == "sqlite":
            self.cursor.execute("PRAGMA foreign_keys = OFF")
            self.cursor.execute("PRAGMA synchronous = OFF")
            self.cursor.execute("BEGIN")
        else:
            connection.set_autocommit(False)
            self.cursor.execute(
                "SET session_replication_role = replica"
            )  # no trigger looks whether keys lead somewhere
        return self

    def __exit__(self, *error: object) -> None:
        self.cursor.execute("ROLLBACK" if error[0] else "COMMIT")
        self.cursor.close()
        connection.close()

    def load(self, name: str, columns: str, found: Iterable[tuple[Any, ...]]) -> None:
        """Write the rows of one table."""
        into = f'"market_{name}" ({", ".join(columns.split())})'
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(columns.split()))
            self.cursor.connection.executemany(f"INSERT INTO {into} VALUES ({marks})", found)
            return
        with self.cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in found:
                copy.write_row(row)

    def pin(self, world: World) -> None:
        """Pin comments to posts: the subject's to the subject's, and a few of the subject's to others'."""
        ours, comments = world.mine["post"], world.mine["comment"]
        pairs = [(comments[n % len(comments)], ours[n]) for n in range(0, len(ours), 5)]
        elsewhere = range(max(1, world.subject_rows // 1000))
        pairs += [(comments[n * 7 % len(comments)], world.key("post", n * 3, mine=False)) for n in elsewhere]
        mark = "?" if connection.vendor == "sqlite" else "%s"
        raw = self.cursor.connection if connection.vendor == "sqlite" else self.cursor
        raw.executemany(f"UPDATE market_post SET pinned_id = {mark} WHERE id = {mark}", pairs)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
