"""Which languages are offered, how one is chosen, and what the pages then say."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import global_settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal import languages
from portal.templatetags import dossier
from tasks.cases import deadlines

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def reader(db: None) -> Client:
    """Somebody who has not signed in."""
    return Client()


def choose(reader: Client, language: str, then: str = "/privacy/receipt/"):
    return reader.post(reverse("portal:language"), {"language": language, "next": then})


def test_the_foot_of_a_page_offers_each_language_in_its_own_name(reader):
    page = reader.get("/").content.decode()

    for code, name in (("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("ar", "العربيّة")):
        assert f'value="{code}" lang="{code}"' in page
        assert f">{name}</button>" in page
    assert page.count('aria-current="true"') == 1


def test_a_choice_is_remembered_and_leads_back_to_the_page(reader):
    answer = choose(reader, "de")

    page = reader.get("/privacy/receipt/").content.decode()

    assert answer.url == "/privacy/receipt/"
    assert '<html lang="de" dir="ltr">' in page
    assert "Nachweis öffnen" in page


def test_a_choice_never_leads_to_another_site(reader):
    assert choose(reader, "de", "https://elsewhere.example/privacy/").url == "/"


def test_a_choice_that_is_not_offered_changes_nothing(reader):
    choose(reader, "tlh")

    assert '<html lang="en"' in reader.get("/").content.decode()


def test_a_browsers_wish_is_heard(reader):
    page = reader.get("/", headers={"accept-language": "es-MX,es;q=0.9"}).content.decode()

    assert '<html lang="es" dir="ltr">' in page


def test_arabic_is_written_from_the_right(reader):
    choose(reader, "ar")

    page = reader.get("/").content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "بياناتك بين يديك" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "E-Mail-Adresse"), ("fr", "Adresse e-mail"), ("es", "Dirección de correo"), ("ar", "كلمة المرور")],
)
def test_the_pages_of_the_sign_in_speak_it_too(reader, language, words):
    choose(reader, language)

    assert words in reader.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("template", ["500.html", "dossier/503.html"])
def test_a_page_of_failure_speaks_it_without_a_request(template):
    with translation.override("ar"):
        page = render_to_string(template)

    assert 'lang="ar" dir="rtl"' in page
    assert "Try again" not in page


def test_of_djangos_hundred_languages_those_are_offered_that_have_words(settings):
    settings.LANGUAGES = global_settings.LANGUAGES

    assert {code for code, _name in languages.offered()} == {"ar", "de", "en", "en-au", "en-gb", "es", "fr"} | {
        code for code, _name in global_settings.LANGUAGES if code.partition("-")[0] in {"ar", "de", "es", "fr"}
    }


def test_a_language_counts_when_the_host_has_words_for_it(settings, tmp_path):
    settings.LANGUAGES = [("en", "English"), ("nl", "Dutch")]
    assert [code for code, _name in languages.offered()] == ["en"]

    (tmp_path / "nl" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "nl" / "LC_MESSAGES" / "django.mo").touch()
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]

    assert languages.offered() == (("en", "English"), ("nl", "Nederlands"))


def test_one_language_is_no_choice(reader, settings):
    settings.LANGUAGES = [("en", "English")]

    assert reverse("portal:language") not in reader.get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "day", "count"),
    [
        ("en", "Tuesday 7 April 2026", "12,345"),
        ("de", "Dienstag, 7. April 2026", "12.345"),
        ("fr", "mardi 7 avril 2026", "12\xa0345"),
        ("es", "martes 7 de abril de 2026", "12\xa0345"),
        ("ar", "الثلاثاء 7 إبريل 2026", "12,345"),
    ],
)
def test_days_and_counts_are_written_as_the_language_writes_them(language, day, count):
    with translation.override(language):
        assert dossier.local_day(date(2026, 4, 7)).replace("أبريل", "إبريل") == day
        assert dossier.figure(12_345) == count


def test_a_deadline_says_in_german_why_it_moved():
    at = datetime(2026, 3, 3, 12, tzinfo=BERLIN)

    with translation.override("de"):
        due = deadlines.due_on(at, country="DE", subdivision="SN", tz=BERLIN)

    assert due.reason == "3. April: Karfreitag und 4. April: Samstag und 5. April: Sonntag und 6. April: Ostermontag"


def test_headings_in_a_row_are_small_where_the_language_lets_them():
    assert dossier.in_a_row("Order lines") == "order lines"
    assert dossier.in_a_row("IP addresses") == "IP addresses"
    with translation.override("de"):
        assert dossier.in_a_row("Bestellungen") == "Bestellungen"
