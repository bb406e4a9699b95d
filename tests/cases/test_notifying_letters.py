"""Recipients without an interface get a letter: by mail in their language, or on paper by somebody who says so."""

import pytest

from tasks.cases import letters, notifying
from tasks.cases.models import Case, Notification
from tasks.cases.models.notification import Telling
from tasks.errors import TransitionRefused
from tests.cases.recipients import HOUR, erased, printer, receive

__all__ = ["erased", "receive"]
pytestmark = pytest.mark.django_db


def test_a_recipient_without_an_interface_gets_a_letter_in_its_language(receive, erased, noon, mailoutbox):
    receive(printer("privacy@brieftaube.example", language="de"))
    notification = erased().notifications.get()

    assert notifying.tell(notification.pk, at=noon + HOUR)

    (mail,) = mailoutbox
    assert mail.to == ["privacy@brieftaube.example"]
    assert "customer e-mail: alice@example.com" in mail.body
    assert "Orders" in mail.body
    assert notification.case.reference in mail.subject
    notification.refresh_from_db()
    assert (notification.state, notification.about) == (Telling.TOLD, "")


def test_a_letter_that_the_mail_server_does_not_take_is_tried_again(receive, erased, noon, settings):
    receive(printer("privacy@brieftaube.example"))
    notification = erased().notifications.get()
    settings.EMAIL_BACKEND = "nowhere.Backend"

    assert not notifying.tell(notification.pk, at=noon + HOUR)

    notification.refresh_from_db()
    assert notification.error == "ModuleNotFoundError."
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notifying.tell(notification.pk, at=noon + 2 * HOUR)


def test_a_letter_to_print_waits_for_somebody_who_sends_it_and_says_so(receive, erased, office, noon):
    receive(printer())
    case = erased()
    notification = case.notifications.get()
    assert notification.state == Telling.OPEN
    assert "alice@example.com" in notifying.letter(case, notification.pk).text
    with pytest.raises(TransitionRefused):
        notifying.tell_again(case, notification=notification.pk, by=office.dana, at=noon)
    with pytest.raises(ValueError, match="how it was told"):
        notifying.told_otherwise(case, notification=notification.pk, note=" ", by=office.dana, at=noon)

    notifying.told_otherwise(case, notification=notification.pk, note="By registered mail", by=office.dana, at=noon)

    notification.refresh_from_db()
    assert (notification.state, notification.about, notification.note) == ("otherwise", "", "By registered mail")
    assert Case.objects.get().outcome["recipients"][0]["told"] is True
    with pytest.raises(Notification.DoesNotExist):
        notifying.letter(case, notification.pk)
    with pytest.raises(TransitionRefused):
        notifying.told_otherwise(case, notification=notification.pk, note="again", by=office.dana, at=noon)


def test_the_letters_can_be_read(receive, erased):
    receive(printer())
    case = erased()

    told = letters.render(case, "untold", recipient="Brieftaube Mail")

    assert "Brieftaube Mail" in told.text + told.html
    assert case.reference in told.subject
