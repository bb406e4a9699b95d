"""The records of processing of art. 30, in four formats, from the declarations of the demo company."""

import csv
import json
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tasks.datamap import Category, ModelPrivacy, Recipient, registry
from tasks.datamap.fingerprint import version_hash
from tasks.datamap.records import records
from tests.hosts.zoo import models as zoo


@pytest.fixture
def made(tmp_path) -> dict[str, Path]:
    """The four files, by their ending."""
    call_command("records", format="csv,html,jsonld,pdf", to=tmp_path, stdout=StringIO())
    return {path.suffix[1:]: path for path in tmp_path.iterdir()}


def test_each_format_holds_every_category_of_the_map_and_its_version(made, noon):
    titles = {each.title for each in records(at=noon).activities}
    text = subprocess.run(["pdftotext", "-layout", made["pdf"], "-"], capture_output=True, text=True, check=True).stdout

    assert {"Orders", "Payments and invoices"} <= titles
    assert all(version_hash() in path.name for path in made.values())
    for title in titles:
        assert title in text
        assert title in made["html"].read_text()
    rows = list(csv.reader(StringIO(made["csv"].read_text(encoding="utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == titles
    assert {each["title"] for each in json.loads(made["jsonld"].read_text())["dpv:hasProcess"]} == titles


def test_a_record_says_what_article_30_asks_for(noon):
    orders = next(each for each in records(at=noon).activities if each.key == "billing")

    assert orders.legal_basis[1] == "Art. 6(1)(c) GDPR"
    assert ("Pfennig Pay", "Frankfurt am Main, Germany", "carries out card payments") in orders.recipients
    assert orders.retention.endswith("(§ 147 AO)")
    assert orders.people == "People with an account"
    assert any("number" in names for _heading, names in orders.data)
    assert orders.measures


def test_a_transfer_outside_the_eea_names_recipient_and_safeguard(noon):
    far = Category("far", "Far", recipients=(Recipient("Acme", "Ohio", outside_eu="Art. 46(2)(c): standard clauses"),))
    with registry.overridden({zoo.Toy: type("ToyPrivacy", (ModelPrivacy,), {"category": far})}):
        found = next(each for each in records(at=noon).activities if each.key == "far")

    assert found.transfers == ("Acme, Ohio: Art. 46(2)(c): standard clauses",)


def test_a_cell_is_no_formula_and_a_title_no_markup(noon):
    bad = Category("bad", "=cmd()", description="<script>alert(1)</script>")
    with registry.overridden({zoo.Toy: type("ToyPrivacy", (ModelPrivacy,), {"category": bad})}):
        from tasks.export.processing import as_html

        found = records(at=noon)
        text, page = found.as_csv(), as_html(found)

    assert "\r\n'=cmd()," in text
    assert "<script>" not in page


def test_an_unknown_format_is_told_with_those_that_exist(tmp_path):
    with pytest.raises(CommandError, match="There is no format docx; there are csv, html, jsonld, pdf"):
        call_command("records", format="csv,docx", to=tmp_path)

    assert not list(tmp_path.iterdir())
