"""Each letter speaks its reader's language, whoever sent it and whatever language that one reads."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone, translation

from tasks import conf
from tasks.cases import letters, operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Letter
from tasks.cases.states import State
from tasks.cases.subjects import subject_of

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "dossier" / "letters"
TEMPLATES = sorted({path.stem for path in FOLDER.glob("*.txt")} - {"foot"})
CONTEXT = {
    "ground": "–",
    "text": "–",
    "reason": "–",
    "days_left": 3,
    "code": "123456",
    "minutes": 10,
    "receipt_key": "K",
}


@pytest.fixture
def german(alice: User) -> Case:
    """Alice asked for a copy, in German."""
    return operations.open_access(
        subject_of(alice),
        by=Actor.of_user(alice),
        at=timezone.now(),
        contact=alice.email,
        person="Alice Hartmann",
        language="de",
    )


def posted(case: Case, **which: str) -> mail.EmailMessage:
    """Post one of the letters of ``case``, while an office that reads French does it."""
    letter = Letter.objects.filter(case=case, **which).latest("pk")
    mail.outbox.clear()
    with translation.override("fr"):
        assert letters.post(letter.pk, at=timezone.now())
    return mail.outbox[0]


def test_the_person_is_written_to_in_the_language_of_the_case(german):
    letter = posted(german, template="acknowledgement")

    assert letter.subject == f"Wir haben Ihren Antrag {german.reference} erhalten"
    assert "Sie haben eine Kopie Ihrer Daten verlangt." in letter.body
    assert '<html lang="de" dir="ltr">' in letter.alternatives[0].content
    with translation.override("de"):
        assert f"{german.strict_due_on:%Y}" in letter.body
        assert "spätestens am " in letter.body


def test_the_office_is_written_to_in_the_language_of_the_installation(german, dana, settings):
    settings.LANGUAGE_CODE = "es"
    letters.send(german, "failed", at=timezone.now(), audience=Letter.OFFICE)

    letter = posted(german, template="failed")

    assert letter.subject == f"El expediente {german.reference} ha fallado"
    assert '<html lang="es"' in letter.alternatives[0].content


def test_a_ground_that_an_english_office_chose_is_german_for_a_german(german, axel):
    Case.objects.filter(pk=german.pk).update(state=State.REVIEW)
    german.refresh_from_db()

    with translation.override("en"):
        operations.reject(
            german, by=Actor.of_user(axel), at=timezone.now(), ground="12-5-excessive", text="Das ist die neunte Kopie."
        )
    letter = posted(german, template="rejected")

    assert "Art. 12 Abs. 5 DSGVO: der Antrag ist exzessiv" in letter.body
    assert "excessive" not in letter.body


def test_a_code_is_mailed_in_the_language_of_the_page(db):
    letters.send_code("alice@example.com", code="123456", language="ar", minutes=10)

    assert mail.outbox[0].subject == "رمزك لمكتب الخصوصية"
    assert 'lang="ar" dir="rtl"' in mail.outbox[0].alternatives[0].content


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr"])
def test_no_letter_falls_back_to_english(german, language):
    us = conf.load().controller
    addresses = {us.address, f"{us.authority}, {us.authority_address}"}
    for template in TEMPLATES:
        english, other = (letters.render(german, template, language=code, **CONTEXT) for code in ("en", language))
        sentences = {line for line in english.text.splitlines() if line.strip().count(" ") > 3 and "http" not in line}

        assert english.subject != other.subject, template
        assert sentences & set(other.text.splitlines()) <= addresses, template
