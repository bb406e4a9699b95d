"""The package: whole, checked by its own sums, the same in each format, and safe to open anywhere."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from django.contrib.auth.models import User

from examples.shop.support.models import Attachment
from tasks import collector, export, vault
from tasks.collector import Subject
from tasks.errors import KeyUnavailable
from tasks.export import data
from tasks.export.about import SourceReport
from tests.export.conftest import COVERED, HOSTILE, Unpacked, about_of, fill

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def answer(package: Unpacked) -> dict:
    return json.loads(package.read("data/data.json"))


def section(answer: dict, key: str) -> dict:
    return next(each for category in answer["categories"] for each in category["sections"] if each["key"] == key)


def test_three_files_are_sealed_with_their_sizes_and_sums(package: Unpacked) -> None:
    assert set(package.built) == {"zip", "pdf", "json"}
    for kind, each in package.built.items():
        content = package.files[kind]
        assert (each.size, each.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert each.filename == f"d26-4t7q-your-data.{kind}"
    assert package.built["pdf"].pages >= 8


def test_the_checksums_are_those_of_the_files(package: Unpacked) -> None:
    lines = dict(reversed(line.split("  ", 1)) for line in package.read("SHA256SUMS").decode().splitlines())

    assert set(lines) == set(package.names) - {"SHA256SUMS"}
    for path, digest in lines.items():
        assert hashlib.sha256(package.read(path)).hexdigest() == digest


def test_the_manifest_names_every_file_and_what_is_missing(package: Unpacked) -> None:
    manifest = json.loads(package.read("manifest.json"))

    assert {each["path"] for each in manifest["files"]} == set(package.names) - {"SHA256SUMS", "manifest.json"}
    assert manifest["complete"] is True
    assert manifest["records"] == 15
    assert [gap["reason"] for gap in manifest["gaps"]] == ["the file is missing"]


def test_the_zip_can_be_opened_by_anything(package: Unpacked) -> None:
    with zipfile.ZipFile(io.BytesIO(package.files["zip"])) as archive:
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_DEFLATED
            assert not set('<>:"\\|?*') & set(info.filename)
            assert not info.filename.startswith(("/", ".."))
            assert info.external_attr >> 16 == 0o100600


def test_the_pdf_and_the_data_alone_are_those_of_the_zip(package: Unpacked) -> None:
    assert package.files["pdf"] == package.read("report.pdf")
    assert package.files["json"] == package.read("data/data.json")


def test_the_contents_of_files_are_in_it(package: Unpacked, answer: dict) -> None:
    (path,) = [name for name in package.names if name.startswith("files/attachment/photo")]
    assert package.read(path) == b"\x89PNG leak"
    records = section(answer, "support.Attachment")["records"]
    assert records[0]["files"][0]["size"] == len(b"\x89PNG leak")
    assert records[0]["values"]["file"]["display"] == f"{path.rpartition('/')[2]}, 9 bytes"


@pytest.mark.parametrize("path", ["data/data.json", "data/portable.json"])
def test_the_data_keeps_to_the_published_schema(package: Unpacked, path: str) -> None:
    schema = json.loads(package.read("schema/export-1.json"))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(checker.iter_errors(json.loads(package.read(path)))) == []


def test_the_schema_refuses_what_is_none_of_it(answer: dict) -> None:
    checker = jsonschema.Draft202012Validator(json.loads(data.schema()))

    assert list(checker.iter_errors({**answer, "complete": "yes"}))
    assert list(checker.iter_errors({key: value for key, value in answer.items() if key != "gaps"}))


def test_the_published_schema_is_the_one_that_travels() -> None:
    assert (ROOT / "docs" / "schema" / "export-1.json").read_bytes() == data.schema()


def test_a_value_has_its_words_only_where_they_differ(answer: dict) -> None:
    values = section(answer, "orders.Order")["records"][0]["values"]

    assert values["number"] == "KM-0"
    assert values["status"] == {"value": "D", "display": "Delivered"}
    assert values["total"] == {"value": "1204.50", "display": "1,204.50 €"}
    assert values["packed_by"] == {"value": None, "display": "a member of our staff"}


def test_each_category_says_why_in_terms_of_the_dpv(answer: dict) -> None:
    orders = next(each for each in answer["categories"] if each["key"] == "orders")

    assert answer["@context"]["dpv"] == "https://w3id.org/dpv#"
    assert orders["context"]["legal_basis"]["term"] == "eu-gdpr:A6-1-b"
    assert orders["context"]["purposes"][0]["term"] == "dpv:FulfilmentOfContractualObligation"


def test_what_can_be_taken_along_holds_that_and_nothing_else(package: Unpacked) -> None:
    portable = json.loads(package.read("data/portable.json"))

    assert portable["scope"] == "portable"
    assert set(section(portable, "orders.Order")["records"][0]["values"]) == {
        "number", "placed_at", "total", "currency", "delivery_address", "note",
    }  # fmt: skip
    assert all(
        info["portable"] for category in portable["categories"] for s in category["sections"] for info in s["fields"]
    )


def test_covered_words_are_in_no_file(package: Unpacked) -> None:
    for path in package.names:
        assert COVERED.encode() not in package.read(path), path


def rows(package: Unpacked, path: str) -> list[list[str]]:
    text = package.read(path)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_a_table_has_labels_first_and_the_stored_value_beside_words(package: Unpacked) -> None:
    table = rows(package, "csv/orders-order.csv")
    first = dict(zip(table[0], table[1], strict=True))

    assert first["Status"] == "Delivered"
    assert first["Status, as stored"] == "D"
    assert first["Delivered to"] == "Marina Road 12\nLagos"
    assert len(table) == 8


def test_no_cell_is_a_formula(package: Unpacked) -> None:
    table = rows(package, "csv/orders-order.csv")
    notes = [row[table[0].index("Note to us")] for row in table[1:]]
    phones = {row[table[0].index("Telephone for the carrier")] for row in table[1:]}

    assert "'=1+1" in notes
    assert phones == {"'+49 341 555"}


def test_a_dictionary_says_what_each_column_is(package: Unpacked) -> None:
    table = rows(package, "csv/data-dictionary.csv")

    assert ["csv/orders-order.csv", "Orders", "Number", "number", "text", "", "Yes"] in table
    assert any(row[3] == "password" and row[4] == "withheld" and row[5] for row in table)


def test_the_readme_says_where_to_begin(package: Unpacked) -> None:
    text = package.read("README.txt").decode()

    assert "START-HERE.html" in text
    assert "Kestrel & Moss GmbH" in text
    assert "files/" in text


def test_hostile_texts_stay_texts_in_the_data(answer: dict) -> None:
    notes = [record["values"]["note"] for record in section(answer, "orders.Order")["records"]]

    assert HOSTILE in notes
    assert "NUL \ufffd and \ufffd[31m" in notes


def test_built_again_it_is_the_same_and_replaces_what_was_there(alice: User, room: Path) -> None:
    fill(alice)
    subject, about = Subject(User, alice.pk, "default"), about_of()
    export.take_snapshot(collector.collect(subject), name="s", about=about, subject=subject)

    first, second = (export.build("s", about=about, prefix="p") for _ in range(2))

    assert {b.kind: b.sha256 for b in first if b.kind == "json"} == {
        b.kind: b.sha256 for b in second if b.kind == "json"
    }
    assert sorted(path.name for path in (room / "vault").iterdir()) == ["p.json", "p.pdf", "p.zip", "s"]


def test_it_is_built_from_the_snapshot_alone(alice: User, room: Path) -> None:
    fill(alice)
    subject, about = Subject(User, alice.pk, "default"), about_of()
    export.take_snapshot(collector.collect(subject), name="s", about=about, subject=subject)
    alice.orders.update(note="changed later")

    unpacked = Unpacked(export.build(["s"], about=about, prefix="p"), room / "unpacked")

    assert b"changed later" not in unpacked.files["json"]
    assert b"Bitte klingeln" in unpacked.files["json"]


def test_a_file_that_changed_after_the_snapshot_is_named_and_left_out(alice: User, room: Path) -> None:
    fill(alice)
    subject, about = Subject(User, alice.pk, "default"), about_of()
    export.take_snapshot(collector.collect(subject), name="s", about=about, subject=subject)
    file = Attachment.objects.get(name="photo.png").file
    with file.storage.open(file.name, "wb") as out:
        out.write(b"something else")

    unpacked = Unpacked(export.build("s", about=about, prefix="p"), room / "unpacked")

    reasons = [gap["reason"] for gap in json.loads(unpacked.files["json"])["gaps"]]
    assert sorted(reasons) == ["the file has changed since the snapshot", "the file is missing"]
    assert not [name for name in unpacked.names if name.startswith("files/")]


def test_a_source_that_failed_makes_the_answer_incomplete_in_every_format(pack: Callable[..., Unpacked]) -> None:
    failed = (SourceReport("redis", "Cart store", "failed", error="ConnectionError"),)

    unpacked = pack(sources=failed, incomplete_reason="Released on Axel’s word: the store is being rebuilt.")

    answer = json.loads(unpacked.files["json"])
    assert answer["complete"] is False
    assert answer["incomplete"]["sources"] == [{"key": "redis", "title": "Cart store"}]
    assert json.loads(unpacked.read("manifest.json"))["complete"] is False
    assert "Released on Axel’s word" in unpacked.read("START-HERE.html").decode()


def test_somebody_of_whom_nothing_is_held_gets_an_answer_too(room: Path, subject: Subject) -> None:
    about = about_of(sources=(SourceReport("database", "Database", "nothing"),))
    export.take_snapshot([], name="s", about=about, subject=subject)

    unpacked = Unpacked(export.build("s", about=about, prefix="p"), room / "unpacked")

    answer = json.loads(unpacked.files["json"])
    assert answer["summary"] == {"records": 0, "first_on": None, "last_on": None}
    assert {"orders.Order", "auth.User"} <= {entry["label"] for entry in answer["nothing_found"]}
    jsonschema.validate(answer, json.loads(data.schema()))


def test_several_sources_become_one_answer(room: Path, subject: Subject, alice: User) -> None:
    from tasks.collector import Batch

    fill(alice)
    cart = Batch("redis", "cart", None, ("key", "items"), [("c:1", ["tea"])], True)
    export.take_snapshot(collector.collect(subject), name="a", about=about_of(), subject=subject)
    export.take_snapshot([cart], name="b", about=about_of())

    unpacked = Unpacked(export.build(["a", "b"], about=about_of(), prefix="p"), room / "unpacked")

    assert section(json.loads(unpacked.files["json"]), "cart")["source"] == "redis"
    assert "csv/cart.csv" in unpacked.names


def test_a_lost_snapshot_is_explained(room: Path) -> None:
    vault.seal_text("makes the key")

    with pytest.raises(KeyUnavailable, match="no file gone"):
        export.build("gone", about=about_of(), prefix="p")
