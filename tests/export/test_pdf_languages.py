"""The report in languages that are written from right to left: mirrored, with other words kept to themselves."""

import re
import subprocess

import pytest
from django.utils import translation

from tasks.export.direction import END, LEFT_TO_RIGHT, RIGHT_TO_LEFT, isolated
from tests.export.conftest import about_of
from tests.export.paper import book, facts, order, report, text_of

PAGE = 595.3


@pytest.fixture(scope="module")
def arabic() -> bytes:
    return report(book([order(1, note="Karl-Heine-Straße 58"), order(2, note="شكراً جزيلاً")]), about_of(language="ar"))


@pytest.fixture(scope="module")
def english() -> bytes:
    return report(book([order(1, note="شكراً جزيلاً على الشاي"), order(2)]))


def words_at(document: bytes, page: int) -> list[tuple[float, float, str]]:
    """``(left, right, word)`` of a page."""
    pages = ["-f", str(page), "-l", str(page)]
    done = subprocess.run(["pdftotext", "-bbox", *pages, "-", "-"], input=document, capture_output=True, check=True)
    found = re.findall(r'xMin="([\d.-]+)".*?xMax="([\d.-]+)".*?>([^<]*)</word>', done.stdout.decode())
    return [(float(left), float(right), word) for left, right, word in found]


def test_the_whole_report_is_mirrored(arabic: bytes, english: bytes) -> None:
    def edges(document: bytes) -> tuple[float, float]:
        found = words_at(document, 2)
        return min(left for left, _right, _word in found), PAGE - max(right for _left, right, _word in found)

    for one, other in zip(edges(arabic), reversed(edges(english)), strict=True):
        assert abs(one - other) < 3


def test_the_mark_of_the_house_stands_where_reading_starts(arabic: bytes, english: bytes) -> None:
    ours, theirs = (next(left for left, _r, word in words_at(each, 1) if word == "Moss") for each in (english, arabic))

    assert ours < PAGE / 2 < theirs


def test_its_language_is_set(arabic: bytes) -> None:
    assert facts(arabic)["lang"] == "ar"
    assert facts(arabic)["archival"] == "3A"


def test_values_of_the_other_direction_are_legible(arabic: bytes, english: bytes) -> None:
    assert "Karl-Heine-Straße 58" in text_of(arabic)
    assert "Alice Hartmann" in text_of(arabic)
    assert "شكر" in text_of(english) or "ﺷﻜﺮ" in text_of(english)


def test_hebrew_is_mirrored_though_the_product_does_not_speak_it() -> None:
    document = report(book([order(1, note="תודה רבה")]), about_of(language="he"))

    assert "תודה" in text_of(document)
    assert next(left for left, _right, word in words_at(document, 1) if word == "Moss") > PAGE / 2


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("en", "Alice", "Alice"),
        ("en", "علياء", f"{RIGHT_TO_LEFT}علياء{END}"),
        ("en", "Tea, شاي", f"{LEFT_TO_RIGHT}Tea, شاي{END}"),
        ("ar", "علياء", "علياء"),
        ("ar", "Alice", f"{LEFT_TO_RIGHT}Alice{END}"),
        ("ar", "+49 341", f"{LEFT_TO_RIGHT}+49 341{END}"),
        ("ar", "5 مارس", f"{RIGHT_TO_LEFT}5 مارس{END}"),
    ],
)
def test_only_what_runs_the_other_way_is_isolated(language: str, text: str, kept: str) -> None:
    with translation.override(language):
        assert isolated(text) == kept


@pytest.mark.parametrize(
    "template", ["cover", "how", "summary", "section", "held", "rights", "whole", "glossary", "nothing"]
)
def test_no_words_stand_in_a_template_outside_of_a_translation(template: str) -> None:
    from tasks.export.rendering import asset

    text = asset(f"dossier/pdf/{template}.html")
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "", text)

    assert re.findall(r"[A-Za-z]{2,}", text) == []
