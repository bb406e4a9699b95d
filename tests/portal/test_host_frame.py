"""The places for a host's own header and footer."""

from playwright.sync_api import Page

PUT = """place => {
  const host = document.querySelectorAll('.host')[place];
  host.innerHTML = '<a class="button" href="/">Join</a><p class="page">Rowing</p>';
  const style = name => getComputedStyle(host.querySelector(name));
  const look = name => [style(name).paddingTop, style(name).maxInlineSize];
  return [look('.button'), look('.page'), getComputedStyle(host).display];
}"""


def test_nothing_of_our_style_sheets_reaches_into_a_hosts_header(page: Page, db):
    page.goto("/privacy/receipt/")

    assert [page.evaluate(PUT, place) for place in (0, 1)] == [[["0px", "none"], ["0px", "none"], "block"]] * 2


def test_where_a_host_brings_none_there_is_no_gap(page: Page, db):
    page.goto("/privacy/receipt/")

    assert page.locator(".host:visible").count() == 0
    assert page.locator(".masthead").bounding_box()["y"] == 0
