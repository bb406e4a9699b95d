"""A first privacy.py from the models: it runs, it passes the checks, and a careful reader agrees with most of it."""

import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from tasks.datamap import registry
from tasks.datamap.checks import check_data_map, subject_model
from tasks.datamap.draft import drafts
from tasks.datamap.draft.fields import guess
from tasks.datamap.draft.models import ModelDraft
from tasks.datamap.ties import reach

SHOP = ("auth", "account", "mfa", "usersessions", "customers", "orders", "support", "community", "news")


@pytest.fixture
def undescribed(monkeypatch) -> Iterator[None]:
    """The demo company as it would be before anybody wrote a privacy.py."""
    monkeypatch.setattr(registry, "_declared", {})
    monkeypatch.setattr(registry, "_exempt", {})
    with registry.overridden({}):
        yield


def load(draft) -> None:
    exec(compile(draft.text, str(draft.path), "exec"), {"__name__": f"drafts.{draft.app}"})


def errors() -> list[str]:
    return [message.msg for message in check_data_map() if message.is_serious()]


@pytest.fixture
def written(undescribed, tmp_path) -> Path:
    """The drafts of the shop's apps in a folder, and in the registry."""
    for draft in drafts(installed(), folder=tmp_path):
        if draft.text:
            draft.path.write_text(draft.text)
            load(draft)
    return tmp_path


def installed() -> list[str]:
    """The apps of the demo whose models lead to a person, with those of the tests' hosts that do."""
    return sorted({model._meta.app_label for model in reach(subject_model()).models} | {"news"})


def test_the_drafts_of_a_project_without_a_map_pass_its_checks(written):
    assert errors() == []


def test_a_draft_is_formatted_as_the_formatter_would(written):
    pytest.importorskip("ruff", reason="the formatter is not in this environment")
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "--check", str(written)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_four_of_five_fields_stand_where_a_careful_person_put_them():
    """Held against the demo's own declarations, which were written by hand."""
    found = reach(subject_model())
    agreed, asked = 0, []
    for policy in registry:
        if registry.is_own(policy.model) and policy.model._meta.app_label in SHOP:
            places = {n: place for place in ("fields", "withheld", "third_party") for n in getattr(policy, place)}
            mine = {g.name: g.place for g in ModelDraft(policy.model, found).fields if g.name in places}
            agreed += sum(places[name] == place for name, place in mine.items())
            asked += list(mine)

    assert len(asked) > 100
    assert agreed / len(asked) >= 0.8


def test_an_order_that_is_set_to_null_is_followed_and_its_lines_are_drafted_too(undescribed, tmp_path):
    (draft,) = drafts(["orders"], folder=tmp_path)

    assert '"user": True,  # SET_NULL, yet the name says whose the row is' in draft.text
    assert "orders.OrderLine" in draft.models
    assert "# review: does a law want these to stay" in draft.text


def test_a_row_without_a_key_is_tied_by_its_address(undescribed, tmp_path):
    (draft,) = drafts(["news"], folder=tmp_path)

    assert 'match = datamap.Match(email="' in draft.text


def test_run_again_it_adds_a_field_that_is_new_and_changes_nothing_else(written):
    path = written / "customers.py"
    whole = path.read_text()
    forgotten = next(line for line in whole.splitlines() if '"birth_date"' in line)
    path.write_text(whole.replace(forgotten + "\n", ""))
    registry._declared.clear()
    for file in written.glob("*.py"):
        exec(compile(file.read_text(), str(file), "exec"), {"__name__": "again"})

    (draft,) = drafts(["customers"], folder=written)

    assert not draft.models
    assert len(draft.fields) == 1
    added = set(draft.text.splitlines()) - set(path.read_text().splitlines())
    assert len(added) == 1
    assert "# review: new" in added.pop()
    assert [line for line in draft.text.splitlines() if "# review: new" not in line] == path.read_text().splitlines()


def test_run_again_with_nothing_new_it_writes_nothing(written):
    assert not any(draft.changes for draft in drafts(installed(), folder=written))


def test_what_is_written_by_hand_on_one_line_is_left_to_its_author(written):
    path = written / "customers.py"
    path.write_text("from tasks import datamap\n\n\n" + "\n".join(HAND) + "\n")
    with registry.overridden({"customers.Address": None}):
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "hand"})
        (draft,) = drafts(["customers"], folder=written)

    assert "AddressPrivacy.fields: “city”" in draft.by_hand
    assert draft.text == path.read_text()


HAND = (
    '@datamap.register("customers.Address")',
    "class AddressPrivacy(datamap.ModelPrivacy):",
    '    fields = ("street",)',
)


@pytest.mark.parametrize(
    ("field", "place", "sure"),
    [
        (models.CharField(name="api_token"), "withheld", True),
        (models.CharField(name="confirmation_code"), "withheld", False),
        (models.TextField(name="search_text"), "withheld", True),
        (models.CharField(name="contact_email"), "third_party", False),
        (models.TextField(name="internal_notes"), "fields", False),
        (models.CharField(name="status", choices=[("o", "open")]), "fields", True),
        (models.CharField(name="badge", help_text="Keep this private."), "withheld", False),
        (models.GenericIPAddressField(name="seen_from"), "fields", True),
    ],
)
def test_a_guess_goes_by_name_type_and_help_text(field, place, sure):
    field.model = models.Model
    found = guess(field)

    assert (found.place, found.sure) == (place, sure)
    assert found.why or found.place == "fields"


def test_an_installed_package_is_not_written_into(undescribed):
    with pytest.raises(CommandError, match=r"auth is an installed package.*--to FOLDER"):
        call_command("draftprivacy", "auth", write=True)


def test_a_folder_of_drafts_is_a_package_that_autodiscovery_can_import(undescribed, tmp_path):
    folder, out = tmp_path / "privacy", StringIO()

    call_command("draftprivacy", "auth", "orders", write=True, to=folder, stdout=out)
    (folder / "__init__.py").write_text((folder / "__init__.py").read_text() + "mine = 1\n")
    call_command("draftprivacy", "support", write=True, to=folder, stdout=out)

    init = (folder / "__init__.py").read_text()
    assert "from . import auth as auth" in init
    assert "from . import support as support" in init
    assert "mine = 1" in init
    assert "models and 0 fields are new" in out.getvalue()


def test_an_app_that_is_not_installed_is_named_with_those_that_are():
    with pytest.raises(CommandError, match=r"No app 'shopp' is installed. There are: .*orders"):
        call_command("draftprivacy", "shopp")
