"""Can everybody use the pages? axe, narrow screens, right to left, the keyboard."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tasks import export
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tasks.cases.subjects import subject_of
from tests import people
from tests.portal.conftest import build, work_off
from tests.portal.journeys import confirm_by_password

PUBLIC = [
    "/",
    "/privacy/receipt/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/nothing-here/",
]
MINE = [
    "/privacy/", "/privacy/download/", "/privacy/delete/", "/privacy/delete/when/", "/privacy/confirm/",
    "/privacy/requests/",
    "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/", "/accounts/sessions/", "/accounts/logout/",
]  # fmt: skip
STAGES = ["received", "review", "awaiting_subject", "ready", "rejected", "withdrawn", "frozen", "scheduled"]
LOOKS = [(1280, "light"), (390, "dark")]


@pytest.fixture
def hers(transactional_db: None) -> User:
    return people.make("alice", last_name="Hartmann")


@pytest.fixture
def office(transactional_db: None) -> dict[str, Actor]:
    dana = people.make("dana", last_name="Whitfield", groups=("Data protection officers", "Privacy handlers"))
    axel = people.make("axel", last_name="Brandt", groups=("Privacy approvers",))
    return {"dana": Actor.of_user(dana), "axel": Actor.of_user(axel)}


@pytest.fixture
def at_stage(hers: User, office: dict[str, Actor], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Case]:
    """``at_stage("ready")``: a case of Alice that has got so far."""
    monkeypatch.setattr(export, "build", build)

    def make(stage: str) -> Case:
        now, alice = timezone.now(), Actor.of_user(hers)
        opening = operations.open_erasure if stage == "scheduled" else operations.open_access
        case = opening(subject_of(hers), by=alice, at=now, contact=hers.email, person="Alice Hartmann")
        if stage not in {"received", "withdrawn", "frozen"}:
            work_off()
            case.refresh_from_db()
        if stage in {"ready", "scheduled"}:
            operations.approve(case, by=office["axel"], at=now, seen_hash=case.content_hash)
            work_off()
        if stage == "awaiting_subject":
            operations.ask(case, "Which shop was it?", by=office["dana"], at=now)
        if stage == "rejected":
            operations.reject(
                case, by=office["axel"], at=now, ground="12-5-excessive", text="The ninth copy this month."
            )
        if stage == "withdrawn":
            operations.withdraw(case, by=alice, at=now)
        if stage == "frozen":
            operations.freeze(case, at=now)
        case.refresh_from_db()
        return case

    return make


def faults(page: Page) -> list[str]:
    """What axe objects to, and whether the page is wider than the screen."""
    found = [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, *(["it is wider than the screen"] if wide else [])]


def look_at(page: Page, paths: list[str]) -> dict[str, list[str]]:
    """Every page in two looks: ``{path and look: faults}``, without those that have none."""
    bad = {}
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in paths:
            page.goto(path)
            if found := faults(page):
                bad[f"{path} {width} {scheme}"] = found
    return bad


def test_the_public_pages_have_no_fault(page: Page, live_server, transactional_db):
    assert look_at(page, PUBLIC) == {}


def test_my_pages_have_no_fault(page: Page, live_server, hers, login):
    login(page, hers)
    page.goto("/privacy/confirm/")
    confirm_by_password(page)

    assert look_at(page, MINE) == {}


@pytest.mark.parametrize("stage", STAGES)
def test_a_request_has_no_fault_at_any_stage(page: Page, live_server, hers, login, at_stage, stage):
    case = at_stage(stage)
    login(page, hers)

    assert look_at(page, [reverse("portal:case", args=[case.reference])]) == {}


def test_the_steps_of_a_deletion_have_no_fault(page: Page, live_server, hers, login):
    login(page, hers)
    page.goto("/privacy/delete/when/")
    page.get_by_text("Until then you can cancel.").click()
    page.get_by_role("button", name="Continue to step 3: confirm").click()
    confirm_by_password(page)
    assert faults(page) == []
    page.get_by_label("I understand that deleted data cannot be brought back.").check()
    page.get_by_role("button", name="Delete my account").click()

    expect(page.locator(".key")).to_be_visible()
    assert faults(page) == []


def test_pages_with_errors_have_no_fault(page: Page, live_server, hers, login):
    login(page, hers)
    page.goto("/privacy/confirm/")
    page.get_by_label("Password").fill("a guess")
    page.get_by_role("button", name="Continue with your password").click()
    expect(page.get_by_label("Password")).to_be_focused()
    assert faults(page) == []

    page.goto("/privacy/download/")
    page.get_by_label("Only these categories").check()
    page.get_by_role("button", name="Go on to check").click()
    expect(page.get_by_text("Choose at least one category")).to_be_visible()
    assert faults(page) == []


@pytest.fixture
def at_400_percent(page: Page) -> Page:
    """1280 pixels at 400 % are 320 pixels."""
    page.set_viewport_size({"width": 320, "height": 256})
    return page


def test_nothing_is_cut_off_at_400_percent(at_400_percent: Page, live_server, hers, login):
    login(at_400_percent, hers)

    for path in [*PUBLIC[:5], *MINE[:6]]:
        at_400_percent.goto(path)
        assert "it is wider than the screen" not in faults(at_400_percent), path


def test_right_to_left_mirrors_the_overview(page: Page, live_server, hers, login):
    login(page, hers)
    page.goto("/privacy/")
    page.evaluate("document.documentElement.dir = 'rtl'")

    brand, nav = page.locator(".brand").bounding_box(), page.locator(".nav").bounding_box()
    assert brand["x"] > nav["x"]
    assert faults(page) == []


def test_the_keyboard_reaches_the_content_first_and_everything_after(page: Page, live_server, hers, login):
    login(page, hers)
    page.goto("/privacy/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Start a download")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="See what happens")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_targets_are_large_enough_to_hit(browser: Browser, page: Page, live_server, hers, login):
    login(page, hers)
    page.goto("/privacy/delete/when/")

    for target in page.locator("main button, main a.button, nav a").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24
