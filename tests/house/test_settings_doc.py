"""docs/settings.md names every key with the default that it has."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tasks.conf import Configuration, Controller

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text()
ROWS = [line.split("|")[1:3] for line in TEXT.splitlines() if line.startswith("| `")]
NAMES = {name: default for names, default in ROWS for name in re.findall(r"`([\w.]+)`", names)}


def test_every_key_is_described_and_no_other():
    keys = {field.name for field in fields(Configuration)}
    keys |= {f"controller.{field.name}" for field in fields(Controller)} - {
        "controller.authority_address", "controller.authority_url",  # in the row of the authority
    }  # fmt: skip

    assert NAMES.keys() == keys


@pytest.mark.parametrize(
    "field", [f for f in fields(Configuration) if isinstance(f.default, int)], ids=lambda f: f.name
)
def test_the_default_is_the_one_that_counts(field):
    said = NAMES[field.name].strip().strip("`").replace(",", "")

    assert said == str(field.default)
