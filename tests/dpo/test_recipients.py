"""Recipients on the pages: a real erasure of a real declaration, told, printed, told otherwise, and the certificate."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from examples.shop.customers.models import Profile
from examples.shop.customers.privacy import ProfilePrivacy
from tasks import audit
from tasks.cases import notifying, operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Notification
from tasks.datamap import Category, Recipient, TellByLetter, Webhook, registry
from tests.collector.loopback import SECRET, fails, gives, serving
from tests.dpo.conftest import run_due, sign_in


def known_by(subject):
    return {"account": f"K-{subject.pk}"}


@pytest.fixture
def hook():
    """Where the carrier listens: it fails once, then takes the message."""
    with serving(fails(503), gives({"reference": "TW-4711"})) as server:
        yield server


@pytest.fixture
def closed(erasure_of, alice, axel, now, hook):
    """Alice's account is erased. A carrier with a webhook and a printer without an address received her profile."""
    Profile.objects.create(user=alice, display_name="alice", member_since=now.date())
    recipients = (
        Recipient("Talweg Logistik", tell=Webhook(url=hook.url, secret=SECRET.value, identify=known_by)),
        Recipient("Druckhaus Elster", tell=TellByLetter(identify=known_by)),
        Recipient("Pleiße Rechenzentrum"),
    )
    told = Category("account", title="Account and addresses", recipients=recipients)
    declared = type("Told", (ProfilePrivacy,), {"category": told})
    with registry.overridden({Profile: declared}):
        case = run_due(erasure_of(alice, when="approved"), at=now)
        operations.approve(case, by=Actor.of_user(axel), at=now, seen_hash=case.plan_hash)
        for _ in range(4):  # each phase begins when the one before it is done, by the real clock
            case = run_due(case, at=timezone.now())
        assert case.state == "closed", [(step.phase, step.state, step.error) for step in case.steps.all()]
        yield case


def page_of(client: Client, case: Case) -> str:
    return client.get(reverse("dpo:case", args=[case.reference])).content.decode()


def do(client: Client, name: str, notification: Notification, **values: str):
    return client.post(reverse(f"dpo:{name}", args=[notification.case.reference, notification.pk]), values)


def test_the_page_says_who_is_told_and_lets_the_office_tell_the_others(closed, danas, now, hook):
    carrier, printer = closed.notifications.all()
    assert [carrier.recipient, printer.recipient] == ["Talweg Logistik", "Druckhaus Elster"]
    later = timezone.now() + timedelta(seconds=1)
    assert not notifying.tell(carrier.pk, at=later)
    before = page_of(danas, closed)

    assert do(danas, "tell_again", carrier).status_code == 302
    assert notifying.tell(carrier.pk, at=timezone.now())
    assert do(danas, "told_otherwise", printer, note="By registered mail, 5 March").status_code == 302
    after = page_of(danas, closed)

    assert "Talweg Logistik: it answers with status 503." in before
    assert "Somebody has to tell them" in before
    assert "TW-4711" in after
    assert "By registered mail, 5 March" in after
    assert "Tell them again now" not in after
    assert "Told otherwise" not in after
    assert ">K-" not in before + after
    events = [entry.event for entry in audit.of(closed.pk)]
    assert events.count("case.told") == 2
    assert events.count("case.certified") == 2
    assert not any(f'"{value}"' in str(closed.outcome) for value in ("alice", "alice@example.com"))


def test_the_letter_to_print_says_whom_it_is_about_and_the_look_is_recorded(closed, danas):
    printer = closed.notifications.get(recipient="Druckhaus Elster")
    address = reverse("dpo:recipient_letter", args=[closed.reference, printer.pk])

    page = danas.get(address).content.decode()

    assert "account: K-" in page
    assert "Account and addresses" in page
    looks = [entry.data for entry in audit.of(closed.pk) if entry.event == "case.viewed"]
    assert {"recipient_letter"} <= {look.get("what") for look in looks}
    do(danas, "told_otherwise", printer, note="Sent.")
    assert danas.get(address).status_code == 404


def test_telling_otherwise_wants_a_word_and_nothing_of_another_case_is_touched(closed, danas, copy_of, bob):
    printer = closed.notifications.get(recipient="Druckhaus Elster")
    other = copy_of(bob)

    empty = do(danas, "told_otherwise", printer, note="  ")
    crossed = danas.post(reverse("dpo:told_otherwise", args=[other.reference, printer.pk]), {"note": "Sent."})
    printed = danas.post(reverse("dpo:tell_again", args=[closed.reference, printer.pk]))

    assert (empty.status_code, crossed.status_code, printed.status_code) == (422, 409, 409)
    printer.refresh_from_db()
    assert printer.state == "open"


def test_who_only_reads_tells_nobody(closed, auditor):
    reader = sign_in(auditor, fresh=True)
    printer = closed.notifications.get(recipient="Druckhaus Elster")

    assert do(reader, "told_otherwise", printer, note="Sent.").status_code == 403
    assert Notification.objects.get(pk=printer.pk).state == "open"


def test_the_certificate_of_the_person_says_it_too(closed, client):
    carrier = closed.notifications.get(recipient="Talweg Logistik")
    Notification.objects.filter(pk=carrier.pk).update(attempts=0)
    notifying.tell(carrier.pk, at=timezone.now())
    Notification.objects.filter(pk=carrier.pk).update(next_try_at=timezone.now())
    notifying.tell(carrier.pk, at=timezone.now())

    values = {"reference": closed.reference, "key": receipt_key(closed)}
    page = client.post(reverse("portal:receipt"), values).content.decode()

    assert "Who received it" in page
    assert "TW-4711" in page
    assert "not told yet; this page will say when" in page
    assert "Pleiße" not in page.partition("Who received it")[2]


def receipt_key(case: Case) -> str:
    """A key that opens this case: the one that was shown once is not kept anywhere."""
    from tasks.cases.references import hash_of_key

    Case.objects.filter(pk=case.pk).update(receipt_hash=hash_of_key("AAAA-BBBB-CCCC-DDDD"))
    return "AAAA-BBBB-CCCC-DDDD"
