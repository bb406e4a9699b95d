"""Cells that nobody can read: the row comes, the cell is told, and all other rows are as ever."""

import json

import pytest
from django.db import connection
from django.db.models import QuerySet

from tasks import collector
from tests.hosts.zoo.models import Hit, Login, Pet, Toy

SQLITE = connection.vendor == "sqlite"


def run(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def logins(alice: object, noon: object, number: int) -> list[Login]:
    QuerySet(model=Login).bulk_create([Login(person_id=alice.pk, ip="192.0.2.7", at=noon) for _ in range(number)])
    return list(Login.objects.order_by("pk"))


@pytest.mark.parametrize(
    "text", ["infinity", "0044-03-15 12:00:00 BC"] if not SQLITE else ["2026-13-32 12:00:00", "2026-02-30 12:00:00"]
)
def test_a_moment_that_python_does_not_know_is_empty_and_told(alice, noon, text, settings):
    settings.DOSSIER = {**settings.DOSSIER, "batch_rows": 2}
    rows = logins(alice, noon, 5)
    run(f"UPDATE zoo_login SET at = '{text}' WHERE id = %s", rows[3].pk)

    batches = [batch for batch in collector.collect(alice) if batch.label == "zoo.Login"]
    lines = [json.loads(line) for line in b"".join(collector.lines(alice)).splitlines()]

    found = [row for batch in batches for row in batch.rows]
    assert [row[0] for row in found] == [row.pk for row in rows]
    assert [row[-1] for row in found] == [noon, noon, noon, None, noon]
    told = [(batch.rows[cell.row][0], cell.column) for batch in batches for cell in batch.damaged]
    assert told == [(rows[3].pk, "at")]
    assert len([line for line in lines if line["model"] == "zoo.Login"]) == 5
    assert collector.count(alice)["zoo.Login"] == 5


@pytest.mark.skipif(not SQLITE, reason="PostgreSQL lets no such bytes in")
@pytest.mark.parametrize("cell", ["CAST(x'ff41' AS TEXT)", "x'ff41'"])
def test_bytes_that_are_no_text_are_told_and_the_lines_stay_utf8(alice, cell):
    pet = Pet.objects.create(owner_id=alice.pk)
    for name in ("a", "b", "c"):
        Toy.objects.create(name=name, pet=pet)
    run(f"UPDATE zoo_person SET name = {cell} WHERE id = %s", alice.pk)

    rows = {batch.label: (batch.rows, batch.damaged) for batch in collector.collect(alice)}
    lines = [json.loads(line) for line in b"".join(collector.lines(alice)).decode().splitlines()]

    assert len(rows["zoo.Toy"][0]) == 3
    if "CAST" in cell:
        assert rows["zoo.Person"][0][0][1] == "\ufffdA"
        assert [(cell.column, cell.reason) for cell in rows["zoo.Person"][1]] == [("name", "UnicodeDecodeError")]
    assert [line["values"]["name"] for line in lines if line["model"] == "zoo.Person"] == ["\ufffdA"]


@pytest.mark.skipif(not SQLITE, reason="PostgreSQL keeps types apart")
def test_bytes_in_a_column_of_numbers_do_not_take_the_lines_of_others_along(alice, noon):
    rows = logins(alice, noon, 3)
    run("PRAGMA ignore_check_constraints = ON")
    run("UPDATE zoo_login SET ip = x'00ff' WHERE id = %s", rows[1].pk)

    lines = [json.loads(line) for line in b"".join(collector.lines(alice)).decode().splitlines()]

    assert [line["pk"] for line in lines if line["model"] == "zoo.Login"] == [row.pk for row in rows]


def test_a_text_may_hold_every_character_that_json_has_to_spell(alice, declare):
    from tasks.datamap import Match
    from tests.hosts.zoo.models import Subscription

    text = '"\\ \n\t\x01\x7f\u2028 %s {0} 🐾' + ("\x00" if SQLITE else "")
    declare(Subscription, match=Match(field="email", values=lambda person: [text]))
    Subscription.objects.create(email=text)

    (line,) = [line for line in b"".join(collector.lines(alice)).split(b"\n") if b"zoo.Subscription" in line]

    assert json.loads(line)["values"]["email"] == text
    assert not any(byte < 32 for byte in line)


def test_what_is_whole_is_not_looked_at(alice, noon, monkeypatch):
    def fail(*_: object) -> None:
        raise AssertionError("each cell was looked at")

    monkeypatch.setattr("tasks.collector.rows.settled", fail)
    logins(alice, noon, 2)
    Hit.objects.create(ip="192.0.2.1", at=noon)

    assert all(batch.damaged == () for batch in collector.collect(alice))
