"""What docs/export-format.md shows is what is made."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from tasks.export import data
from tests.export.building import QUICK, made, store

PAGE = (Path(__file__).parents[2] / "docs" / "export-format.md").read_text(encoding="utf-8")


def example(name: str) -> dict:
    found = re.search(rf"^```json {name}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found, name
    return dict(json.loads(found[1]))


def keys(value: object, path: str = "") -> set[str]:
    """Every path of names in a JSON value."""
    if isinstance(value, dict):
        return {f"{path}.{name}" for name in value} | {
            inner for name, part in value.items() for inner in keys(part, f"{path}.{name}")
        }
    return {inner for part in value for inner in keys(part, path)} if isinstance(value, list) else set()


def test_the_example_keeps_to_the_schema() -> None:
    checker = jsonschema_rs.validator_for(json.loads(data.schema()), validate_formats=True)

    assert [error.message for error in checker.iter_errors(example("data"))] == []


def test_the_example_shows_every_name_of_the_file() -> None:
    answer = json.loads(made([store([("1", {"a": 1})])])["data/data.json"])

    shown = {path for path in keys(answer) if ".@context." not in path and ".values." not in path}

    assert {path for path in shown if ".context." not in path} <= keys(example("data"))


@pytest.mark.parametrize("path", ["START-HERE.html", "data/data.json", "csv/data-dictionary.csv"])
def test_the_table_names_every_kind_of_file(path: str) -> None:
    assert f"`{path}`" in PAGE
    assert path in made([store([("1", "a")])], kinds=QUICK)


def test_every_name_of_the_manifest_is_shown() -> None:
    manifest = json.loads(made([store([("1", "a")])], kinds=("zip",))["manifest.json"])

    assert keys(manifest) <= keys(example("manifest"))
