"""A person reads the desk in another language, in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from examples.shop.demo import data
from tasks.cases.models import Case
from tests.people import PASSWORD
from tests.portal.journeys import case_of

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture
def customer(transactional_db: None) -> User:
    """Somebody with much data, in the demo company."""
    data.fill()
    return User.objects.get(email="alice@example.com")


def switch(page: Page, name: str) -> None:
    page.get_by_role("contentinfo").get_by_role("button", name=name).click()


def test_a_person_switches_to_german_and_asks_for_a_copy(page: Page, live_server, login, customer):
    login(page, customer)
    page.goto("/privacy/")

    switch(page, "Deutsch")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihre Daten bei")
    page.get_by_role("link", name="Download beginnen").click()
    expect(page.get_by_label("Sprache", exact=True)).to_have_value("de")
    page.get_by_role("button", name="Weiter zur Prüfung").click()
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Mit Ihrem Passwort fortfahren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prüfen Sie Ihren Antrag")
    page.get_by_role("button", name="Antrag senden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wir sammeln Ihre Daten")

    case: Case = case_of(page)
    assert case.language == "de"


def test_the_pages_hold_on_a_narrow_screen_and_for_a_screen_reader(browser: Browser, live_server, login, customer):
    for language, direction in (("ar", "rtl"), ("de", "ltr")):
        context = browser.new_context(base_url=live_server.url, locale=language, viewport={"width": 390, "height": 800})
        page = context.new_page()
        login(page, customer)
        for name in ("home", "download", "delete", "delete_when", "requests", "receipt"):
            page.goto(reverse(f"portal:{name}"))
            assert page.locator("html").get_attribute("dir") == direction
            for width in (390, 320):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate(WIDER) <= 0, (language, name, width)
            if name == "home":
                found = Axe().run(page, options=RULES)
                assert found.violations_count == 0, found.generate_report()
        context.close()
