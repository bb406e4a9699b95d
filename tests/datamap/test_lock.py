"""The accepted map: what changed since then, as a person who reviews it would want to read it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tasks.datamap import Keep, ModelPrivacy, registry
from tasks.datamap.checks import check_data_map
from tasks.datamap.inventory import inventory
from tests.hosts.zoo import models as zoo


@pytest.fixture
def lock(settings, tmp_path) -> Path:
    """The place of the accepted map, where there is none yet."""
    path = tmp_path / "datamap.lock.json"
    settings.DOSSIER = {**settings.DOSSIER, "map_lock": str(path), "subject_model": "zoo.Person"}
    return path


def diff() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("datamap", "diff", stdout=out)
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


def passport(**said: object) -> type[ModelPrivacy]:
    return type("PassportPrivacy", (ModelPrivacy,), {"fields": ("number",), **said})


def test_before_anything_was_accepted_diff_says_what_to_do(lock):
    with pytest.raises(CommandError, match=r"Run 'manage.py datamap accept'") as raised:
        call_command("datamap", "diff", stdout=StringIO())

    assert raised.value.returncode == 2


def test_an_accepted_map_has_no_difference_and_is_written_the_same_each_time(lock):
    call_command("datamap", "accept", stdout=StringIO())
    first = lock.read_text()
    call_command("datamap", "accept", stdout=StringIO())

    assert diff() == (0, "The data map is as it was accepted.\n")
    assert lock.read_text() == first
    assert first.endswith("\n")


def test_a_new_model_a_removed_field_and_another_fate_are_told_with_status_1(lock):
    with registry.overridden({zoo.Passport: passport()}):
        call_command("datamap", "accept", stdout=StringIO())
        accepted = json.loads(lock.read_text())
        del accepted["models"]["zoo.Pet"]
        accepted["models"]["zoo.Passport"]["fields"]["colour"] = "fields"
        lock.write_text(json.dumps(accepted))
    with registry.overridden({zoo.Passport: passport(fields=(), erasure=Keep(because="A law"))}):
        status, text = diff()

    assert status == 1
    assert "**New**\n\n- model `zoo.Pet`: " in text
    assert "- field `zoo.Passport`: `colour`\n" in text
    assert "- erasure of `zoo.Passport`: as the relation says → kept\n" in text
    assert "- field `zoo.Passport`: `number`: fields → open\n" in text
    assert text.index("**New**") < text.index("**Removed**") < text.index("**Changed**")


def test_a_relation_that_came_is_told(lock):
    call_command("datamap", "accept", stdout=StringIO())
    accepted = json.loads(lock.read_text())
    gone = accepted["models"]["zoo.Passport"]["ties"].pop()
    lock.write_text(json.dumps(accepted))

    status, text = diff()

    assert (status, f"- relation `zoo.Passport`: `{gone}`" in text) == (1, True)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99}', "no json"])
def test_a_file_that_is_no_accepted_map_is_told_by_diff_and_by_the_checks(lock, text):
    lock.write_text(text)

    with pytest.raises(CommandError, match=r"datamap\.lock\.json: wanted a map written by"):
        call_command("datamap", "diff", stdout=StringIO())
    assert [message.id for message in check_data_map()] == ["dossier.E004"]


def test_what_was_open_when_the_map_was_accepted_is_a_reminder_and_what_is_new_an_error(lock, monkeypatch):
    monkeypatch.setattr(registry, "_declared", {})
    call_command("datamap", "accept", stdout=StringIO())
    accepted = json.loads(lock.read_text())

    before = [message.id for message in check_data_map() if message.id != "dossier.W002"]
    del accepted["models"]["zoo.Passport"]
    lock.write_text(json.dumps(accepted))
    after = [message for message in check_data_map() if message.is_serious()]

    assert before == ["dossier.W003"]
    assert [(message.id, message.obj) for message in after] == [("dossier.E001", zoo.Passport)]


def test_a_field_that_is_new_on_a_model_accepted_half_described_is_an_error(lock):
    with registry.overridden({zoo.Passport: passport(fields=())}):
        call_command("datamap", "accept", stdout=StringIO())
        known = [message for message in check_data_map() if message.obj is zoo.Passport]
        accepted = json.loads(lock.read_text())
        del accepted["models"]["zoo.Passport"]["fields"]["number"]
        lock.write_text(json.dumps(accepted))
        new = [message.id for message in check_data_map() if message.obj is zoo.Passport]

    assert (known, new) == ([], ["dossier.E002"])


def test_show_prints_the_map_as_json_too(lock):
    out = StringIO()

    call_command("datamap", "show", json=True, stdout=out)

    assert json.loads(out.getvalue()) == inventory()
