"""A package speaks the language of its case: headings, sentences, sums and dates; what is stored stays as it is."""

import json
import subprocess
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from examples.shop.orders.models import Order
from tasks import export
from tasks.cases.subjects import subject_of
from tasks.datamap.labels import heading_of

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 5, 12, tzinfo=BERLIN)


@pytest.fixture
def written(alice: User, tmp_path: Path) -> Callable[..., Path]:
    """``written("de", "json")``: what is written of Alice, who ordered once."""
    Order.objects.create(
        user=alice,
        number="KM-1",
        placed_at=NOON,
        status="D",
        total=Decimal("1204.50"),
        shipping=Decimal("4.90"),
        recipient="Alice Hartmann",
        delivery_address="Marina Road 12\nLagos",
        note="Please ring.",
    )

    def write(language: str, kind: str) -> Path:
        subject = subject_of(alice)
        made = export.write(subject, to=tmp_path, at=NOON, only=(kind,), language=language, time_zone="Europe/Berlin")
        return next(path for path in made if path.suffix == f".{kind}")

    return write


def order_in(answer: dict) -> dict:
    sections = [section for category in answer["categories"] for section in category["sections"]]
    return next(section for section in sections if section["model"] == "orders.Order")


def test_data_json_says_its_headings_in_german_and_keeps_what_is_stored(written):
    answer = json.loads(written("de", "json").read_text())

    text = json.dumps(answer, ensure_ascii=False)
    for words in ("Bestellungen", "Währung", "Geliefert", "5. März 2026, 12:00", "1.204,50 €"):
        assert words in text
    assert '"2026-03-05T12:00:00+01:00"' in text
    assert "Please ring." in text
    for words in ('"Orders"', '"Currency"', '"Delivered"'):
        assert words not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Ihre Daten bei", "Zusammenfassung", "Zurückgehalten und geschwärzt", "Ihre Rechte", "Bestellungen")),
        ("ar", ("الملخص", "حقوقك")),
    ],
)
@pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning")
def test_the_report_says_its_headings_in_the_language(written, language, words):
    report = written(language, "pdf")

    text = subprocess.run(["pdftotext", str(report), "-"], check=True, capture_output=True, text=True).stdout

    for word in words:
        assert word in text or word[::-1] in text
    for word in ("Your rights", "Withheld and covered", "How to read this"):
        assert word not in text


def test_a_heading_is_said_anew_in_each_language(db):
    """A worker writes to one person in German and to the next in Arabic."""
    said = []
    for language in ("de", "ar", "en"):
        with translation.override(language):
            said.append(heading_of("orders.Order"))

    assert said == ["Bestellungen", "طلبات الشراء", "Orders"]
