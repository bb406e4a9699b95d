"""``manage.py collect`` and ``manage.py datamap``, as a shell sees them."""

import json
from io import StringIO

import pytest
from django.core.management import ManagementUtility, call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError

from tests.hosts.zoo.models import Lock, Person, Pet, Toy


@pytest.fixture(autouse=True)
def _people_of_the_zoo(settings):
    settings.DOSSIER = {**settings.DOSSIER, "subject_model": "zoo.Person"}


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_keys_are_one_json_object(alice):
    Lock.objects.create(protect_id=alice.pk)

    printed = json.loads(run("collect", str(alice.pk), "--keys"))

    assert set(printed) == {"zoo.Person", "zoo.Lock"}
    assert printed["zoo.Person"] == [alice.pk]


def test_rows_are_json_lines_without_what_is_withheld(alice, declare):
    declare(Person, withheld={"code": "It would let others in."}, fields=("name",))
    pet = Pet.objects.create(owner_id=alice.pk)
    Toy.objects.create(name="مرحبا 🐾", pet=pet)

    lines = {line["model"]: line for line in map(json.loads, run("collect", str(alice.pk)).splitlines())}

    assert lines["zoo.Toy"] == {
        "model": "zoo.Toy",
        "pk": "مرحبا 🐾",
        "owned": True,
        "values": {"name": "مرحبا 🐾", "pet_id": str(pet.pk)},
    }
    assert "code" not in lines["zoo.Person"]["values"]


def at_a_shell(*args: str) -> int:
    """The exit status."""
    try:
        ManagementUtility(["manage.py", *args]).execute()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(
    "args",
    [
        ("collect", "999999"),
        ("collect", "abc"),
        ("collect", "1", "--using", "nowhere"),
        ("collect", "1_0", "--keys"),
        ("datamap", "graph", "--using", "nowhere"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line_on_standard_error_and_status_1(db, capsys, args):
    status = at_a_shell(*args)

    printed = capsys.readouterr()
    assert status == 1
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "Traceback" not in printed.err


def test_a_missing_table_is_one_line_too(alice, monkeypatch):
    def fail(*_: object) -> None:
        raise ProgrammingError('relation "zoo_person" does not exist\nLINE 1: SELECT alice@example.com')

    monkeypatch.setattr("tasks.collector.keys", fail)

    with pytest.raises(CommandError) as caught:
        run("collect", str(alice.pk), "--keys")

    assert "does not exist" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "alice@" not in str(caught.value)


def test_the_graph_says_what_owns_and_what_names(db):
    printed = run("datamap", "graph")

    assert "owned    owner [CASCADE] from zoo.Person" in printed
    assert "named    protect [PROTECT] from zoo.Person" in printed
    assert "named    on [GENERIC] from any row of the person's" in printed


def test_the_graph_can_be_drawn(db):
    printed = run("datamap", "graph", "--mermaid").splitlines()

    assert printed[0] == "flowchart LR"
    assert '  zoo_person -->|"owner"| zoo_pet' in printed
    assert '  zoo_person -.->|"protect"| zoo_lock' in printed


def test_the_map_is_printed_by_category(db, declare):
    declare(Person, category="people", fields=("name",), title="Members")

    printed = run("datamap", "show")

    assert "People: not described" in printed
    assert "  zoo.Person “Members”: 1 shown; erasure: as the relation says" in printed
