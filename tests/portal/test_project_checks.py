"""What `manage.py check` says of a project that forgot a step of docs/integrate.md, one step at a time."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.middleware.locale import LocaleMiddleware
from django.test import RequestFactory, override_settings
from django.urls import path

from portal import checks, codes, confirmation, limits
from portal.checks import pages, service
from portal.context import Desk
from tasks.conf import load

urlpatterns = [path("", lambda request: None, name="home")]  # a project without our pages


class Own(LocaleMiddleware):
    """What a project makes of Django's."""


@pytest.fixture
def without_allauth(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose sign-in is its own."""
    installed = apps.is_installed
    monkeypatch.setattr(apps, "is_installed", lambda name: not name.startswith("allauth") and installed(name))


def said(found: Iterator) -> str:
    return " ".join(f"{message.id}: {message.msg} {message.hint}" for message in found)


def dossier(settings, **changed: object) -> None:
    settings.DOSSIER = {**settings.DOSSIER, **changed}


def test_the_shipped_project_lacks_nothing():
    assert checks.check_project() == []


@pytest.mark.parametrize("path", [*pages.DJANGO_MIDDLEWARE, "portal.middleware.VaultGuard"])
def test_a_middleware_that_is_missing_is_named_with_what_comes_of_it(settings, path):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != path]

    (message,) = pages.middleware()

    assert message.id == "dossier.E102"
    assert message.hint == f"Add '{path}' to MIDDLEWARE."


@pytest.mark.parametrize("path", ["portal.middleware.AccountGuard", "dpo.access.OfficeMiddleware"])
def test_the_guards_of_accounts_and_office_are_wanted_where_there_are_such_pages(settings, path):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != path]

    assert f"Add '{path}'" in said(pages.middleware())


def test_a_middleware_of_the_projects_own_counts_where_it_inherits(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.portal.test_project_checks.Own"]
    settings.MIDDLEWARE.remove("django.middleware.locale.LocaleMiddleware")

    assert list(pages.middleware()) == []


def test_without_a_middleware_for_languages_the_choice_at_the_foot_is_a_warning(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "LocaleMiddleware" not in name]

    assert "dossier.W102: 'django.middleware.locale.LocaleMiddleware' is not in MIDDLEWARE" in said(pages.middleware())


@pytest.mark.parametrize("path", list(pages.PROCESSORS))
def test_a_context_processor_that_is_missing_is_named(settings, path):
    templates = [
        {**settings.TEMPLATES[0], "OPTIONS": {"context_processors": [p for p in pages.PROCESSORS if p != path]}}
    ]

    with override_settings(TEMPLATES=templates):
        assert f"dossier.E103: '{path}' is not among the context processors" in said(pages.templates())


def test_templates_that_django_does_not_look_for_are_one_error(settings):
    with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]):
        (message,) = pages.templates()

    assert message.hint == "Set APP_DIRS to True in TEMPLATES."


def test_pages_that_were_not_included_are_named_with_the_line_to_write(settings):
    settings.ROOT_URLCONF = __name__

    text = said(pages.addresses())

    assert "The pages of 'portal' have no address." in text
    assert f'Add path("office/", include("dpo.urls")) to {__name__}' in text
    assert "LOGIN_URL is 'account_login', and there is no page" in text


def test_a_sign_in_elsewhere_is_nobodys_mistake(settings):
    settings.LOGIN_URL = "https://sso.example.org/"

    assert list(pages.addresses()) == []


def test_an_office_without_any_second_factor_says_that_nobody_can_open_it(without_allauth):
    assert "dossier.E105: The office opens with a second factor only" in said(pages.office())


def test_a_function_of_the_projects_own_for_it_is_enough(without_allauth, settings):
    dossier(settings, second_factor="tests.portal.test_project_checks.strong")

    assert [*pages.office(), *pages.hooks()] == []


def test_a_function_that_is_none_is_told(settings):
    dossier(settings, second_factor="tests.portal.nowhere")

    assert "DOSSIER['second_factor'] is 'tests.portal.nowhere', and there is no such function" in said(pages.hooks())


def test_sqlite_as_it_is_cannot_bear_a_worker_beside_the_pages(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {})

    assert "dossier.W110" in said(service.database())


def test_a_clock_that_does_not_tick_is_told(monkeypatch):
    from celery import current_app

    monkeypatch.delitem(current_app.conf.beat_schedule, "dossier.tick")

    assert "does not send 'dossier.tick'" in said(service.worker())


def test_letters_without_an_address_and_pages_without_a_name_are_told(settings):
    settings.DOSSIER = {}

    text = said(service.told())

    assert "DOSSIER has no 'site_url'" in text
    assert "DOSSIER has no 'controller'" in text


def test_on_a_public_address_links_to_this_machine_are_wrong(settings):
    dossier(settings, site_url="http://localhost:8000")

    assert "The links in letters lead to http://localhost:8000." in said(service.public())


def test_a_vault_that_is_given_out_to_everybody_is_wrong(settings):
    dossier(settings, site_url="https://example.org", vault_dir=str(settings.MEDIA_ROOT / "vault"))
    settings.DEFAULT_FROM_EMAIL = "desk@example.org"

    assert "The vault lies in MEDIA_ROOT" in said(service.public())


# --- without allauth


def strong(request: object) -> bool:
    return True


def confirmed(user: object) -> str:
    return "known@example.com"


def test_without_allauth_codes_go_to_nobody_who_has_a_password(without_allauth, alice):
    assert codes.mailbox(alice) == ""


def test_without_allauth_somebody_who_signs_in_elsewhere_gets_a_code(without_allauth, alice):
    alice.set_unusable_password()

    assert codes.mailbox(alice) == alice.email


def test_the_project_says_which_address_is_confirmed(without_allauth, alice, settings):
    dossier(settings, confirmed_email="tests.portal.test_project_checks.confirmed")

    assert codes.mailbox(alice) == "known@example.com"


def test_without_allauth_a_password_is_the_way_to_confirm(without_allauth, alice):
    assert confirmation.ways(alice) == {"password"}


@pytest.mark.parametrize(
    ("proxies", "found"), [(0, "10.0.0.9"), (1, "203.0.113.7"), (2, "198.51.100.1"), (3, "10.0.0.9")]
)
def test_without_allauth_an_address_is_believed_as_far_as_there_are_proxies(without_allauth, settings, proxies, found):
    dossier(settings, proxies=proxies)
    forwarded = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.7", "REMOTE_ADDR": "10.0.0.9"}

    assert limits.address(RequestFactory().get("/", **forwarded)) == found
    assert load().proxies == proxies


def test_a_project_without_a_page_to_sign_out_has_no_button_for_it(settings, rf):
    settings.ROOT_URLCONF = __name__
    settings.LOGIN_URL = "https://sso.example.org/"

    desk = Desk(rf.get("/"))

    assert (desk.sign_out_url, desk.new_password_url, desk.sign_in_url) == ("", "", "https://sso.example.org/")
