"""The office reads sources beyond the database in the data map, as it reads models."""

from django.test import Client
from django.urls import reverse

from tasks.datamap import Keep, registry
from tests.bonus import holding


def test_a_source_stands_in_its_chapter_with_its_fate(danas: Client) -> None:
    with registry.with_sources(holding(erasure=Keep(because="A law binds us to keep points"))):
        page = danas.get(reverse("dpo:datamap")).content.decode()

    assert "Bonus programme" in page
    assert "source loyalty" in page
    assert "A law binds us to keep points" in page
    assert "is not described" not in page


def test_what_a_source_leaves_open_stands_beside_it(danas: Client) -> None:
    with registry.with_sources(holding(category="bonus", title="Bonus points")):
        page = danas.get(reverse("dpo:datamap")).content.decode()

    before, _, row = page.partition("source loyalty")
    assert "does not say purposes nor legal_basis nor retention" not in before
    assert "does not say purposes nor legal_basis nor retention" in row.partition("</tr>")[0]
