"""Sources beyond the database stand in the map as models do: shown, accepted, compared, recorded, checked, asked."""

import json
import threading
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tasks.datamap import Keep, registry
from tasks.datamap.checks import check_data_map
from tasks.datamap.fingerprint import version_hash
from tasks.datamap.labels import category_of, heading_of
from tasks.datamap.records import records
from tasks.errors import SourceUnavailable
from tests.bonus import Loyalty, holding


def run(*words: str, **options: Any) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("datamap", *words, stdout=out, **options)
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def lock(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "datamap.lock.json"
    settings.DOSSIER = {**settings.DOSSIER, "map_lock": str(path)}
    return path


def test_a_source_stands_in_the_map_in_its_chapter() -> None:
    with registry.with_sources(Loyalty):
        text, data = run("show")[1], json.loads(run("show", json=True)[1])

    assert "Bonus programme: What you collect when you shop." in text
    assert "source loyalty “Bonus account”: 3 shown, 1 withheld, 1 of others; erasure: deleted" in text
    entry = data["sources"]["loyalty"]
    assert entry["fields"] == {
        "invited_by": "third_party",
        "level": "fields",
        "member_since": "fields",
        "points": "fields",
        "score": "withheld",
    }
    assert (entry["category"], entry["kind"], entry["recipients"]) == ("bonus", "its own", ["Bonus GmbH"])
    assert entry["legal_basis"] == "Art. 6(1)(b) GDPR"


def test_a_source_that_came_changed_and_went_is_told_with_status_1(lock: Path) -> None:
    with registry.with_sources():
        run("accept")
    with registry.with_sources(Loyalty):
        came = run("diff")
        run("accept")
        same = run("diff")
    changed = holding(fields=("level",), sections={"moves": "Moves"}, erasure=Keep(because="A law"), recipients=())
    with registry.with_sources(changed):
        other = run("diff")
    with registry.with_sources():
        went = run("diff")

    assert came[0] == other[0] == went[0] == 1
    assert "**New**\n\n- source `loyalty`: category bonus, asked by its own; sections: gifts, moves; deleted" in came[1]
    assert same == (0, "The data map is as it was accepted.\n")
    assert "- field `loyalty`: `points`\n" in other[1]
    assert "- section `loyalty`: `gifts`\n" in other[1]
    assert "- erasure of `loyalty`: deleted → kept" in other[1]
    assert "- recipients of `loyalty`: Bonus GmbH → none" in other[1]
    assert "**Removed**\n\n- source `loyalty`" in went[1]


def test_what_an_adapter_searches_by_is_a_part_of_the_map(lock: Path) -> None:
    class Adapter(Loyalty):
        patterns: tuple[str, ...] = ("cart:{user.pk}",)
        url = "redis://user:moss-and-kestrel@host"
        asks = ("patterns",)

    with registry.with_sources(type("CartPrivacy", (Adapter,), {})):
        run("accept")
        before = version_hash()
    with registry.with_sources(type("CartPrivacy", (Adapter,), {"patterns": ("cart:{user.pk}", "wish:{user.pk}")})):
        status, text = run("diff")
        after = version_hash()

    assert status == 1
    assert '- question `loyalty`: `patterns`: ["cart:{user.pk}"] → ["cart:{user.pk}", "wish:{user.pk}"]' in text
    assert json.loads(lock.read_text())["sources"]["loyalty"]["kind"] == "Adapter"
    assert "moss-and-kestrel" not in lock.read_text()
    assert before != after


def test_a_map_that_was_accepted_before_there_were_sources_is_still_read(lock: Path) -> None:
    with registry.with_sources():
        run("accept")
    before = json.loads(lock.read_text())
    del before["sources"]
    lock.write_text(json.dumps(before))

    with registry.with_sources(Loyalty):
        status, text = run("diff")

    assert (status, "- source `loyalty`: " in text) == (1, True)


@pytest.mark.django_db
def test_a_source_is_drawn() -> None:
    with registry.with_sources(Loyalty):
        assert "source loyalty “Bonus account”" in run("graph")[1]
        assert '==>|"asked"| source_loyalty' in run("graph", mermaid=True)[1]


def test_a_source_is_an_activity_of_the_records_of_processing() -> None:
    with registry.with_sources(Loyalty):
        found = records(at=datetime(2026, 3, 5, tzinfo=UTC))

    (bonus,) = [each for each in found.activities if each.key == "bonus"]
    assert bonus.title == "Bonus programme"
    assert bonus.purposes == (("dpv:ServiceProvision", "To give you a bonus"),)
    assert bonus.recipients == (("Bonus GmbH", "Leipzig", "runs the programme"),)
    (heading, names), *_ = bonus.data
    assert heading == "Bonus account"
    assert {"Points that came and went", "Member since", "Score", "Invited by"} <= set(names)
    assert "Bonus account" in found.as_csv()


def test_the_version_of_the_map_changes_with_what_a_source_says_and_not_with_how_it_is_asked() -> None:
    versions = []
    for said in ({}, {"timeout": 3, "batch_rows": 7}, {"description": "More"}, {"withheld": {"score": "Because"}}):
        with registry.with_sources(holding(**said)):
            versions.append(version_hash())
    with registry.with_sources():
        versions.append(version_hash())

    assert versions[0] == versions[1]
    assert len(set(versions)) == 4


@pytest.mark.django_db
def test_a_source_that_does_not_say_why_or_how_long_is_a_warning() -> None:
    with registry.with_sources(holding(category="bonus", title="Bonus")):
        (found,) = [each for each in check_data_map() if each.id == "dossier.W005"]
    with registry.with_sources(Loyalty):
        assert "dossier.W005" not in [each.id for each in check_data_map()]

    assert "'loyalty' does not say purposes nor legal_basis nor retention" in found.msg
    assert "shop.privacy.LoyaltyPrivacy" in str(found.hint)


@pytest.mark.django_db
def test_a_secret_among_the_fields_of_a_source_is_a_warning_until_it_is_said_to_be_none() -> None:
    with registry.with_sources(holding(fields=("level", "pin"))):
        (found,) = [each for each in check_data_map() if each.id == "dossier.W004"]
    with registry.with_sources(holding(fields=("level", "pin"), reveal={"pin": "The number of a badge"})):
        assert "dossier.W004" not in [each.id for each in check_data_map()]

    assert "'loyalty': pin looks like a secret" in found.msg


def test_labels_of_sources_are_read_as_labels_of_models_are() -> None:
    with registry.with_sources(Loyalty):
        headings = [heading_of(f"loyalty{part}") for part in ("", ":moves", ":oldGifts")]
        category = category_of("loyalty:moves")

    assert headings == ["Bonus account", "Points that came and went", "Old gifts"]
    assert (category.key, category.title) == ("bonus", "Bonus programme")
    assert (heading_of("loyalty:moves"), category_of("loyalty").key) == ("loyalty:moves", "loyalty")


def unwell(self: Any) -> str:
    raise SourceUnavailable("loyalty: refused the connection.")


def broken(self: Any) -> str:
    raise KeyError("alice@example.com")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("health", "line", "status"),
    [
        (lambda self: "version 7\n", "loyalty   well  version 7", 0),
        (unwell, "loyalty   NOT WELL  refused the connection.", 1),
        (broken, "loyalty   NOT WELL  KeyError.", 1),
        (lambda self: None, "loyalty   NOT WELL  loyalty.health: wanted a text, found NoneType.", 1),
    ],
)
def test_every_source_is_asked_how_it_is(health: Any, line: str, status: int) -> None:
    with registry.with_sources(holding(health=health)):
        found = run("health")

    assert found[0] == status
    assert found[1].splitlines()[0].startswith("database  well")
    assert found[1].splitlines()[1:] == [line]


@pytest.mark.django_db
def test_a_source_that_never_answers_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr("tasks.collector.health.GRACE", 0.0)

    with registry.with_sources(holding(health=lambda self: str(never.wait(60)), timeout=0.05)):
        status, text = run("health")
    never.set()

    assert (status, "NOT WELL  No answer within 0.05 seconds." in text) == (1, True)


@pytest.mark.django_db
def test_an_unknown_alias_is_told() -> None:
    with pytest.raises(CommandError, match="no database alias 'nowhere'"):
        run("health", using="nowhere")
