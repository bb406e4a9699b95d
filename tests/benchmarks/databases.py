"""Filled databases to measure on: temporary, and copied afresh for whoever erases."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from tests import services

ROOT = Path(__file__).resolve().parents[2]
RULES = "tests.benchmarks.rules"  # prints which key does what at the database


class Sqlite:
    """Files in a folder."""

    title = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.sqlite3"

    def make(self, subject_rows: int, other_rows: int) -> str:
        """Fill one; its name."""
        name = f"m{subject_rows}_{other_rows}"
        run("tests.benchmarks.fill", str(subject_rows), str(other_rows), url=self.url(name), folder=self.folder)
        return name

    def with_cascade(self, name: str) -> str:
        """A copy whose keys say ON DELETE at the database: the schema's text is rewritten, as no ALTER can do it."""
        made = f"{name}_cascade"
        shutil.copyfile(self.folder / f"{name}.sqlite3", self.folder / f"{made}.sqlite3")
        rules = key_rules(self.url(made), self.folder)
        with sqlite3.connect(self.folder / f"{made}.sqlite3") as connection:
            connection.execute("PRAGMA writable_schema = ON")
            for table, column, target, rule in rules:
                plain = f'"{column}" %s REFERENCES "{target}"'
                (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
                sql = with_rule(sql, column, rule)
                assert f"ON DELETE {rule}" in sql, plain
                connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [sql, table])
        connection.close()
        return made

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """The URL of a fresh copy."""
        target = self.folder / "copy.sqlite3"
        shutil.copyfile(self.folder / f"{name}.sqlite3", target)
        try:
            yield self.url("copy")
        finally:
            for left in self.folder.glob("copy.sqlite3*"):
                left.unlink()

    def drop(self, name: str) -> None:
        for left in self.folder.glob(f"{name}.sqlite3*"):
            left.unlink()


def with_rule(sql: str, column: str, rule: str) -> str:
    """A table's definition with ON DELETE at one of its keys."""
    head, mark, tail = sql.partition(f'"{column}" ')
    before, deferrable, after = tail.partition(" DEFERRABLE")
    return f"{head}{mark}{before} ON DELETE {rule}{deferrable}{after}"


class Postgres:
    """Databases of one temporary server."""

    title = "PostgreSQL"

    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self.base = folder, base
        for statement in ("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"):
            self.run("postgres", statement)

    def url(self, name: str) -> str:
        return f"{self.base.rpartition('/')[0]}/{name}"

    def run(self, database: str, *statements: str) -> None:
        parts = urlsplit(self.base)
        host = unquote(parts.netloc.rpartition("@")[2])
        with psycopg.connect(host=host, user=parts.username, dbname=database, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def make(self, subject_rows: int, other_rows: int) -> str:
        name = f"m{subject_rows}_{other_rows}"
        self.run("postgres", f"CREATE DATABASE {name}")
        run("tests.benchmarks.fill", str(subject_rows), str(other_rows), url=self.url(name), folder=self.folder)
        self.run(name, "VACUUM ANALYZE", "CHECKPOINT")
        return name

    def with_cascade(self, name: str) -> str:
        made = f"{name}_cascade"
        self.run("postgres", f"CREATE DATABASE {made} TEMPLATE {name}")
        for table, column, target, rule in key_rules(self.url(made), self.folder):
            self.run(made, alter(table, column, target, rule))
        self.run(made, "CHECKPOINT")
        return made

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        self.run("postgres", f"CREATE DATABASE copy TEMPLATE {name}", "CHECKPOINT")
        try:
            yield self.url("copy")
        finally:
            self.run("postgres", "DROP DATABASE copy WITH (FORCE)")

    def drop(self, name: str) -> None:
        self.run("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def alter(table: str, column: str, target: str, rule: str) -> str:
    """Put ON DELETE at a key of Django's making."""
    return f"""
        DO $$ DECLARE found record; BEGIN
            SELECT conname INTO STRICT found FROM pg_constraint JOIN pg_attribute
            ON attrelid = conrelid AND attnum = conkey[1]
            WHERE contype = 'f' AND conrelid = '"{table}"'::regclass AND attname = '{column}';
            EXECUTE format('ALTER TABLE "{table}" DROP CONSTRAINT %I', found.conname);
            EXECUTE format('ALTER TABLE "{table}" ADD CONSTRAINT %I FOREIGN KEY ("{column}") REFERENCES "{target}"
                ON DELETE {rule} DEFERRABLE INITIALLY DEFERRED NOT VALID', found.conname);
        END $$"""


Store = Sqlite | Postgres


def stores(names: list[str], folder: Path) -> Iterator[AbstractContextManager[Store]]:
    """The databases that were asked for, one after the other."""
    kinds: dict[str, Callable[[], AbstractContextManager[Store]]] = {
        "sqlite": lambda: sqlite_store(folder),
        "postgres": lambda: postgres_store(folder),
    }
    return (kinds[name]() for name in names)


@contextmanager
def sqlite_store(folder: Path) -> Iterator[Store]:
    yield Sqlite(folder)


@contextmanager
def postgres_store(folder: Path) -> Iterator[Store]:
    with services.postgres() as url:
        yield Postgres(folder, url)


def key_rules(url: str, folder: Path) -> list[tuple[str, str, str, str]]:
    """``(table, column, target table, CASCADE or SET NULL)`` of every key of the market."""
    return [tuple(line.split("\t")) for line in run(RULES, url=url, folder=folder).splitlines()]


def run(module: str, *words: str, url: str, folder: Path) -> str:
    """Run a module of ours in a fresh process; what it printed."""
    environment = {
        **os.environ,
        "BENCH_URL": url,
        "BENCH_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
    }
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(words)}: {done.stderr[-3000:]}")
    return done.stdout
