"""Letters: what they hold, what they never hold, and that none is lost when the server is away."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from tasks.cases import letters, operations
from tasks.cases.models import Case, Letter
from tests.cases.conftest import run_due

ROOT = Path(__file__).parents[2] / "templates" / "dossier" / "letters"
NAMES = sorted(path.stem for path in ROOT.glob("*.txt") if path.stem != "foot")
OF_NO_CASE = {"code", "leaving", "review", "sweep"}
CONTEXT = {
    "ground": "Art. 12(5)",
    "text": "Because.",
    "reason": "Many.",
    "days_left": 3,
    "code": "123456",
    "minutes": 10,
}


def post_all(at):
    for letter in operations.due_letters(at=at):
        letters.post(letter, at=at)


@pytest.mark.parametrize("template", NAMES)
def test_a_letter_names_the_case_and_nobody(copy_in_review, template):
    letter = letters.preview(copy_in_review, template, **CONTEXT)

    for part in (letter.subject, letter.text, letter.html):
        assert part.strip()
        assert "alice" not in part.casefold()
        assert "hartmann" not in part.casefold()
        assert "{{" not in part
        assert "{%" not in part
    assert "\n" not in letter.subject
    if template not in OF_NO_CASE:
        assert copy_in_review.reference in letter.subject
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("template", NAMES)
def test_a_letter_loads_nothing_and_carries_nothing(copy_in_review, template):
    html = letters.preview(copy_in_review, template, **CONTEXT).html

    for forbidden in ("<script", "<img", "<link", "<style", "src=", "url("):
        assert forbidden not in html


def test_markup_in_a_reason_does_nothing(copy_in_review):
    letter = letters.preview(copy_in_review, "rejected", ground="Art. 12(5)", text="<b>A & B</b>")

    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in letter.html
    assert "<b>A & B</b>" in letter.text


def test_a_refusal_names_ground_reasons_authority_and_court(copy_in_review, settings):
    letter = letters.preview(
        copy_in_review, "rejected", ground="Art. 12(5) GDPR: excessive", text="The fourth this month."
    )

    for part in (letter.text, letter.html):
        assert "Art. 12(5) GDPR: excessive" in part
        assert "The fourth this month." in part
        assert settings.DOSSIER["controller"]["authority"] in part
        assert "Art. 79 GDPR" in part


def test_the_acknowledgement_names_the_date_and_the_way_out(ask_for_copy, noon, mailbox):
    case = ask_for_copy()

    post_all(noon)

    [mail] = mailbox.to("alice@example.com")
    text = mail.get_body(("plain",)).get_content()
    assert "Tuesday 7 April 2026" in text
    assert letters.case_of_not_me(text.split("/not-me/")[1].split("/")[0], at=noon).pk == case.pk
    assert list(mail.iter_attachments()) == []


def test_every_verified_address_is_told(ask_for_copy, alice, noon, mailbox):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=alice, email="old@example.com", verified=True)
    EmailAddress.objects.create(user=alice, email="never@example.com", verified=False)
    ask_for_copy()

    post_all(noon)

    assert len(mailbox.to("alice@example.com")) == len(mailbox.to("old@example.com")) == 1
    assert mailbox.to("never@example.com") == []


def test_the_receipt_key_is_in_one_mail_and_then_nowhere(ask_for_erasure, noon, mailbox):
    case = ask_for_erasure()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dossier_letter")
        assert case.receipt_key not in str(cursor.fetchall())

    post_all(noon)

    assert case.receipt_key in mailbox.to("alice@example.com")[0].get_body(("plain",)).get_content()
    assert Letter.objects.get().context == ""


def test_a_server_that_is_away_turns_nothing_into_an_error(ask_for_copy, noon, settings, mailbox):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.cases.test_letters.Away"
    case = run_due(ask_for_copy(), at=noon)
    post_all(noon)
    letter = Letter.objects.get()
    assert (letter.sent_at, letter.error, letter.attempts) == (None, "ConnectionRefusedError", 1)
    assert case.state == "review"

    settings.EMAIL_BACKEND = backend
    post_all(noon + timedelta(seconds=30))
    assert Letter.objects.get().sent_at is None  # not yet: it waits longer each time
    post_all(noon + timedelta(minutes=5))
    post_all(noon + timedelta(minutes=6))

    assert Letter.objects.get().sent_at
    assert len(mailbox.to("alice@example.com")) == 1


class Away:
    """A mail server that nobody reaches."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("alice@example.com")


def test_handlers_are_told_and_the_person_is_not(copy_in_review, office, noon, mailbox):
    operations.freeze(copy_in_review, at=noon)

    post_all(noon)

    assert any("frozen" in mail["Subject"] for mail in mailbox.to("dana@example.com"))
    assert not any("is frozen" in mail["Subject"] for mail in mailbox.to("alice@example.com"))


def test_the_link_of_a_stranger_opens_nothing(db, noon):
    for token in ("", "x", letters.not_me_token(Case()) + "x", letters.not_me_token(Case())):
        with pytest.raises(Case.DoesNotExist):
            letters.case_of_not_me(token, at=noon)


def test_the_link_of_a_letter_runs_out(copy_in_review):
    token, now = letters.not_me_token(copy_in_review), timezone.now()
    last = now + timedelta(days=letters.NOT_ME_DAYS)

    assert letters.case_of_not_me(token, at=last - timedelta(minutes=1)).pk == copy_in_review.pk
    with pytest.raises(letters.LinkExpired):
        letters.case_of_not_me(token, at=last + timedelta(minutes=1))
    with pytest.raises(letters.LinkExpired):
        operations.freeze_by_link(token, at=last + timedelta(minutes=1))

    assert not Case.objects.get().is_frozen


def test_the_moment_of_a_link_cannot_be_moved(copy_in_review, noon):
    payload, _moment, signature = letters.not_me_token(copy_in_review).split(":")

    with pytest.raises(Case.DoesNotExist):
        letters.case_of_not_me(f"{payload}:zzzzzz:{signature}", at=noon)


def test_a_code_goes_to_its_address_and_is_kept_nowhere(db, mailbox):
    letters.send_code("alice@example.com", code="123456", language="en", minutes=10)

    assert "123456" in mailbox.to("alice@example.com")[0].get_body(("plain",)).get_content()
    assert not Letter.objects.exists()
