"""Recipients of what was erased are told, each once, with proof; who could not be told stays in sight."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from examples.shop.news.models import NewsletterSubscription
from examples.shop.news.privacy import NewsletterSubscriptionPrivacy
from tasks import audit, datamap, erasure
from tasks.cases import letters, notifying, operations
from tasks.cases.models import Case, Notification
from tasks.cases.models.notification import Telling
from tasks.cases.states import State
from tasks.collector.sources.http_signing import is_genuine
from tasks.datamap import Category, Recipient, TellByLetter, Webhook, registry
from tasks.erasure.rules import hash_of
from tasks.errors import DeclarationError, NotAllowed, TransitionRefused
from tests.cases.conftest import Office, run_due
from tests.collector.loopback import SECRET, fails, gives, serving

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DONE = [
    {"category": "orders", "title": "Orders", "erased": 3, "anonymised": 0, "kept": 0},
    {"category": "reviews", "title": "Reviews", "erased": 0, "anonymised": 2, "kept": 0},
    {"category": "billing", "title": "Billing", "erased": 0, "anonymised": 0, "kept": 9},
]


def by_mail(subject: Any) -> dict[str, str]:
    return {"customer e-mail": subject.row.email}


def carrier(url: str, **given: Any) -> Recipient:
    told = {"url": url, "secret": SECRET.value, "identify": by_mail, **given}
    return Recipient("Talweg Logistik", "Leipzig", tell=Webhook(**told))


def printer(email: str = "", **given: Any) -> Recipient:
    return Recipient("Brieftaube Mail", "Halle", tell=TellByLetter(**{"identify": by_mail, "email": email, **given}))


@pytest.fixture
def receive(monkeypatch: pytest.MonkeyPatch, rooms: Any, noon: datetime) -> Callable[..., None]:
    """Say which recipients there are, and have an erasure do what ``DONE`` says."""
    outcome = {"begun_at": noon.isoformat(), "categories": DONE, "hash": "c" * 64}
    monkeypatch.setattr(erasure, "certificate", lambda *_, **__: dict(outcome))

    def declare(*recipients: Recipient, category: str = "orders") -> None:
        found = {each.name: (each, {category: category.title()}) for each in recipients}
        monkeypatch.setattr(notifying, "declared", lambda: found)

    return declare


@pytest.fixture
def erased(ask_for_erasure: Callable[..., Case], office: Office, noon: datetime) -> Callable[[], Case]:
    """Alice's account is erased."""

    def erase() -> Case:
        case = run_due(ask_for_erasure(when="approved"), at=noon)
        operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
        case = run_due(case, at=noon)
        assert case.state == State.CLOSED
        return case

    return erase


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
        Notification.objects.update(attempts=notifying.TRIES - 1)
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


def test_only_the_office_tells(receive, erased, office, noon):
    receive(printer())
    case = erased()
    key = case.notifications.get().pk

    for actor in (office.alice, office.mallory):
        with pytest.raises(NotAllowed):
            notifying.told_otherwise(case, notification=key, note="I did", by=actor, at=noon)
        with pytest.raises(NotAllowed):
            notifying.tell_again(case, notification=key, by=actor, at=noon)


def test_a_declaration_that_fails_does_not_stop_an_erasure_and_stays_in_sight(receive, erased):
    def broken(subject: Any) -> dict[str, str]:
        raise KeyError(subject.row.email)

    receive(printer("privacy@brieftaube.example", identify=broken), carrier("https://x.example", identify=lambda _: {}))

    (notification,) = erased().notifications.all()

    assert (notification.state, notification.error) == (Telling.OPEN, "identify: KeyError.")


def test_a_recipient_that_is_not_declared_any_more_is_told_so(receive, erased, noon):
    receive(carrier("https://talweg.example"))
    notification = erased().notifications.get()
    receive()

    assert not notifying.tell(notification.pk, at=noon + HOUR)

    notification.refresh_from_db()
    assert "does not say (any more) how to tell it" in notification.error


def test_recipients_come_from_the_declarations_with_their_categories():
    both = Category("news", title="News", recipients=(printer("a@b.example"), Recipient("Nobody tells them")))
    declared = type("Declared", (NewsletterSubscriptionPrivacy,), {"category": both})

    with registry.overridden({NewsletterSubscription: declared}):
        found = notifying.declared()

    assert {name: categories for name, (_, categories) in found.items()} == {"Brieftaube Mail": {"news": "News"}}


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda: carrier("talweg"), "Webhook.url: wanted an address"),
        (lambda: carrier("http://talweg.example"), "Webhook.url: wanted https"),
        (lambda: carrier("https://talweg.example", secret="short"), "at least 16 characters, found 5"),
        (lambda: carrier("https://talweg.example", identify="email"), "Webhook.identify: wanted a function"),
        (lambda: printer("brieftaube"), "TellByLetter.email: wanted an address"),
        (lambda: printer(identify=None), "TellByLetter.identify: wanted a function"),
    ],
)
def test_a_way_of_telling_that_cannot_be_is_told_at_start(make, wanted):
    with pytest.raises(DeclarationError, match=wanted):
        make()


def test_a_secret_is_in_no_representation():
    assert SECRET.value not in repr(carrier("https://talweg.example"))
    assert datamap.Webhook is Webhook


def test_the_letters_can_be_read(receive, erased):
    receive(printer())
    case = erased()

    told = letters.render(case, "untold", recipient="Brieftaube Mail")

    assert "Brieftaube Mail" in told.text + told.html
    assert case.reference in told.subject
