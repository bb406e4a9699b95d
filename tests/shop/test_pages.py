"""The demo's own pages: mails to read, codes to sign in with, and nothing of it elsewhere."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse

from examples.shop.demo import codes, mails
from examples.shop.demo.accounts import ACCOUNTS, PASSWORD, Account
from examples.shop.demo.context import demo
from examples.shop.demo.reading import readable

PAGES = ["/demo/mail/", "/demo/codes/"]


@pytest.fixture
def letters(settings, tmp_path) -> None:
    """Mail goes into files of this test's own."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path


def send(subject: str, text: str, html: str = "") -> None:
    letter = EmailMultiAlternatives(subject, text, to=["alice@example.com"], connection=get_connection())
    if html:
        letter.attach_alternative(html, "text/html")
    letter.send()


def test_the_list_shows_sent_mails_the_newest_first(letters, db, client):
    send("Ihre Anfrage ist da", "one")
    send("علياء, your files are ready", "two")

    page = client.get("/demo/mail/").content.decode()

    assert "alice@example.com" in page
    assert page.index("علياء, your files are ready") < page.index("Ihre Anfrage ist da")


def test_a_mail_is_read_with_links_to_follow(letters, db, client):
    send("Ready", "Open http://localhost:8000/privacy/requests/D26-4T7Q/ until Tuesday.\n\n再见")

    page = client.get(reverse("demo:mail", args=[mails.every()[0].id])).content.decode()

    assert 'href="http://localhost:8000/privacy/requests/D26-4T7Q/"' in page
    assert "再见" in page


def test_the_html_of_a_mail_does_nothing(letters, db, client):
    send(
        "<img src=x onerror=alert(1)>", "<script>alert(2)</script>", "<p onclick='x'>Hello</p><script>alert(3)</script>"
    )

    page = client.get(reverse("demo:mail", args=[mails.every()[0].id])).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<p onclick" not in page
    assert "&lt;p onclick=" in page


def test_a_mail_of_html_alone_is_read_as_text():
    text = readable("<style>p{}</style><h1>Ready</h1><p>Open <a href='https://example.com/x'>your files</a>.</p>")

    assert text == "Ready\n\nOpen your files https://example.com/x ."


def test_several_mails_of_one_connection_are_told_apart(letters, db):
    with get_connection() as connection:
        for number in (1, 2, 3):
            letter = mail.EmailMessage(f"Letter {number}", "text", to=["bob@example.com"], connection=connection)
            letter.send()

    found = mails.every()

    assert [letter.subject for letter in found] == ["Letter 3", "Letter 2", "Letter 1"]
    assert len({letter.id for letter in found}) == 3


@pytest.mark.parametrize("mail_id", ["nothing", "..", "20260305-120000-1-0"])
def test_an_unknown_mail_is_not_found(letters, db, client, mail_id):
    assert client.get(f"/demo/mail/{mail_id}/").status_code == 404


def test_no_folder_of_mails_is_an_empty_list(settings, tmp_path, db, client):
    settings.EMAIL_FILE_PATH = tmp_path / "none"

    assert client.get("/demo/mail/").status_code == 200
    assert mails.every() == []


def test_a_code_is_that_of_the_standard():
    # RFC 6238, appendix B, SHA-1 at 59 seconds: 94287082; the last six digits.
    account = Account("test", "Test", "")
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert codes.one_time_password(secret, 59 // 30) == "287082"
    assert codes.one_time_password(secret, 1111111109 // 30) == "081804"
    assert account.secret == ""


def test_a_code_says_when_it_changes():
    dana = next(account for account in ACCOUNTS if account.username == "dana")

    shown = codes.code(dana, at=datetime(2026, 3, 5, 11, 0, 17, tzinfo=UTC))

    assert shown.seconds_left == 13
    assert shown.changes_at == datetime(2026, 3, 5, 11, 0, 30, tzinfo=UTC)
    assert shown.then == codes.code(dana, at=shown.changes_at).now != shown.now


@pytest.mark.parametrize("name", ["dana", "axel"])
def test_the_code_of_the_page_signs_the_office_in(shop, client: Client, name):
    client.post("/accounts/login/", {"login": f"{name}@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    shown = Client().get("/demo/codes/").context["codes"]

    client.post("/accounts/2fa/authenticate/", {"code": {code.account.username: code.now for code in shown}[name]})

    assert client.session["_auth_user_id"] == str(User.objects.get(username=name).pk)


def test_the_page_tells_the_accounts_and_the_password(db, client):
    page = client.get("/demo/codes/").content.decode()

    assert PASSWORD in page
    assert all(account.email in page for account in ACCOUNTS)


def test_nothing_of_the_demo_is_kept_in_a_cache(db, client):
    assert "no-store" in client.get("/demo/codes/")["Cache-Control"]


@pytest.mark.parametrize("address", [*PAGES, "/demo/mail/x/"])
def test_without_the_demo_there_are_no_such_pages(settings, db, client, address):
    settings.DEMO = False

    assert client.get(address).status_code == 404


def test_templates_know_whether_this_is_a_demo(settings, rf):
    assert demo(rf.get("/")) == {"DEMO": True}
    settings.DEMO = False
    assert demo(rf.get("/")) == {"DEMO": False}


def test_a_mail_was_written_at_a_moment_that_has_a_time_zone(letters, db):
    send("Ready", "text")

    written = mails.every()[0].sent_at

    assert written is not None
    assert abs((datetime.now(tz=UTC) - written).total_seconds()) < 60
