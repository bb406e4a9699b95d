"""The office's ways through its pages, in a browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.covering import Spot
from tasks.cases.models import Case
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(page: Page) -> None:
    """Type the password where a decision asks who decides."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def find(page: Page, case: Case) -> None:
    """From the inbox to a case, by its reference."""
    page.goto("/office/")
    page.get_by_label("Reference or e-mail").fill(case.reference)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name=case.reference).click()
    expect(page.locator(".tab b")).to_have_text(case.reference)


def stored(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_dana_finds_the_case_and_advises_axel_approves_and_the_files_are_made(
    page, login, worker, mailbox, copy_of, alice, dana, axel
):
    case = copy_of(alice)
    worker.wait_until(lambda: stored(case).state == "review", "the case to be ready for review")

    login(page, dana)
    find(page, case)
    page.get_by_text("Advise", exact=True).click()
    page.get_by_label("Advice").fill("Approve. Nothing in it is anybody else's.")
    page.get_by_role("button", name="Put down the advice").click()
    expect(page.get_by_role("status")).to_contain_text("The advice is put down.")
    expect(page.get_by_text("Approve the copy")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()

    login(page, axel)
    find(page, case)
    expect(page.locator(".decision").first).to_contain_text("Nothing in it is anybody else's.")
    page.get_by_role("link", name="See the copy as it will be delivered").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The copy, as it will be delivered")
    page.go_back()
    page.get_by_label("I have seen what is bound here").check()
    page.get_by_role("button", name="Approve the copy").click()
    confirm(page)
    expect(page.get_by_role("heading", name="You have confirmed that it is you")).to_be_visible()
    assert stored(case).state == "review", "coming back approves nothing"
    page.get_by_label("I have seen what is bound here").check()
    page.get_by_role("button", name="Approve the copy").click()
    expect(page.get_by_role("status")).to_contain_text("Approved.")

    worker.wait_until(lambda: stored(case).state == "ready", "the files to be made")
    page.reload()
    expect(page.locator(".casehead")).to_contain_text("Ready")


def test_axel_reads_the_letter_before_he_refuses(page, login, worker, mailbox, copy_of, alice, axel):
    case = copy_of(alice)
    worker.wait_until(lambda: stored(case).state == "review", "the case to be ready for review")
    login(page, axel)
    find(page, case)

    page.get_by_text("Refuse", exact=True).click()
    page.get_by_label("Ground").select_option("12-5-excessive")
    page.get_by_label("Reason in plain words").fill("This is the fourth request this month.")
    page.get_by_role("button", name="Preview the letter").click()
    letter = page.get_by_role("article")
    expect(letter).to_contain_text("This is the fourth request this month.")
    expect(letter).to_contain_text("you can complain to")
    expect(letter).to_contain_text("You can also go to court")
    page.get_by_role("button", name="Refuse and send the letter").click()
    confirm(page)
    expect(letter).to_contain_text("This is the fourth request this month.")
    assert stored(case).state == "review"
    page.get_by_role("button", name="Refuse and send the letter").click()

    expect(page.locator(".casehead")).to_contain_text("Refused")
    worker.wait_until(lambda: stored(case).letters.get(template="rejected").sent_at, "the letter to be sent")


def test_a_deletion_is_approved_without_a_script(browser: Browser, live_server, login, erasure, axel):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    login(page, axel)
    find(page, erasure)

    page.get_by_label("I have seen what is bound here").check()
    page.get_by_role("button", name="Approve the plan").click()
    confirm(page)
    page.get_by_label("I have seen what is bound here").check()
    page.get_by_role("button", name="Approve the plan").click()

    expect(page.locator(".casehead")).to_contain_text("Scheduled")
    assert stored(erasure).state == "scheduled"
    context.close()


def focused(page: Page) -> str:
    """What has the focus, by its words or its name."""
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")).strip()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until something that says ``wanted`` has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if re.search(wanted, focused(page)):
            return
    raise AssertionError(f"Tab never came to {wanted}")


def test_a_case_is_worked_by_the_keyboard_alone(page, login, copy, dana):
    login(page, dana)
    page.goto("/office/")

    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    tab_to(page, f"^{copy.reference}$")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{copy.reference}/")
    tab_to(page, "^Ask the person a question$")
    page.keyboard.press("Enter")
    tab_to(page, "^question$")
    page.keyboard.type("Which of the two accounts?")
    tab_to(page, "^Send the question and pause$")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("The question is on its way.")
    assert stored(copy).state == "awaiting_subject"


def test_one_way_is_open_at_a_time(page, login, copy, axel):
    login(page, axel)
    page.goto(reverse("dpo:case", args=[copy.reference]))

    page.get_by_text("Refuse", exact=True).click()

    expect(page.locator("details[name=decision][open]")).to_have_count(1)
    expect(page.get_by_role("button", name="Approve the copy")).to_be_hidden()


@pytest.fixture
def full_office(copy: Case, erasure: Case, copy_of, bob: User, mallory: User, dana: User, now) -> list[str]:
    """The addresses of every page, with something on each."""
    operations.freeze(copy_of(bob), at=now)
    copy_of(mallory, person="<b>نور</b> " + "Wolfeschlegelsteinhausenbergerdorff" * 3)
    addresses = [
        "/office/",
        "/office/?view=failed",
        "/office/audit/",
        "/office/audit/?case=D26-2222",
        "/office/data-map/",
    ]
    addresses += [reverse("dpo:case", args=[case.reference]) for case in Case.objects.all()]
    Case.objects.filter(pk=copy.pk).update(snapshot=with_suggestions(copy))
    spots = [Spot("auth.User", str(alice_of(copy)), "first_name"), Spot("auth.User", str(alice_of(copy)), "email")]
    operations.redact(copy, spots, by=Actor.of_user(dana), at=now, ground="person")
    preview = reverse("dpo:preview", args=[copy.reference])
    views = ["", "?section=auth.User&view=cover", "?section=auth.User&view=cover&show=suspected"]
    return [*addresses, *(preview + view for view in views), reverse("dpo:covered", args=[copy.reference])]


def with_suggestions(case: Case) -> dict:
    return {**case.snapshot, "suspected": {"auth.User": 2}}


def alice_of(case: Case) -> str:
    return case.subject_key


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_no_page_of_the_office_shuts_anybody_out(page, login, full_office, axel, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    login(page, axel)

    for address in full_office:
        page.goto(address)
        found = Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert wide <= 0, f"{address} is {wide} px too wide at {width}"


def test_the_letter_and_a_refused_form_shut_nobody_out(page, login, copy, axel):
    login(page, axel)
    page.goto(reverse("dpo:case", args=[copy.reference]))

    page.get_by_role("button", name="Approve the copy").click()
    expect(page.get_by_text("Tick the box to show that you have seen it.")).to_be_visible()
    assert Axe().run(page).violations_count == 0

    page.get_by_text("Refuse", exact=True).click()
    page.get_by_label("Ground").select_option("12-5-excessive")
    page.get_by_label("Reason in plain words").fill("Again.")
    page.get_by_role("button", name="Preview the letter").click()
    expect(page.get_by_role("article")).to_be_visible()
    assert Axe().run(page).violations_count == 0


@pytest.mark.parametrize("script", [True, False])
def test_dana_covers_a_value_reads_the_copy_and_uncovers_it(browser: Browser, live_server, login, copy, dana, script):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=script)
    page = context.new_page()
    login(page, dana)
    find(page, copy)
    page.get_by_role("link", name="See the copy as it will be delivered").click()
    page.get_by_role("link", name="Cover values").click()
    page.get_by_role("navigation", name="Categories").get_by_role("link", name=re.compile("^Account")).click()

    page.get_by_role("checkbox", name=re.compile("Last name")).check()
    page.get_by_label("Reason, as the person reads it").select_option(label="it is about another person")
    page.get_by_role("button", name="Cover what is ticked").click()
    expect(page.get_by_role("status")).to_contain_text("1 value is covered.")
    expect(page.locator("del")).to_contain_text("Hartmann")
    page.get_by_role("link", name="As delivered").click()
    expect(page.locator(".records")).to_contain_text("covered: it is about another person")
    expect(page.locator(".records")).not_to_contain_text("Hartmann")

    page.get_by_role("link", name="What is covered").click()
    page.get_by_role("button", name="Uncover").click()
    expect(page.get_by_role("heading", name="Nothing is covered by hand")).to_be_visible()
    assert stored(copy).content_hash == copy.content_hash
    context.close()


def test_a_value_is_covered_by_the_keyboard_alone(page, login, copy, dana):
    login(page, dana)
    page.goto(reverse("dpo:preview", args=[copy.reference]) + "?section=auth.User&view=cover")

    tab_to(page, "^spot$")
    page.keyboard.press("Space")
    tab_to(page, "^ground$|Choose a reason")
    page.keyboard.type("it is about")
    tab_to(page, "^Cover what is ticked$")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("1 value is covered.")


def test_a_case_that_moved_on_meanwhile_says_so_and_keeps_the_words(page, login, copy, alice, axel, now):
    login(page, axel)
    page.goto(reverse("dpo:case", args=[copy.reference]))
    page.get_by_text("Ask the person a question", exact=True).click()
    page.get_by_label("Question").fill("Which of the two accounts?")
    operations.withdraw(copy, by=Actor.of_user(alice), at=now)

    page.get_by_role("button", name="Send the question and pause").click()

    expect(page.get_by_role("alert")).to_contain_text("This cannot be done now")
    expect(page.locator("main")).to_contain_text("Which of the two accounts?")
