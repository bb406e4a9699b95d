"""The subject's ways from beginning to end, in a browser, with a real worker."""

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from examples.shop.demo import data
from tasks.cases import operations
from tasks.cases.actors import Actor
from tests import people
from tests.portal.journeys import approve, ask_for_a_copy, case_of, confirm_by_password, reaches


@pytest.fixture
def shop(transactional_db: None) -> None:
    """The demo company, in the database that browser and worker see."""
    data.fill()


@pytest.fixture
def customer(shop: None) -> User:
    """Somebody with much data."""
    return User.objects.get(email="alice@example.com")


@pytest.fixture
def leaver(shop: None) -> User:
    """Another customer, who leaves."""
    return User.objects.get(email="bob@example.com")


@pytest.fixture
def other(transactional_db: None) -> User:
    """Somebody with an account and little else, and an office."""
    people.make("axel", last_name="Brandt", groups=("Privacy approvers",))
    return people.make("bob", last_name="Okafor")


def test_a_person_downloads_what_is_held_about_them(page: Page, live_server, worker, customer, login, tmp_path: Path):
    login(page, customer)
    case = ask_for_a_copy(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("A person checks your data", timeout=60_000)
    approve(case, worker)
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your data is ready", timeout=90_000)

    for kind in ("PDF", "ZIP", "JSON"):
        with page.expect_download() as started:
            page.get_by_role("link", name=re.compile(f"^{kind}")).click()
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        package = case.packages.get(kind=kind.lower())
        assert (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) == (package.filename, package.sha256)
    assert next(tmp_path.glob("*.pdf")).read_bytes().startswith(b"%PDF")
    assert json.loads(next(tmp_path.glob("*.json")).read_bytes())
    assert zipfile.ZipFile(next(tmp_path.glob("*.zip"))).testzip() is None


def test_the_page_follows_the_work_without_a_click_and_then_rests(page: Page, live_server, worker, other, login):
    login(page, other)
    ask_for_a_copy(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("A person checks your data", timeout=60_000)

    expect(page).to_have_title(re.compile("In review"))
    assert page.locator("[hx-trigger]").count() == 0


def test_a_person_has_their_account_deleted(page: Page, live_server, worker, leaver, login, mailbox):
    login(page, leaver)
    page.goto("/privacy/")
    page.get_by_role("link", name="See what happens").click()
    expect(page.get_by_role("heading", name="Kept for now")).to_be_visible()
    page.get_by_role("link", name="Continue to step 2: when").click()
    page.get_by_text("As soon as it is approved").first.click()
    page.get_by_role("button", name="Continue to step 3: confirm").click()
    page.get_by_role("button", name="Send me a code").click()
    letter = mailbox.to(leaver.email)[-1].get_body(("plain",)).get_content()
    page.get_by_label("Code from the e-mail").fill(re.search(r"\b\d{6}\b", letter)[0])
    page.get_by_role("button", name="Continue with the code").click()
    page.get_by_label("I understand that deleted data cannot be brought back.").check()
    page.get_by_role("button", name="Delete my account").click()
    key = page.locator(".key").inner_text()
    page.get_by_role("link", name="See where it stands").click()
    case = case_of(page)
    assert case.identity_method == "code"

    approve(case, worker)
    worker.wait_until(reaches(case, "closed"), "the erasure to be done")

    assert not User.objects.filter(email="bob@example.com").exists()
    page.goto("/privacy/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to your privacy desk")
    page.get_by_role("link", name="Open a receipt").click()
    page.get_by_label("Reference").fill(case.reference)
    page.get_by_role("textbox", name="Key").fill(key)
    page.get_by_role("button", name="Open the receipt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificate of a deletion")
    expect(page.get_by_text("Nothing was left of what had to go.")).to_be_visible()
    assert "bob@example.com" not in page.content()


def test_a_deletion_is_cancelled_until_its_day(page: Page, live_server, worker, other, login):
    login(page, other)
    page.goto("/privacy/delete/when/")
    page.get_by_text("Until then you can cancel.").click()
    page.get_by_role("button", name="Continue to step 3: confirm").click()
    confirm_by_password(page)
    page.get_by_label("I understand that deleted data cannot be brought back.").check()
    page.get_by_role("button", name="Delete my account").click()
    page.get_by_role("link", name="See where it stands").click()
    case = case_of(page)
    approve(case, worker)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your account is deleted on")

    page.get_by_role("link", name="Cancel the deletion").click()
    page.get_by_role("button", name="Cancel the deletion").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew this request")
    assert User.objects.filter(pk=other.pk, is_active=True).exists()
    assert reaches(case, "withdrawn")()


def test_a_request_is_withdrawn(page: Page, live_server, worker, other, login):
    login(page, other)
    case = ask_for_a_copy(page)
    worker.wait_until(reaches(case, "review"), "the collection to end")
    page.reload()

    page.get_by_role("link", name="Withdraw this request").click()
    page.get_by_role("button", name="Withdraw it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew this request")
    assert reaches(case, "withdrawn")()


def test_a_refusal_is_explained(page: Page, live_server, worker, other, login):
    login(page, other)
    case = ask_for_a_copy(page)
    worker.wait_until(reaches(case, "review"), "the collection to end")
    axel = Actor.of_user(User.objects.get(email="axel@example.com"))
    operations.reject(
        case, by=axel, at=timezone.now(), ground="12-5-excessive", text="This is the ninth copy this month."
    )

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is refused")
    expect(page.get_by_text("This is the ninth copy this month.")).to_be_visible()
    expect(page.get_by_text("You can go to court.")).to_be_visible()


def test_everything_works_without_javascript(browser: Browser, live_server, worker, other, login, tmp_path: Path):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    login(page, other)
    case = ask_for_a_copy(page)
    approve(case, worker)
    worker.wait_until(reaches(case, "ready"), "the files to be made")

    renew = page.get_by_role("link", name="Renew it now")
    renew.click() if renew.count() else page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data is ready")
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("^JSON")).click()
    started.value.save_as(tmp_path / "data.json")

    assert json.loads((tmp_path / "data.json").read_bytes())
    context.close()


def test_a_passkey_confirms(page: Page, live_server, other, login, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    login(page, other)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_by_password(page)
    page.get_by_label("Name").fill("This laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/2fa/**")
    page.context.clear_cookies(name="sessionid")

    page.goto("/accounts/login/?next=/privacy/delete/when/")
    page.get_by_role("button", name="Continue with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("When shall it happen?")
    page.get_by_text("Until then you can cancel.").click()
    page.get_by_role("button", name="Continue to step 3: confirm").click()
    page.get_by_role("button", name="Continue with a passkey").click()
    page.get_by_role("button", name="Continue with a passkey").click()

    expect(page.get_by_role("button", name="Delete my account")).to_be_visible()
