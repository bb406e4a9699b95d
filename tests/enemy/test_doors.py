"""Every address that there is or will be: nobody gets in who has no business there, and no GET changes anything."""

from itertools import product

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from tasks import audit
from tasks.cases import references
from tasks.cases.models import Case, Tally
from tests.enemy.conftest import addresses, asks, browser_of, filled
from tests.people import PASSWORD

PORTAL, OFFICE = list(addresses("portal")), list(addresses("dpo"))
OF_A_CASE = [(name, route) for name, route in PORTAL if "<str:reference>" in route]
OPEN = {"start", "not_me", "receipt", "language", "callback"}  # to people who are not signed in
METHODS = ("get", "post", "put", "delete", "patch")
ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "/%09/evil.example",
    "javascript:alert(1)", "https:evil.example", "///evil.example", "http:///evil.example", "%0d%0aLocation:%20https://evil.example",
]  # fmt: skip
NOWHERE = ["D26-%00", "..%2f..", "%F0%9F%8C%BF" * 40, "9" * 3000]


def state(case: Case) -> tuple[object, ...]:
    case.refresh_from_db()
    return case.version, case.state, case.frozen_at, case.notes.count(), case.packages.filter(purged_at=None).count()


def test_another_persons_case_is_not_there_at_any_address(strange, alice):
    case = asks(alice)
    before = state(case)

    for (_name, route), method in product(OF_A_CASE, METHODS):
        theirs = getattr(strange, method)(filled(route, case.reference))
        nobodys = getattr(strange, method)(filled(route, "D26-0000"))
        assert theirs.status_code in {404, 405}, (route, method)
        assert theirs.status_code == nobodys.status_code, (route, method)
    assert state(case) == before


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_changes_nothing(client, alice):
    case = asks(alice)
    before = state(case)

    for (name, route), method in product(PORTAL, ("get", "post")):
        if name not in OPEN:
            answer = getattr(client, method)(filled(route, case.reference))
            assert answer.status_code in {302, 405}, (route, method)
            assert answer.status_code == 405 or answer["Location"].startswith("/accounts/login/"), (route, method)
    assert state(case) == before


def test_no_address_of_the_office_is_there_for_a_stranger_or_the_person(strange, client, alice):
    case, hers = asks(alice), browser_of(alice, sure=True)
    before, entries = state(case), audit.Entry.objects.count()

    for (_name, route), method in product(OFFICE, METHODS):
        for browser in (strange, hers):
            assert getattr(browser, method)(filled(route, case.reference)).status_code == 404, (route, method)
        answer = getattr(client, method)(filled(route, case.reference))
        assert answer["Location"].startswith("/accounts/login/"), (route, method)
    assert (state(case), audit.Entry.objects.count()) == (before, entries)


def test_no_address_of_the_office_opens_without_a_second_factor(axel, alice):
    case, axels = asks(alice), browser_of(axel, sure=True)
    Authenticator.objects.filter(user=axel).delete()
    before = state(case)

    for (_name, route), method in product(OFFICE, ("get", "post")):
        answer = getattr(axels, method)(filled(route, case.reference))
        assert answer["Location"] == "/accounts/2fa/", (route, method)
    assert state(case) == before


def test_looking_at_every_address_changes_no_case(alice, axel, dana):
    case = asks(alice)
    before = state(case)

    for browser, routes in ((browser_of(alice, sure=True), PORTAL), (browser_of(axel, sure=True), OFFICE)):
        for _name, route in routes:
            for method in ("get", "head", "options"):
                assert getattr(browser, method)(filled(route, case.reference)).status_code < 500, (route, method)
    assert state(case) == before


def test_no_form_is_taken_without_its_token(alice, axel):
    case = asks(alice)
    before = state(case)

    for user, routes in ((alice, PORTAL), (axel, OFFICE)):
        browser = browser_of(user, sure=True, strict=True)
        for name, route in routes:
            if name == "callback":  # no form: a service signs what it says
                continue
            assert browser.post(filled(route, case.reference)).status_code == 403, route
    assert state(case) == before


@pytest.mark.postgres
def test_a_strange_reference_is_not_there_and_breaks_nothing(alice, axel):
    hers, axels = browser_of(alice, sure=True), browser_of(axel, sure=True)

    for reference in NOWHERE:
        for browser, routes in ((hers, OF_A_CASE), (axels, OFFICE)):
            for route in [route for _name, route in routes if "<str:reference>" in route]:
                assert browser.get(filled(route, reference)).status_code in {404, 405}, (route, reference)
        assert axels.get(f"/office/audit/?case={reference}").status_code == 200
        assert axels.get(f"/office/?q={reference}&page={reference}").status_code == 200


def test_no_sign_that_postgresql_refuses_reaches_a_query():
    assert references.normal("d26\x00-4t7q'\u200b;") == "D264T7Q"


@pytest.mark.postgres
def test_selecting_what_is_no_reference_assigns_nothing(axel, alice):
    asks(alice)

    answer = browser_of(axel, sure=True).post("/office/assign/", {"case": ["\x00", "x", "'"], "back": "//evil.example"})

    assert answer["Location"].startswith("/office/?")


@pytest.mark.parametrize(
    "door", ["/privacy/confirm/", "/accounts/reauthenticate/", "/accounts/login/", "/accounts/logout/"]
)
def test_no_page_leads_to_another_site(door, alice):
    given = {"way": "password", "password": PASSWORD, "login": alice.email}

    for elsewhere in ELSEWHERE:
        browser = Client() if "login" in door else browser_of(alice)
        cache.clear()
        Tally.objects.all().delete()
        where = browser.post(f"{door}?next={elsewhere}", given)["Location"]
        assert where.startswith("/"), elsewhere
        assert not where.startswith(("//", "/\\", "/\t")), elsewhere


def test_a_made_up_host_gets_no_page_and_no_letter(client, alice, mailbox):
    answer = client.post("/accounts/password/reset/", {"email": alice.email}, headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert mailbox.all() == []


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["exe", "%00", "PDF", "..", "pdf%20", "%F0%9F%8C%BF", "p" * 500])
def test_a_strange_kind_of_file_is_not_there(kind, alice):
    case = asks(alice)

    answer = browser_of(alice, sure=True).get(f"/privacy/requests/{case.reference}/files/{kind}/")

    assert answer.status_code == 404
