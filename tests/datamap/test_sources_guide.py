"""The example of docs/sources.md can be copied: it is taken, asked, and erases once and for all."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks import collector, datamap
from tasks.collector import StoreSource, Subject
from tasks.datamap import Ask, SourcePrivacy, registry
from tests import people

GUIDE = Path(__file__).parents[2] / "docs" / "sources.md"
EXAMPLE = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)[0]
ASK = Ask("one", datetime(2026, 3, 5, 12, tzinfo=UTC))


@pytest.fixture
def newsletter(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreSource]:
    """The example, over a file with Alice and Bob in it."""
    settings.OLD_NEWSLETTER = str(tmp_path / "old.sqlite3")
    with closing(sqlite3.connect(settings.OLD_NEWSLETTER)) as connection, connection:
        connection.execute("CREATE TABLE member (id INTEGER PRIMARY KEY, email TEXT, since TEXT, score REAL)")
        connection.execute("CREATE TABLE opening (id INTEGER PRIMARY KEY, member INTEGER, at TEXT, letter TEXT)")
        members = [(1, "Alice@Example.com", "2019-05-01", 0.3), (2, "bob@example.com", "2020-01-01", 0.9)]
        connection.executemany("INSERT INTO member VALUES (?, ?, ?, ?)", members)
        openings = [(n, 1 + n % 2, "2021-02-03T04:05:06Z", f"Letter {n}") for n in range(5)]
        connection.executemany("INSERT INTO opening VALUES (?, ?, ?, ?)", openings)
    taken: list[type[SourcePrivacy]] = []
    monkeypatch.setattr(datamap, "register_source", lambda declaration: taken.append(declaration) or declaration)
    exec(compile(EXAMPLE, str(GUIDE), "exec"), {})
    with registry.with_sources(*taken):
        yield collector.store("old_newsletter")


@pytest.fixture
def alice(db: None) -> Subject:
    user = people.make("alice", last_name="Hartmann")
    User.objects.filter(pk=user.pk).update(email="ALICE@example.com")
    return Subject(User, user.pk, "default")


def test_the_example_collects_what_is_the_persons_and_nothing_else(newsletter: StoreSource, alice: Subject) -> None:
    batches = list(newsletter.collect(alice, ask=ASK))

    assert newsletter.count(alice) == {"old_newsletter": 1, "old_newsletter:openings": 3}
    assert [(batch.label, len(batch.rows)) for batch in batches] == [
        ("old_newsletter", 1),
        ("old_newsletter:openings", 3),
    ]
    assert "bob@example.com" not in repr([batch.rows for batch in batches])
    assert newsletter.health().startswith("SQLite 3.")


def test_the_example_erases_once_and_counts_nothing_twice(newsletter: StoreSource, alice: Subject) -> None:
    rehearsed = newsletter.erase(alice, Ask("one", ASK.at, dry_run=True))
    before = newsletter.count(alice)
    first, second = newsletter.erase(alice, ASK), newsletter.erase(alice, ASK)

    assert (rehearsed.erased, sum(before.values())) == (4, 4)
    assert (first.erased, second.erased) == (4, 0)
    assert set(newsletter.count(alice).values()) == {0}
    with closing(newsletter.policy.connection()) as connection:
        assert connection.execute("SELECT count(*) FROM member").fetchone()[0] == 1  # Bob


def test_every_attribute_of_a_source_is_in_the_guide() -> None:
    own = {name for name in SourcePrivacy.__dict__ if not name.startswith("_")} - {"described", "validate", "wrong"}
    methods = {"heading", "context", "shared", "heading_of", "label_of", "words_of", "hides"}  # for the house

    said = GUIDE.read_text()
    assert {name for name in own - methods if f"`{name}" not in said} == set()
