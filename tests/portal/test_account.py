"""allauth's mails in our voice."""

import re

from django.test import Client

from tests.people import PASSWORD


def body(letter) -> str:
    return letter.get_body(("plain",)).get_content()


def test_a_code_to_sign_in_is_short_and_names_no_address(client: Client, alice, mailbox):
    client.post("/accounts/login/code/", {"email": alice.email})

    letter = mailbox.to(alice.email)[-1]
    assert letter["Subject"] == "Your code to sign in"
    assert alice.email not in body(letter)
    assert "Kestrel & Moss" in body(letter)


def test_signing_in_by_code_works_to_the_end(client: Client, alice, mailbox):
    client.post("/accounts/login/code/", {"email": alice.email})
    code = re.search(r"^    (\S+)$", body(mailbox.to(alice.email)[-1]), re.MULTILINE)[1]

    client.post("/accounts/login/code/confirm/", {"code": code})

    assert client.get("/privacy/").status_code == 200


def test_a_changed_password_is_told_without_address_of_the_computer(hers, alice, mailbox):
    hers.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "a-new-one-for-her", "password2": "a-new-one-for-her"},
        headers={"user-agent": "Robot/7"},
    )

    letter = mailbox.to(alice.email)[-1]
    assert letter["Subject"] == "Your password was changed"
    assert "127.0.0.1" not in body(letter)
    assert "Robot/7" not in body(letter)


def test_an_unknown_address_gets_the_same_page_as_a_known_one(client: Client, alice, mailbox):
    known = client.post("/accounts/password/reset/", {"email": alice.email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert "Look into your mailbox" in unknown.content.decode()


def test_signing_up_confirms_the_address_by_code(client: Client, db, mailbox):
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD})
    code = re.search(r"^    (\S+)$", body(mailbox.to("new@example.com")[-1]), re.MULTILINE)[1]

    answer = client.post("/accounts/confirm-email/", {"code": code}, follow=True)

    assert answer.status_code == 200
    assert client.get("/privacy/").status_code == 200
