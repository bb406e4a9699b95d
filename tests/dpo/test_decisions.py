"""Approving and refusing by the pages: what is let through, what is not, and that nothing changes then."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tasks import audit
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Letter, Step, StepState
from tests import people
from tests.dpo.conftest import run_due, sign_in


def approve(client, case, **changed):
    values = {"seen_hash": case.content_hash, "seen": "on", **changed}
    return client.post(reverse("dpo:approve", args=[case.reference]), values)


def reject(client, case, *, page="reject", ground="12-5-excessive", text="The fourth time this month."):
    return client.post(reverse(f"dpo:{page}", args=[case.reference]), {"ground": ground, "text": text})


def unchanged(case):
    stored = Case.objects.get(pk=case.pk)
    return (stored.version, stored.state, stored.decisions.count()) == (
        case.version,
        case.state,
        case.decisions.count(),
    )


def test_an_approver_approves_exactly_what_they_saw(axels, copy):
    answer = approve(axels, copy)

    assert answer.status_code == 302
    stored = Case.objects.get(pk=copy.pk)
    assert (stored.state, stored.approved_hash) == ("approved", copy.snapshot_hash)
    assert stored.steps.filter(phase="package").exists()
    assert "case.decided.approve" in audit.of(copy.pk).values_list("event", flat=True)


def test_an_approved_erasure_gets_its_day(axels, erasure):
    approve(axels, erasure)

    stored = Case.objects.get(pk=erasure.pk)
    assert (stored.state, stored.execute_on) == ("scheduled", erasure.earliest_on)


def test_an_unverified_case_cannot_be_approved_by_post(axels, copy_of, alice):
    case = copy_of(alice, identity="")

    answer = approve(axels, case, seen_hash="a" * 64)

    assert (case.state, answer.status_code) == ("unverified", 409)
    assert unchanged(case)


def test_a_case_that_is_still_collected_cannot_be_approved_by_post(axels, copy_of, alice):
    case = copy_of(alice)

    answer = approve(axels, case, seen_hash="a" * 64)

    assert answer.status_code == 409
    assert unchanged(case)


def test_a_withdrawn_case_cannot_be_approved_by_post(axels, copy, alice, now):
    operations.withdraw(copy, by=Actor.of_user(alice), at=now)
    case = Case.objects.get(pk=copy.pk)

    answer = approve(axels, copy)

    assert answer.status_code == 409
    assert "“Withdrawn”" in answer.content.decode()
    assert unchanged(case)


def test_a_frozen_case_cannot_be_approved_by_post(axels, copy, now):
    operations.freeze(copy, at=now)
    case = Case.objects.get(pk=copy.pk)

    answer = approve(axels, case)

    assert answer.status_code == 409
    assert unchanged(case)


def test_content_that_changed_since_it_was_seen_is_not_approved(axels, erasure):
    Case.objects.filter(pk=erasure.pk).update(plan_hash="b" * 64)
    case = Case.objects.get(pk=erasure.pk)

    answer = approve(axels, erasure)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The content has changed" in page
    assert f'name="seen_hash" value="{"b" * 64}"' in page, "what is there now is what can be approved next"
    assert 'name="seen" ' in page
    assert not re.search(r'name="seen"[^>]* checked', page), "it has to be seen anew"
    assert unchanged(case)


@pytest.mark.parametrize("missing", ["seen", "seen_hash"])
def test_an_approval_says_what_was_seen(missing, axels, copy):
    answer = approve(axels, copy, **{missing: ""})

    assert answer.status_code == 422
    assert unchanged(copy)


def test_a_handler_does_not_decide(danas, copy):
    page = danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    answer = approve(danas, copy)

    assert "Approve the copy" not in page
    assert answer.status_code == 403
    assert unchanged(copy)


def test_nobody_decides_on_their_own_request(axels, axel, copy_of, now):
    case = run_due(copy_of(axel), at=now)

    answer = approve(axels, case)

    assert answer.status_code == 403
    assert "your own request" in answer.content.decode()
    assert unchanged(case)


def test_with_four_eyes_a_second_person_has_to_approve(axels, axel, copy, settings):
    settings.DOSSIER = {**settings.DOSSIER, "four_eyes": True}
    bella = people.make("bella", last_name="Ferreira", groups=("Privacy approvers",))
    people.totp.TOTP.activate(bella, people.TOTP_SECRETS["dana"])

    approve(axels, copy)
    assert Case.objects.get(pk=copy.pk).state == "review"
    assert "You have approved this content" in axels.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    assert approve(axels, copy).status_code == 403
    assert Case.objects.get(pk=copy.pk).state == "review"

    approve(sign_in(bella, fresh=True), copy)
    assert Case.objects.get(pk=copy.pk).state == "approved"


def test_an_approval_with_a_failing_source_says_why_it_does_not_wait(axels, copy):
    Step.objects.create(
        case=copy, source="loyalty", phase="collect", state=StepState.FAILED, next_try_at=copy.received_at
    )

    without = approve(axels, copy)
    assert without.status_code == 422
    assert "Say why the answer goes out without it." in without.content.decode()
    assert unchanged(copy)

    approve(axels, copy, incomplete_reason="The service is closed for good.")
    stored = Case.objects.get(pk=copy.pk)
    assert (stored.state, stored.incomplete_reason) == ("approved", "The service is closed for good.")


def test_a_decision_asks_for_a_confirmation_and_keeps_what_was_typed(axel, copy):
    client = sign_in(axel)
    Step.objects.create(
        case=copy, source="loyalty", phase="collect", state=StepState.FAILED, next_try_at=copy.received_at
    )

    answer = approve(client, copy, incomplete_reason="Closed for good.")

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/reauthenticate/?next=")
    assert unchanged(copy)
    back = client.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    assert "Closed for good." in back
    assert "You have confirmed that it is you" in back


def test_what_was_typed_for_one_case_does_not_appear_in_another(axel, copy, erasure):
    client = sign_in(axel)
    approve(client, copy)

    other = client.get(reverse("dpo:case", args=[erasure.reference])).content.decode()

    assert "You have confirmed" not in other


@pytest.mark.parametrize(
    ("ground", "text"), [("", "Reasons."), ("12-5-excessive", "  "), ("99", "Reasons."), ("17-3-b", "x")]
)
@pytest.mark.parametrize("page", ["reject", "reject_preview"])
def test_a_refusal_without_ground_or_reasons_is_not_sent(page, ground, text, axels, copy):
    answer = reject(axels, copy, page=page, ground=ground, text=text)

    assert answer.status_code == 422
    assert unchanged(copy)
    assert not copy.letters.filter(template="rejected").exists()


def test_the_letter_is_read_before_it_is_sent_and_names_both_remedies(axels, copy):
    answer = reject(axels, copy, page="reject_preview", text="No <b>new</b> data since.")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "No &lt;b&gt;new&lt;/b&gt; data since." in page
    assert "you can complain to" in page
    assert "You can also go to court" in page
    assert Case.objects.get(pk=copy.pk).state == "review"
    assert not copy.letters.filter(template="rejected").exists()


def test_a_refusal_ends_the_case_and_sends_the_letter(axels, copy):
    answer = reject(axels, copy)

    assert answer.status_code == 302
    stored = Case.objects.get(pk=copy.pk)
    assert stored.state == "rejected"
    assert stored.letters.filter(template="rejected", audience=Letter.SUBJECT).count() == 1


def test_a_refusal_without_a_fresh_confirmation_comes_back_to_the_letter(axel, copy):
    client = sign_in(axel)

    answer = reject(client, copy)

    assert answer.url.startswith("/accounts/reauthenticate/?next=")
    assert unchanged(copy)
    letter = client.get(reverse("dpo:reject_preview", args=[copy.reference]))
    assert "The fourth time this month." in letter.content.decode()


def test_a_withdrawn_case_cannot_be_refused(axels, copy, alice, now):
    operations.withdraw(copy, by=Actor.of_user(alice), at=now)
    case = Case.objects.get(pk=copy.pk)

    answer = reject(axels, copy)

    assert answer.status_code == 409
    assert "The fourth time this month." in answer.content.decode()
    assert unchanged(case)


def test_an_extension_moves_the_date_and_tells_the_person(danas, copy):
    danas.post(reverse("dpo:extend", args=[copy.reference]), {"reason": "Two systems are being moved."})

    stored = Case.objects.get(pk=copy.pk)
    assert stored.extended_until > stored.due_on
    assert stored.letters.filter(template="extension").exists()


def test_an_extension_after_the_original_date_is_refused(danas, copy, now):
    Case.objects.filter(pk=copy.pk).update(
        received_at=now - timedelta(days=60), due_on=(now - timedelta(days=30)).date()
    )
    case = Case.objects.get(pk=copy.pk)

    page = danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    answer = danas.post(reverse("dpo:extend", args=[copy.reference]), {"reason": "Two systems are being moved."})

    assert "Extend to" not in page
    assert answer.status_code == 409
    assert unchanged(case)
    assert Case.objects.get(pk=copy.pk).extended_until is None


def test_a_get_decides_nothing(axels, copy):
    for name in ("approve", "reject", "extend"):
        assert axels.get(reverse(f"dpo:{name}", args=[copy.reference])).status_code == 405
    assert unchanged(copy)


def test_users_of_the_shop_are_not_of_the_office_because_they_are_staff(copy, db):
    sam = User.objects.create_user("sam", "sam@example.com", "x", is_staff=True, is_superuser=True)

    assert approve(sign_in(sam, fresh=True), copy).status_code == 404
