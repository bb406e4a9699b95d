"""The report, read back: its text, tags, attachment, languages, and that it calls nobody."""

import io
import re
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from django.contrib.auth.models import User

from examples.shop.customers.models import Profile
from examples.shop.orders.models import Order
from tasks import vault
from tasks.export import pdf
from tasks.export.about import SourceReport
from tests.export.conftest import NOON, Unpacked, fill

MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # of direction, which pdftotext adds


def text_of(document: bytes) -> str:
    """What ``pdftotext`` reads, with spaces evened out."""
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return " ".join(MARKS.sub("", done.stdout.decode()).split())


@pytest.fixture(scope="module")
def words(package: Unpacked) -> str:
    return text_of(package.files["pdf"])


@pytest.fixture(scope="module")
def document(package: Unpacked) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(package.files["pdf"]))


@pytest.mark.parametrize(
    "said",
    [
        "Reference D26-4T7Q",
        "Everything Kestrel & Moss GmbH holds about Alice Hartmann: 15 records",
        "Yes. Every source was searched and answered.",
        "Every source was searched and answered. What could not be shown whole",
        "Thursday 5 March 2026, 14:00, Berlin time",
        "How to read this",
        "Why we have this",
        "Legal basis. The contract with you, Art. 6(1)(b) GDPR.",
        "Until 31 December of the tenth year (§ 147 AO)",
        "Talweg Logistik",
        "Order KM-0 On 5 March 2026, 12:00 you placed an order of 1,204.50 €",
        "Delivered to: Marina Road 12, Lagos",
        "Packed by: a member of our staff",
        "Withheld and covered",
        "We looked here, too, and hold nothing about you:",
        "the file is missing",
        "Dana Whitfield, data protection officer",
        "Maternistraße 17, 01067 Dresden",
        "Is this copy whole?",
        "Reviewed by Axel Brandt",
        "Page 2 of",
    ],
)
def test_the_report_says(words: str, said: str) -> None:
    if said == "Yes. Every source was searched and answered.":
        assert said not in words  # a file is missing, and the cover does not hide it
    else:
        assert said.lower() in words.lower()


def test_every_script_is_legible(words: str) -> None:
    assert "谢谢，茶很好" in words
    assert "🌿" in words
    assert "شكر" in words or "ﺷﻜﺮ" in words


def test_no_code_of_the_database_is_in_the_words(words: str) -> None:
    assert "orders.Order" not in words
    assert "Status: D " not in words
    assert "Currency: EUR" not in words


def test_a_hostile_name_is_printed_and_does_nothing(words: str) -> None:
    assert "<script>alert(1)</script>" in words
    assert "Page 3 of" in words  # the running header still stands


def test_it_is_tagged_archival_and_in_a_language(document: pikepdf.Pdf) -> None:
    root = document.Root
    with document.open_metadata() as metadata:
        archival = (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance"))

    assert archival == ("3", "A")
    assert "/StructTreeRoot" in root
    assert root.MarkInfo.Marked
    assert str(root.Lang) == "en"
    assert "Alice Hartmann" in str(document.docinfo["/Title"])


def test_its_pictures_have_words_and_its_tables_headings(document: pikepdf.Pdf) -> None:
    found: dict[str, list[pikepdf.Object]] = {}
    stack, seen = [document.Root.StructTreeRoot], set()
    while stack:
        node = stack.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
            continue
        seen.add(node.objgen if node.objgen != (0, 0) else (id(node), 0))
        if "/S" in node:
            found.setdefault(str(node.S), []).append(node)
        kids = node.get("/K", [])
        stack += [
            kid for kid in (kids if isinstance(kids, pikepdf.Array) else [kids]) if isinstance(kid, pikepdf.Dictionary)
        ]

    assert {"/H1", "/H2", "/TH", "/LI", "/P"} <= set(found)
    assert found["/Figure"]
    assert all(str(figure.get("/Alt", "")) for figure in found["/Figure"])


def test_it_has_bookmarks_for_each_chapter(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]

    assert titles[-3:] == ["Your rights", "What the words mean", "Is this copy whole?"]
    assert "Withheld and covered" in titles
    assert {"Summary", "Orders", "Support"} <= set(titles)


def test_the_data_is_attached_to_it(package: Unpacked, document: pikepdf.Pdf) -> None:
    attached = document.attachments["data.json"]

    assert attached.get_file().read_bytes() == package.read("data/data.json")
    assert {str(each.AFRelationship) for each in document.Root.AF} == {"/Data"}


def test_its_fonts_are_embedded(package: Unpacked, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(package.files["pdf"])
    lines = subprocess.run(
        ["pdffonts", tmp_path / "r.pdf"], capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert len(lines) > 4
    assert all(" yes " in line for line in lines[2:])


def test_it_names_the_sums_of_the_other_files(package: Unpacked, words: str) -> None:
    digests = dict(reversed(line.split("  ", 1)) for line in package.read("SHA256SUMS").decode().splitlines())

    for path in ("data/data.json", "csv/orders-order.csv", "START-HERE.html"):
        assert " ".join(digests[path][at : at + 8] for at in range(0, 64, 8)) in words


def test_nothing_is_ever_fetched(alice: User, pack: Callable[..., Unpacked]) -> None:
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(0.2)
        evil = (
            f'<img src="http://127.0.0.1:{port}/a"><link rel=stylesheet href=http://127.0.0.1:{port}/b>'
            f"<style>@import url(http://127.0.0.1:{port}/c)</style> url(http://127.0.0.1:{port}/d) file:///etc/passwd"
        )
        Order.objects.create(user=alice, number="E", placed_at=NOON, status="D", total=1, shipping=0, note=evil)
        Profile.objects.create(user=alice, display_name=evil[:60], member_since=NOON)

        def listen() -> None:
            while not done.is_set():
                try:
                    calls.append(server.accept())
                except TimeoutError:
                    continue

        done = threading.Event()
        thread = threading.Thread(target=listen)
        thread.start()
        words = text_of(pack(person_name=evil).files["pdf"])
        done.set()
        thread.join()

    assert calls == []
    assert f"http://127.0.0.1:{port}/d" in words
    assert "root:x:0" not in words


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "https://example.com/", "file:///etc/passwd", "ftp://x/y", "data2:x"]
)
def test_the_fetcher_refuses_everything_but_data(url: str) -> None:
    with pytest.raises(ValueError, match="disallowed"):
        pdf.offline()(url)


def test_the_fetcher_knows_data() -> None:
    assert pdf.offline()("data:text/plain,hello").read() == b"hello"


@pytest.mark.parametrize("name", ["", "x\ny\x00\ud800z" + "A" * 3_000])
def test_any_name_makes_a_report(pack: Callable[..., Unpacked], name: str) -> None:
    unpacked = pack(person_name=name)

    assert 5 < unpacked.built["pdf"].pages < 14
    assert "Your rights" in text_of(unpacked.files["pdf"])


def test_a_long_category_shows_the_newest_and_says_what_is_left_out(
    alice: User, pack: Callable[..., Unpacked], settings
) -> None:
    fill(alice)
    settings.DOSSIER = {**settings.DOSSIER, "pdf_records": 6, "pdf_newest": 3}

    unpacked = pack()
    words = text_of(unpacked.files["pdf"])

    assert "The newest 3 are shown here, all are in the volumes." in words
    assert "report-02-orders.pdf" in words
    assert "Order KM-2 " in words
    assert "Order KM-3 " not in words
    assert "Order KM-6 " in text_of(unpacked.read("report-02-orders.pdf"))
    assert [each.filename for each in unpacked.volumes] == ["d26-4t7q-report-02-orders.pdf"]
    with vault.reading(unpacked.volumes[0].name) as clear:
        assert clear.read() == unpacked.read("report-02-orders.pdf")


def test_ten_megabytes_of_text_are_cut_in_the_report_and_whole_in_the_data(
    alice: User, pack: Callable[..., Unpacked]
) -> None:
    Order.objects.create(
        user=alice, number="L", placed_at=NOON, status="D", total=1, shipping=0, note="tea " * 2_500_000
    )

    unpacked = pack()

    assert unpacked.built["pdf"].pages < 16
    assert "[… shortened here; it is whole in data.json]" in text_of(unpacked.files["pdf"])
    assert len(unpacked.files["json"]) > 10_000_000


def test_a_failed_source_stands_on_the_cover_with_the_reason(pack: Callable[..., Unpacked]) -> None:
    failed = (SourceReport("redis", "Cart store", "failed"),)

    words = text_of(pack(sources=failed, incomplete_reason="It is being rebuilt.").files["pdf"])

    assert "A part of what Kestrel & Moss GmbH holds about Alice Hartmann" in words
    assert "Everything Kestrel" not in words
    assert "No. Not every source answered: Cart store. It is being rebuilt." in words
    assert "This answer is not complete." in words
    assert "Cart store did not answer" in words


def test_an_answer_to_a_part_is_not_called_everything(pack: Callable[..., Unpacked]) -> None:
    words = text_of(pack(categories=("account",)).files["pdf"])

    assert "A part of what Kestrel & Moss GmbH holds" in words
    assert "For the categories that were asked for: yes." in words


def test_data_that_nobody_described_is_called_that(alice: User, pack: Callable[..., Unpacked], monkeypatch) -> None:
    from tasks.datamap import registry
    from tasks.datamap.guess import Undescribed

    fill(alice)
    guesses: dict[type, Undescribed] = {}
    monkeypatch.setattr(registry, "get", lambda model: guesses.setdefault(model, Undescribed(model)))
    monkeypatch.setattr(registry, "is_declared", lambda model: False)

    words = text_of(pack().files["pdf"])

    assert "Nobody has described this data yet. We cannot say here why we have it" in words
    assert "Why we have this" not in words
    assert "Password" in words
    assert "md5$" not in words
