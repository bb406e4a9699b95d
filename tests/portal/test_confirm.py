"""Confirming that it is you: what counts, what does not, and how often it may be tried."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from portal import codes
from portal.confirmation import SESSION_KEY
from tests.people import PASSWORD
from tests.portal.conftest import confirm, signed_in

CONFIRM = "/privacy/confirm/?next=/privacy/delete/confirm/"
GUARDED = "/privacy/delete/confirm/"


def passes(client: Client) -> bool:
    """Whether a guarded page lets this browser through (it then asks for step 2 first)."""
    return client.get(GUARDED)["Location"] == reverse("portal:delete_when")


def sent_code(mailbox) -> str:
    return re.search(r"\b(\d{6})\b", mailbox.all()[-1].get_body(("plain",)).get_content())[1]


def test_signing_in_alone_is_no_confirmation(hers):
    answer = hers.get(GUARDED)

    assert answer.status_code == 302
    assert answer["Location"] == "/privacy/confirm/?next=%2Fprivacy%2Fdelete%2Fconfirm%2F"


def test_somebody_who_is_not_signed_in_signs_in_first(client, db):
    answer = client.get(GUARDED)

    assert answer["Location"].startswith("/accounts/login/")


def test_the_right_password_leads_back_to_where_they_were(hers):
    answer = hers.post(CONFIRM, {"way": "password", "password": PASSWORD})

    assert answer["Location"] == GUARDED
    assert passes(hers)


def test_a_wrong_password_confirms_nothing(hers):
    answer = hers.post(CONFIRM, {"way": "password", "password": "guess"})

    assert answer.status_code == 422
    assert "not the password of this account" in answer.content.decode()
    assert not passes(hers)


def test_the_password_can_be_tried_eight_times_in_five_minutes(hers):
    for _ in range(8):
        hers.post(CONFIRM, {"way": "password", "password": "guess"})

    answer = hers.post(CONFIRM, {"way": "password", "password": PASSWORD})

    assert "tried too often" in answer.content.decode()
    assert not passes(hers)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_confirming_never_leads_to_another_site(hers, elsewhere):
    answer = hers.post("/privacy/confirm/?next=" + elsewhere, {"way": "password", "password": PASSWORD})

    assert answer["Location"] == "/privacy/"


def test_a_confirmation_counts_for_five_minutes(hers, alice):
    confirm(hers, alice, minutes_ago=4.9)
    assert passes(hers)

    confirm(hers, alice, minutes_ago=5.1)
    assert not passes(hers)


def test_a_confirmation_of_somebody_else_does_not_count(hers, bob):
    confirm(hers, bob)

    assert not passes(hers)


def test_a_confirmation_at_allauth_counts_too(hers):
    hers.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert SESSION_KEY not in hers.session
    assert passes(hers)


def test_somebody_without_a_password_is_asked_too(alice):
    alice.set_unusable_password()
    alice.save()
    hers = signed_in(alice)

    answer = hers.get(GUARDED, follow=True)

    assert answer.redirect_chain[0][0].startswith("/privacy/confirm/")
    assert "Send me a code" in answer.content.decode()
    assert 'name="password"' not in answer.content.decode()


def test_a_mailed_code_confirms(hers, mailbox):
    hers.post(CONFIRM, {"way": "send"})
    answer = hers.post(CONFIRM, {"way": "code", "code": " ".join(sent_code(mailbox))})

    assert answer["Location"] == GUARDED
    assert hers.session[SESSION_KEY]["method"] == "code"
    assert passes(hers)


def test_the_session_holds_no_code(hers, mailbox):
    hers.post(CONFIRM, {"way": "send"})

    assert sent_code(mailbox) not in str(dict(hers.session.items()))


def test_a_code_works_once(hers, mailbox):
    hers.post(CONFIRM, {"way": "send"})
    code = sent_code(mailbox)
    hers.post(CONFIRM, {"way": "code", "code": code})

    answer = hers.post(CONFIRM, {"way": "code", "code": code})

    assert answer.status_code == 422
    assert "No code is out" in answer.content.decode()


def test_a_code_works_only_in_the_browser_that_asked_for_it(hers, alice, mailbox):
    hers.post(CONFIRM, {"way": "send"})
    other = signed_in(alice)

    answer = other.post(CONFIRM, {"way": "code", "code": sent_code(mailbox)})

    assert answer.status_code == 422
    assert not passes(other)


def test_after_five_wrong_tries_the_right_code_is_void(hers, mailbox):
    hers.post(CONFIRM, {"way": "send"})
    code = sent_code(mailbox)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        hers.post(CONFIRM, {"way": "code", "code": wrong})

    answer = hers.post(CONFIRM, {"way": "code", "code": code})

    assert "last try" in answer.content.decode()
    assert not passes(hers)


def test_a_code_that_has_run_out_is_replaced_by_a_new_one(hers, mailbox):
    hers.post(CONFIRM, {"way": "send"})
    code = sent_code(mailbox)
    session = hers.session
    session[codes.SESSION_KEY] = {**session[codes.SESSION_KEY], "at": session[codes.SESSION_KEY]["at"] - 601}
    session.save()

    answer = hers.post(CONFIRM, {"way": "code", "code": code})

    assert "That code has run out" in answer.content.decode()
    assert "We have sent a new one" in answer.content.decode()
    assert len(mailbox.all()) == 2
    assert not passes(hers)


def test_six_codes_an_hour_are_sent_and_no_more(hers, mailbox):
    for _ in range(6):
        hers.post(CONFIRM, {"way": "send"})

    answer = hers.post(CONFIRM, {"way": "send"})

    assert "No code was sent" in answer.content.decode()
    assert len(mailbox.all()) == 6


@pytest.mark.parametrize("typed", ["", "12", "1234567", "abcdef"])
def test_something_that_is_no_code_is_told_apart_from_a_wrong_one(hers, mailbox, typed):
    hers.post(CONFIRM, {"way": "send"})

    answer = hers.post(CONFIRM, {"way": "code", "code": typed})

    assert answer.status_code == 422
    assert hers.session[codes.SESSION_KEY]["left"] == codes.TRIES


def test_no_code_goes_to_an_address_that_nobody_confirmed(alice, mailbox):
    alice.emailaddress_set.update(verified=False)
    hers = signed_in(alice)

    answer = hers.post(CONFIRM, {"way": "send"})

    assert answer.status_code == 422
    assert mailbox.all() == []


@pytest.mark.parametrize("name", ["account_email", "mfa_activate_totp", "mfa_add_webauthn"])
def test_the_locks_of_an_account_are_not_changed_without_confirming(alice, name):
    alice.set_unusable_password()  # whom allauth lets through
    alice.save()
    hers = signed_in(alice)

    answer = hers.get(reverse(name))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/privacy/confirm/?next=")


def test_confirming_with_us_is_enough_for_allauth(hers):
    hers.post("/privacy/confirm/", {"way": "password", "password": PASSWORD})

    assert hers.get(reverse("mfa_activate_totp")).status_code == 200


def test_somebody_who_cannot_confirm_in_any_way_can_add_an_address(db):
    user = User.objects.create(username="new")
    user.set_unusable_password()
    user.save()

    assert signed_in(user).get(reverse("account_email")).status_code == 200
