"""Text that means harm, in every place where a person can type: it is shown as it is, and does nothing anywhere."""

import csv
import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser

from examples.shop.customers.models import Address, Profile
from examples.shop.orders.models import Order
from tasks.cases import letters, operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case
from tests.enemy.conftest import approve, asks, browser_of
from tests.mailbox import Mailbox

IMG = "<img src=x onerror=alert(1)>"
HARM = [
    IMG, "</style><script>alert(2)</script>", "</textarea><script>alert(3)</script>", '"}};alert(4)//',
    "{{ 7*7 }}{% now 'Y' %}",
    "=cmd|'/c calc'!A1", "\u202egnp.exe", "line\nSubject: two\r\nBcc: mallory@example.com", "' onmouseover='alert(5)",
    "<!--", "]]>", "javascript:alert(6)", "%(reference)s %s {0}", "A" * 300,
]  # fmt: skip
#: What would be alive in a page: an element or an attribute that none of ours has.
ALIVE = re.compile(r"<img[^>]+onerror|<script>alert|<!--\s*<|onmouseover=['\"]", re.IGNORECASE)


@pytest.fixture
def harmful(alice: User) -> User:
    """Alice, whose every text means harm."""
    alice.first_name, alice.last_name = IMG, '"}</style>{{ 7*7 }}'
    alice.save()
    Profile.objects.create(user=alice, display_name=IMG, about="\n".join(HARM), member_since="2020-01-01")
    for number, text in enumerate(HARM):
        Address.objects.create(user=alice, title=text[:40], recipient=text[:120], street=text[:120], city=text[:80])
        Order.objects.create(
            user=alice, number=f"KM-{number}", placed_at=timezone.now(), status="D", total=1, shipping=0, note=text,
            delivery_address=text, recipient=text[:120],
        )  # fmt: skip
    return alice


def pages_of(case: Case, alice: User, axel: User) -> dict[str, str]:
    """Every page on which a text of a person or of the office is shown."""
    hers, axels = browser_of(alice, sure=True), browser_of(axel, sure=True)
    found = {}
    mine = ("", "progress/", "withdraw/", "confirmation/", "forget/")
    for browser, path in [
        *((hers, f"/privacy/requests/{case.reference}/{part}") for part in mine),
        *((hers, path) for path in ("/privacy/", "/privacy/download/", "/privacy/delete/", "/accounts/email/")),
        *((axels, f"/office/{path}") for path in ("", f"?q={IMG}&view={IMG}&order={IMG}", f"audit/?case={IMG}")),
        (axels, f"/office/cases/{case.reference}/"),
        (axels, f"/office/cases/{case.reference}/preview/?section=orders.Order"),
        (axels, f"/office/cases/{case.reference}/preview/?section=customers.Address"),
    ]:  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code in {200, 302}, path
        found[path] = answer.content.decode()
    return found


def test_no_page_lets_it_live(harmful, axel, dana):
    case = asks(harmful, note="\n".join(HARM))
    alice, office = Actor.of_user(harmful), Actor.of_user(dana)
    for text in HARM:
        operations.write(case, text, by=alice, at=timezone.now())
        operations.comment(case, text, by=office, at=timezone.now())
    operations.ask(case, HARM[1], by=office, at=timezone.now())
    operations.answer(case, HARM[0], by=alice, at=timezone.now())

    pages = pages_of(case, harmful, axel)

    for path, words in pages.items():
        if not path.endswith("confirmation/"):  # plain text
            assert not ALIVE.search(words), path
        assert ">49" not in words, path
    assert "&lt;img src=x onerror=alert(1)&gt;" in pages[f"/privacy/requests/{case.reference}/"]
    assert "{{ 7*7 }}" in pages[f"/office/cases/{case.reference}/"]
    text = browser_of(harmful).get(f"/privacy/requests/{case.reference}/confirmation/")
    assert text["Content-Type"].startswith("text/plain")
    assert text["X-Content-Type-Options"] == "nosniff"


def test_no_letter_lets_it_live_and_none_gets_another_head(
    harmful, axel, mailbox: Mailbox, django_capture_on_commit_callbacks
):
    case = asks(harmful)
    with django_capture_on_commit_callbacks(execute=True):
        operations.extend(case, by=Actor.of_user(axel), at=timezone.now(), reason="\n".join(HARM))
        operations.reject(
            case, by=Actor.of_user(axel), at=timezone.now(), ground="12-5-excessive", text="\n".join(HARM)
        )
    for letter in operations.due_letters(at=timezone.now()):
        assert letters.post(letter, at=timezone.now())

    sent = mailbox.to(harmful.email)
    assert len(sent) >= 3
    for letter in sent:
        page, plain = (letter.get_body((kind,)).get_content() for kind in ("html", "plain"))
        assert not ALIVE.search(page)
        assert letter["Bcc"] is None
        assert str(letter["To"]) == harmful.email
        assert "&lt;" not in plain
        assert not list(letter.iter_attachments())
    assert any(IMG in letter.get_body(("plain",)).get_content() for letter in sent)


def test_no_file_lets_it_live(harmful, axel, browser: Browser, tmp_path: Path):
    case = approve(asks(harmful, note="\n".join(HARM)), axel)
    packages = {package.kind: b"".join(operations.stream(package)) for package in case.packages.all()}
    zipfile.ZipFile(io.BytesIO(packages["zip"])).extractall(tmp_path)
    (tmp_path / "report.pdf").write_bytes(packages["pdf"])

    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "onerror=alert(1)" in words
    assert "{{ 7*7 }}" in words
    assert b"/JavaScript" not in packages["pdf"]
    assert b"/Launch" not in packages["pdf"]
    for path in tmp_path.rglob("*.csv"):
        assert formulas(path.read_text("utf-8-sig")) == [], path
    assert opened(browser, tmp_path / "START-HERE.html") == []
    for path in tmp_path.rglob("*"):
        assert path.resolve().is_relative_to(tmp_path.resolve())
        assert not re.search(r'[<>:"|?*\\\x00-\x1f\u202e]', path.name), path.name


def formulas(table: str) -> list[str]:
    """The cells that a spreadsheet would reckon with; a negative number is none."""
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    return [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d+(\.\d+)?$)", cell)]


def opened(browser: Browser, page_file: Path) -> list[str]:
    """What a page did beside showing itself: dialogs, requests, scripts that are not its own."""
    page, noise = browser.new_context().new_page(), []
    page.on("dialog", lambda dialog: (noise.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: noise.append(request.url) if request.url != page_file.as_uri() else None)
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.goto(page_file.as_uri())
    page.locator("input[type=search]").first.fill("onerror")
    page.wait_for_timeout(200)
    code = page.locator("script:not([type='application/json'])")  # records lie in blocks of data, which nothing runs
    if page.locator("img").count() or code.count() != 1:
        noise.append("an element that is not ours")
    page.context.close()
    return noise
