"""The browser of the journeys: it signs in by the real pages, and watches the content security policy."""

import pytest
from playwright.sync_api import Page


def test_a_subject_signs_in_with_a_password(page: Page, login, alice):
    login(page, alice)

    page.goto("/privacy/")
    assert page.url.endswith("/privacy/")


def test_the_office_signs_in_with_a_code_too_and_twice_in_a_row(page: Page, login, dana):
    login(page, dana)
    page.context.clear_cookies()
    login(page, dana)

    page.goto("/accounts/2fa/")
    assert "/accounts/login/" not in page.url


def test_an_inline_script_is_stopped_and_would_fail_the_journey(page: Page, browser_complaints):
    page.goto("/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")

    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in browser_complaints)
    browser_complaints.clear()


@pytest.mark.parametrize(
    "path", ["/static/dossier/css/tokens.css", "/static/dossier/css/frame.css", "/static/dossier/css/components.css"]
)
def test_the_live_server_has_the_style_sheets(page: Page, path):
    assert page.request.get(path).status == 200
