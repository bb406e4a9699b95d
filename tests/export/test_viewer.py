"""START-HERE.html in a real browser, from the disk, with the network watched."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from examples.shop.customers.models import Profile
from tasks.collector import Batch
from tests.export.building import made, store
from tests.export.conftest import COVERED, HOSTILE, Unpacked


@pytest.fixture
def viewer(package: Unpacked, browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """The page, and whatever it asked for or complained about."""
    context = browser.new_context(locale="en-GB")
    page, noise = context.new_page(), []
    page.on("request", lambda request: noise.append(request.url))
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("dialog", lambda dialog: noise.append("dialog"))
    page.goto((package.folder / "START-HERE.html").as_uri())
    yield page, noise
    context.close()


def test_it_opens_from_the_disk_and_asks_for_nothing(viewer) -> None:
    page, noise = viewer

    expect(page.get_by_role("heading", level=1)).to_have_text("Your data at Kestrel & Moss GmbH")
    expect(page.get_by_role("status")).to_have_text("15 records")
    assert noise == [page.url]


def test_search_narrows_to_records_with_all_words(viewer) -> None:
    page, _noise = viewer

    page.get_by_label("Search").fill("marina klingeln")

    expect(page.get_by_role("status")).to_have_text("1 record")
    expect(page.locator(".records li")).to_have_count(1)
    expect(page.locator(".records h4")).to_have_text("Order KM-0")


def test_search_finds_any_script_and_can_be_undone(viewer) -> None:
    page, _noise = viewer

    page.get_by_label("Search").fill("茶很好")
    expect(page.get_by_role("status")).to_have_text("1 record")
    page.get_by_label("Search").fill("")

    expect(page.get_by_role("status")).to_have_text("15 records")


def test_a_category_can_be_chosen(viewer) -> None:
    page, _noise = viewer

    page.get_by_label("Category").select_option(label="Support (4)")

    expect(page.get_by_role("status")).to_have_text("4 records")
    expect(page.get_by_role("heading", name="Orders", level=2)).to_have_count(0)


def test_hostile_text_is_text(viewer) -> None:
    page, noise = viewer

    assert page.evaluate("document.images.length") == 0
    assert page.locator("script:not([type])").count() == 1
    assert HOSTILE in page.locator("main").text_content()
    assert "dialog" not in noise


def test_it_can_be_read_without_javascript(package: Unpacked, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((package.folder / "START-HERE.html").as_uri())

    expect(page.get_by_role("search")).to_have_count(0)
    expect(page.get_by_text("Order KM-3", exact=True)).to_be_visible()
    context.close()


def test_it_fits_a_telephone(package: Unpacked, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto((package.folder / "START-HERE.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_axe_finds_nothing(viewer) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, _noise = viewer
    page.goto(page.url)

    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})

    assert results.violations_count == 0, results.generate_report()


def test_its_policy_lets_only_its_own_script_and_style_in(package: Unpacked) -> None:
    page = (package.folder / "START-HERE.html").read_text(encoding="utf-8")

    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert " style=" not in page
    assert COVERED not in page


def test_records_can_be_sorted_and_limited_to_days(viewer) -> None:
    page, noise = viewer

    page.get_by_label("Category").select_option(label="Orders (7)")
    page.get_by_label("Order", exact=True).select_option(label="Oldest first")
    expect(page.locator(".records h4").first).to_have_text("Order KM-6")
    page.get_by_label("From").fill("2026-02-01")

    expect(page.get_by_role("status")).to_have_text("2 records")
    expect(page.locator(".records h4")).to_have_text(["Order KM-1", "Order KM-0"])
    assert noise == [page.url]


def test_the_list_of_categories_leads_to_their_records(viewer) -> None:
    page, _noise = viewer

    page.get_by_role("link", name="Support").press("Enter")

    expect(page.get_by_role("status")).to_have_text("4 records")
    expect(page.get_by_label("Category")).to_have_value("c4")


@pytest.fixture
def many(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page with 3,250 records."""
    place = tmp_path / "START-HERE.html"
    place.write_bytes(made([store([(str(n), f"row {n}") for n in range(3_250)])], kinds=("html",))["START-HERE.html"])
    context = browser.new_context()
    page = context.new_page()
    page.goto(place.as_uri())
    yield page
    context.close()


def test_long_answers_are_shown_a_page_at_a_time(many: Page) -> None:
    expect(many.locator(".records > li")).to_have_count(100)
    expect(many.locator("#place")).to_have_text("1 to 100 of 3,250")
    expect(many.get_by_role("button", name="Previous page")).to_be_disabled()

    many.get_by_role("button", name="Next page").press("Enter")

    expect(many.locator("#place")).to_have_text("101 to 200 of 3,250")
    expect(many.locator(".records > li").first).to_contain_text("row 100")
    many.get_by_label("Search").fill("ROW 3249")
    expect(many.get_by_role("status")).to_have_text("1 record")
    expect(many.get_by_role("navigation", name="Pages")).to_be_hidden()


def test_on_paper_there_is_more_than_a_page_of_the_screen(many: Page) -> None:
    many.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(many.locator(".records > li")).to_have_count(2_000)

    many.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(many.locator(".records > li")).to_have_count(100)


def test_without_javascript_a_long_answer_says_where_the_rest_is() -> None:
    page = made([store([(str(n), f"row {n}") for n in range(3_250)])], kinds=("html",))["START-HERE.html"].decode()

    plain = page[page.index("<noscript>") : page.index("</noscript>")]
    assert plain.count("<h4") == 100
    assert "These are the first 100. All of them are in csv/cart.csv." in plain


@pytest.mark.parametrize("language", ["de", "fr", "es", "ar"])
def test_it_speaks_the_language_of_the_person(browser: Browser, tmp_path: Path, language: str) -> None:
    place = tmp_path / "START-HERE.html"
    files = made([store([("1", "a"), ("2", "b")])], kinds=("html",), language=language)
    place.write_bytes(files["START-HERE.html"])
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(place.as_uri())

    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    expect(page.get_by_role("status")).not_to_be_empty()
    assert page.get_by_role("status").text_content() != "2 records"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_piece_of_it_can_be_written_without_holding_all(package: Unpacked) -> None:
    assert Path(package.folder / "START-HERE.html").stat().st_size < 200_000


NESTED = {"colours": ["red", "<b>green</b>"], "sizes": {"shirt": "M", "shoe": 42}}


@pytest.fixture
def nested(db: None, tmp_path: Path) -> Path:
    columns = tuple(field.attname for field in Profile._meta.concrete_fields)
    given = {"id": 1, "preferences": NESTED, "display_name": "Größe and größer"}
    rows = [tuple(given.get(name) for name in columns)]
    made_of = [Batch("database", "customers.Profile", Profile, columns, rows, owned=True)]
    file = tmp_path / "START-HERE.html"
    file.write_bytes(made(made_of, kinds=("html",))["START-HERE.html"])
    return file


@pytest.mark.parametrize("script", [True, False])
def test_a_value_with_parts_is_a_list_of_lists(nested: Path, browser: Browser, script: bool) -> None:
    with browser.new_context(java_script_enabled=script) as context:
        page = context.new_page()
        page.goto(nested.as_uri())

        first = page.locator(".records > li").first

        expect(first.locator("dd > ul > li")).to_have_text(["colours:red<b>green</b>", "sizes:shirt: Mshoe: 42"])
        expect(first.locator("dd > ul > li > ul > li")).to_have_count(4)


def test_a_search_finds_parts_and_marks_what_it_found(nested: Path, page: Page) -> None:
    page.goto(nested.as_uri())

    page.get_by_label("Search").fill("shoe")
    expect(page.get_by_role("status")).to_have_text("1 record")
    page.get_by_label("Search").fill("grosse")
    expect(page.get_by_role("status")).to_have_text("0 records")
    page.get_by_label("Search").fill("GROẞE")
    expect(page.get_by_role("status")).to_have_text("0 records")
    page.get_by_label("Search").fill("große")
    expect(page.get_by_role("status")).to_have_text("1 record")

    marked = page.evaluate("[...CSS.highlights.get('found')].map((range) => range.toString())")

    assert marked == ["Größe", "größe"] * 2  # in the title, too
