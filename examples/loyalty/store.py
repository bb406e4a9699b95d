"""What the loyalty service holds: members, points, coupons, cards, in one SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS member (number TEXT PRIMARY KEY, email TEXT UNIQUE, joined_on TEXT NOT NULL,
  in_dispute INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS points (id INTEGER PRIMARY KEY, number TEXT NOT NULL, booked_on TEXT NOT NULL,
  points INTEGER NOT NULL, reason TEXT NOT NULL, invoice TEXT NOT NULL DEFAULT '', worth TEXT NOT NULL DEFAULT '0.00');
CREATE TABLE IF NOT EXISTS coupons (id INTEGER PRIMARY KEY, number TEXT NOT NULL, code TEXT NOT NULL,
  percent INTEGER NOT NULL, valid_until TEXT NOT NULL, used_on TEXT);
CREATE TABLE IF NOT EXISTS memberships (id INTEGER PRIMARY KEY, number TEXT NOT NULL, programme TEXT NOT NULL,
  joined_on TEXT NOT NULL, card BLOB);
CREATE TABLE IF NOT EXISTS nonce (nonce TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS done (ask TEXT PRIMARY KEY, body TEXT NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ticket (ticket TEXT PRIMARY KEY, body BLOB NOT NULL, content_type TEXT NOT NULL DEFAULT '',
  answer BLOB, until REAL NOT NULL);
"""
SECTIONS = ("points", "coupons", "memberships")
KEPT_YEARS = 10  # § 147 AO: ten years from the end of the year


class Store:
    """One file. Each thread and each call has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.writing() as db:
            for statement in SCHEMA.split(";"):
                db.execute(statement)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in one transaction: all of it or nothing."""
        db = sqlite3.connect(self.path, timeout=20, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        finally:
            db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one moment."""
        db = sqlite3.connect(self.path, timeout=20, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("BEGIN")
            yield db
        finally:
            db.close()

    # --- whom it is about

    def member(self, db: sqlite3.Connection, subject: dict[str, str]) -> str:
        """The member's number; empty where nobody is known by these. All that is given has to agree."""
        known = {name: subject[name] for name in ("number", "email") if subject.get(name)}
        if not known:
            return ""
        where = " AND ".join(f"{name} = ? COLLATE NOCASE" for name in known)
        found = db.execute(f"SELECT number FROM member WHERE {where}", tuple(known.values())).fetchone()  # noqa: S608 - columns of ours
        return found["number"] if found else ""

    def counts(self, db: sqlite3.Connection, number: str) -> dict[str, int]:
        """Records per section."""
        return {
            section: db.execute(f"SELECT count(*) FROM {section} WHERE number = ?", (number,)).fetchone()[0]  # noqa: S608 - a table of ours
            for section in SECTIONS
        }

    def records(self, db: sqlite3.Connection, number: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every record, section by section: its section and its columns."""
        for section in SECTIONS:
            for row in db.execute(f"SELECT * FROM {section} WHERE number = ? ORDER BY id", (number,)):  # noqa: S608 - a table of ours
                yield section, {name: row[name] for name in row.keys() if name != "number"}  # noqa: SIM118 - a Row iterates over its values

    def is_in_dispute(self, db: sqlite3.Connection, number: str) -> bool:
        """Whether somebody argues about this member's points, so that nothing may go now."""
        return bool(db.execute("SELECT in_dispute FROM member WHERE number = ?", (number,)).fetchone()[0])

    def erase(self, db: sqlite3.Connection, number: str, *, dry_run: bool) -> dict[str, Any]:
        """Erase what may go; points that paid an invoice stay, without a name. What was done, in numbers."""
        kept = db.execute(
            "SELECT count(*), max(booked_on) FROM points WHERE number = ? AND invoice != ''", (number,)
        ).fetchone()
        erased = sum(self.counts(db, number).values()) - kept[0]
        if not dry_run:
            for section in ("coupons", "memberships"):
                db.execute(f"DELETE FROM {section} WHERE number = ?", (number,))  # noqa: S608 - a table of ours
            db.execute("DELETE FROM points WHERE number = ? AND invoice = ''", (number,))
            if kept[0]:
                db.execute("UPDATE member SET email = NULL WHERE number = ?", (number,))
            else:
                db.execute("DELETE FROM member WHERE number = ?", (number,))
        until = date(int(kept[1][:4]) + KEPT_YEARS, 12, 31).isoformat() if kept[0] else None
        return {"erased": erased, "changed": 1 if kept[0] else 0, "kept": kept[0], "until": until}

    # --- what the protocol asks it to remember

    def is_new(self, nonce: str, *, now: float, keep_seconds: float) -> bool:
        """Remember a nonce; False where it was used before."""
        with self.writing() as db:
            db.execute("DELETE FROM nonce WHERE until < ?", (now,))
            added = db.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?)", (nonce, now + keep_seconds))
            return added.rowcount == 1
