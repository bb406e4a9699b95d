"""What every page has, and what none has."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.people import PASSWORD
from tests.portal.conftest import confirm, signed_in

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
WEB = [path for path in TEMPLATES if path.parts[-2] not in {"letters", "pdf", "export", "viewer"}]
PUBLIC = [
    "portal:start",
    "portal:receipt",
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_request_login_code",
]
OWN = [
    "portal:home", "portal:download", "portal:delete", "portal:delete_when", "portal:requests", "portal:confirm",
    "account_email", "account_change_password", "account_logout", "account_reauthenticate", "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list",
]  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_has_one_heading_one_main_and_a_language(client, db, name):
    page = client.get(reverse(name)).content.decode()

    assert page.count("<h1") == page.count("<main") == 1
    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.parametrize("name", OWN)
def test_a_page_of_mine_has_one_heading_one_main_and_is_kept_by_no_cache(hers, name):
    hers.post("/privacy/confirm/", {"way": "password", "password": PASSWORD})

    answer = hers.get(reverse(name))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h1") == page.count("<main") == 1
    if name.startswith("portal:"):
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", [name for name in OWN if name.startswith("portal:")])
def test_a_page_of_mine_asks_a_stranger_to_sign_in(client, db, name):
    assert client.get(reverse(name))["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_has_inline_style_or_script(path):
    text = path.read_text()

    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=\"", text)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_the_pages_say_neither_please_nor_sorry(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL).lower()

    assert not re.search(r"\b(please|sorry|oops|invalid)\b", text.replace("aria-invalid", ""))


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = Path(settings.BASE_DIR, "static/dossier/img/icons.svg").read_text()
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z]+)"', path.read_text())}

    assert named
    assert {name for name in named if f'id="i-{name}"' not in sprite} == set()


def test_the_policy_for_content_is_strict(client, db):
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_start_page_says_what_this_is_in_three_sentences(client, db):
    page = client.get("/").content.decode()

    lede = re.search(r'<p class="lede">(.*?)</p>', page, re.DOTALL)[1]
    assert len(re.findall(r"[.!?](?:\s|$)", lede.strip())) == 3


def test_home_counts_what_is_held(hers, alice):
    answer = hers.get("/privacy/")

    assert answer.context["total"] == sum(category["count"] for category in answer.context["held"]) > 0
    assert "Account and addresses" in answer.content.decode()


def test_home_leads_to_an_open_request_instead_of_a_second_one(hers, copy):
    page = hers.get("/privacy/").content.decode()

    assert f'<a class="button" href="/privacy/requests/{copy.reference}/">' in page


def test_deleting_is_two_clicks_from_home(sure):
    assert 'href="/privacy/delete/"' in sure.get("/privacy/").content.decode()
    assert 'href="/privacy/delete/when/"' in sure.get("/privacy/delete/").content.decode()


def test_markup_in_a_name_does_nothing(alice):
    alice.first_name = '"><script>alert(1)</script>'
    alice.save()
    hers = confirm(signed_in(alice), alice)

    for name in ("portal:home", "portal:confirm", "mfa_index", "account_email"):
        assert "<script>alert" not in hers.get(reverse(name)).content.decode()


def test_only_the_office_is_shown_the_way_to_it(hers, dana):
    assert "/office/" not in hers.get("/privacy/").content.decode()
    assert 'href="/office/"' in signed_in(dana).get("/privacy/").content.decode()


@pytest.mark.parametrize("code", ["404", "403", "403_csrf", "429", "500"])
def test_error_pages_say_what_to_do(db, code):
    request = RequestFactory().get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    request.resolver_match = None

    page = engines["django"].get_template(f"{code}.html").render({}, None if code == "500" else request)

    assert page.count("<h1") == 1
    assert "Go to the start" in page


def test_a_form_without_its_token_is_refused_with_a_page_of_ours(db):
    answer = Client(enforce_csrf_checks=True).post("/privacy/receipt/", {})

    assert answer.status_code == 403
    assert "The form was open for too long" in answer.content.decode()
