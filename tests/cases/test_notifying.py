"""Recipients of what was erased are told, each once, with proof; who could not be told stays in sight."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection

from tasks import audit
from tasks.cases import letters, notifying, operations
from tasks.cases.models import Case, Notification
from tasks.cases.models.notification import Telling
from tasks.collector.sources.http_signing import is_genuine
from tasks.erasure.rules import hash_of
from tasks.errors import NotAllowed
from tests.cases.recipients import HOUR, carrier, erased, printer, receive
from tests.collector.loopback import SECRET, fails, gives, serving

__all__ = ["erased", "receive"]
pytestmark = pytest.mark.django_db


def test_a_recipient_is_told_by_a_signed_message_and_its_signed_answer_is_the_proof(receive, erased, noon):
    with serving(gives({"reference": "TW-4711"})) as hook:
        receive(carrier(f"{hook.url}/erasures"))
        case = erased()
        (notification,) = case.notifications.all()
        assert (notification.state, hook.asked) == (Telling.DUE, [])

        assert notifying.tell(notification.pk, at=noon + HOUR)
        assert not notifying.tell(notification.pk, at=noon + HOUR)

        ((method, path, headers, body),) = hook.asked
    assert is_genuine(headers, SECRET, method, path, body, now=(noon + HOUR).timestamp())
    assert json.loads(body) == {
        "id": f"{case.pk}-{notification.pk}",
        "event": "erasure",
        "subject": {"customer e-mail": "alice@example.com"},
        "categories": ["orders"],
        "erased_on": noon.date().isoformat(),
    }
    notification.refresh_from_db()
    assert (notification.state, notification.answer_status, notification.answer_reference) == ("told", 200, "TW-4711")
    assert notification.about == ""
    entry = next(entry for entry in audit.of(case.pk) if entry.event == "case.told")
    assert entry.data["recipient"] == "Talweg Logistik"
    assert entry.data["answer"] == notification.answer_sha256 != ""


def test_the_certificate_says_who_is_told_and_who_not_yet_and_is_hashed_anew(receive, erased, noon):
    with serving(gives({"reference": "TW-4711"})) as hook:
        receive(carrier(hook.url), printer())
        case = erased()
        first = case.outcome
        assert [(each["name"], each["told"]) for each in first["recipients"]] == [
            ("Talweg Logistik", False),
            ("Brieftaube Mail", False),
        ]
        notifying.tell(case.notifications.first().pk, at=noon + HOUR)

    case.refresh_from_db()
    told, untold = case.outcome["recipients"]
    assert (told["told"], told["reference"], told["categories"]) == (True, "TW-4711", ["Orders"])
    assert datetime.fromisoformat(told["told_at"]) == noon + HOUR
    assert (untold["told"], untold["told_at"]) == (False, None)
    assert case.outcome["replaces"] == first["hash"] != case.outcome["hash"]
    for document in (first, case.outcome):
        assert document["hash"] == hash_of({name: value for name, value in document.items() if name != "hash"})
    assert "alice" not in json.dumps(case.outcome)


def test_whom_it_is_about_is_written_down_sealed_before_the_first_row_goes(receive, erasure_in_review, office, noon):
    receive(carrier("https://talweg.example"))
    case = erasure_in_review
    operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    assert not case.notifications.exists()

    operations.start_scheduled(at=noon + timedelta(days=8))

    (notification,) = case.notifications.all()
    assert json.loads(notification.about) == {"customer e-mail": "alice@example.com"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT about FROM dossier_notification")
        assert "alice" not in cursor.fetchone()[0]
    assert not notifying.tell(notification.pk, at=noon + timedelta(days=9))  # nothing is erased yet

    operations.withdraw(case, by=office.alice, at=noon + timedelta(days=9))
    assert notifying.forget_unneeded(at=noon) == 1
    assert not Notification.objects.exists()


@pytest.mark.parametrize(("category", "told"), [("orders", True), ("reviews", True), ("billing", False), ("x", False)])
def test_only_who_received_a_category_in_which_something_went_is_told(receive, erased, category, told):
    receive(carrier("https://talweg.example"), category=category)

    case = erased()

    assert case.notifications.exists() == told
    assert ("recipients" in case.outcome) == told


def test_who_does_not_answer_is_asked_again_with_longer_pauses_then_the_office_is_told(receive, erased, office, noon):
    with serving(fails(500), fails(500), gives({"reference": "late"})) as hook:
        receive(carrier(hook.url))
        notification = erased().notifications.get()
        notifying.tell(notification.pk, at=noon + HOUR)
        notification.refresh_from_db()
        assert notification.error == "Talweg Logistik: it answers with status 500."
        assert notification.next_try_at == noon + HOUR + timedelta(seconds=60)
        Notification.objects.update(attempts=letters.TRIES - 1)
        notifying.tell(notification.pk, at=noon + 2 * HOUR)
        case = Case.objects.get()
        notification.refresh_from_db()

        assert (notification.state, notification.next_try_at) == (Telling.OPEN, None)
        assert case.letters.filter(audience="office", template="untold").count() == 1
        again = notifying.tell_again(case, notification=notification.pk, by=office.dana, at=noon + 3 * HOUR)
        assert notifying.tell(notification.pk, at=noon + 3 * HOUR)

        ids = {headers["Idempotency-Key"] for _, _, headers, _ in hook.asked}
        assert ids == {f"{again.pk}-{notification.pk}"}
    assert Notification.objects.get().answer_reference == "late"


@pytest.mark.parametrize(
    "answer",
    [
        gives({"reference": "x"}, headers={"Dossier-Signature": "0" * 64}),
        gives([]),
        gives(b"{", status=200),
        fails(204),
    ],
    ids=["another's signature", "no object", "no json", "no signature"],
)
def test_an_answer_that_proves_nothing_is_no_proof(receive, erased, noon, answer):
    with serving(answer) as hook:
        receive(carrier(hook.url))
        notification = erased().notifications.get()

        assert not notifying.tell(notification.pk, at=noon + HOUR)

    notification.refresh_from_db()
    assert notification.state == Telling.DUE
    assert notification.error.startswith("Talweg Logistik: ")
    assert notification.about != ""


def test_only_the_office_tells(receive, erased, office, noon):
    receive(printer())
    case = erased()
    key = case.notifications.get().pk

    for actor in (office.alice, office.mallory):
        with pytest.raises(NotAllowed):
            notifying.told_otherwise(case, notification=key, note="I did", by=actor, at=noon)
        with pytest.raises(NotAllowed):
            notifying.tell_again(case, notification=key, by=actor, at=noon)
