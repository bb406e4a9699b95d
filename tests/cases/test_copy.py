"""A copy of one's data, from the request to the end of its files."""

from datetime import timedelta

import pytest

from tasks import audit, vault
from tasks.cases import operations
from tasks.cases.models import Case, Letter
from tasks.cases.states import State
from tasks.errors import ApprovalVoid, NotAllowed, TransitionRefused
from tests.cases.conftest import run_due

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def letters_of(case):
    return list(Letter.objects.filter(case=case).values_list("template", flat=True))


def test_a_request_is_received_with_its_date_and_acknowledged(ask_for_copy, noon):
    case = ask_for_copy()

    assert case.state == State.RECEIVED
    assert case.due_on.isoformat() == "2026-04-07"
    assert "6 April is Easter Monday" in case.due_reason
    assert letters_of(case) == ["acknowledgement"]
    assert [step.source for step in case.steps.all()] == ["database"]


def test_a_second_request_of_the_same_kind_leads_to_the_open_one(ask_for_copy, noon):
    first = ask_for_copy()

    second = ask_for_copy(at=noon + DAY)

    assert second.pk == first.pk
    assert second.duplicate
    assert not first.duplicate
    assert letters_of(first) == ["acknowledgement"]


def test_nobody_opens_a_request_for_somebody_else(ask_for_copy, office):
    with pytest.raises(NotAllowed):
        ask_for_copy(by=office.mallory)

    assert not Case.objects.exists()


def test_the_office_opens_one_for_a_letter(ask_for_copy, office):
    case = ask_for_copy(by=office.dana, identity="letter")

    assert case.state == State.RECEIVED
    assert case.opened_by == office.dana.key


def test_what_was_collected_waits_in_review_with_its_counts(copy_in_review, rooms):
    assert copy_in_review.state == State.REVIEW
    assert copy_in_review.snapshot["counts"]["auth.User"] == 1
    assert len(copy_in_review.snapshot_hash) == 64
    assert vault.exists(copy_in_review.snapshot["parts"][0])


def test_only_the_chosen_categories_are_collected(ask_for_copy, noon):
    case = run_due(ask_for_copy(categories=["account"]), at=noon)

    assert set(case.snapshot["counts"]) <= {"account.EmailAddress", "auth.User"}
    assert "auth.User_groups" not in case.snapshot["counts"]


def test_an_approval_makes_the_files_from_the_approved_snapshot(copy_ready):
    assert copy_ready.state == State.READY
    assert copy_ready.approved_hash == copy_ready.snapshot_hash
    assert {package.kind for package in copy_ready.packages.all()} == {"zip", "pdf", "json"}
    assert letters_of(copy_ready) == ["acknowledgement", "ready"]


def test_an_approval_of_other_content_is_void(copy_in_review, office, noon):
    with pytest.raises(ApprovalVoid):
        operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash="f" * 64)

    assert Case.objects.get().state == State.REVIEW
    assert not copy_in_review.decisions.exists()


def test_a_snapshot_that_was_changed_in_the_vault_voids_the_approval(copy_in_review, office, noon):
    operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=copy_in_review.snapshot_hash)
    with vault.writing(copy_in_review.snapshot["parts"][0]) as out:
        out.write(b"something else")

    case = run_due(copy_in_review, at=noon)

    assert case.state == State.REVIEW
    assert not case.packages.exists()
    assert case.approved_hash == ""


@pytest.mark.parametrize("who", ["alice", "bob", "dana", "mallory"])
def test_only_an_approver_approves(copy_in_review, office, noon, who):
    with pytest.raises(NotAllowed):
        operations.approve(copy_in_review, by=getattr(office, who), at=noon, seen_hash=copy_in_review.snapshot_hash)

    assert Case.objects.get().state == State.REVIEW


def test_an_approver_does_not_decide_on_their_own_request(copy_in_review, office, noon, axel):
    Case.objects.filter(pk=copy_in_review.pk).update(subject_key=str(axel.pk))

    with pytest.raises(NotAllowed, match="their own request"):
        operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=copy_in_review.snapshot_hash)


def test_a_withdrawn_case_cannot_be_approved(copy_in_review, office, noon):
    operations.withdraw(copy_in_review, by=office.alice, at=noon)

    with pytest.raises(TransitionRefused, match="wanted APPROVED, found WITHDRAWN"):
        operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=copy_in_review.snapshot_hash)

    assert audit.of(copy_in_review.pk).last().data["to"] == "withdrawn"


def test_a_stale_object_does_not_get_past_the_stored_state(copy_in_review, office, noon):
    stale = Case.objects.get()
    operations.withdraw(copy_in_review, by=office.alice, at=noon)

    with pytest.raises(TransitionRefused):
        operations.approve(stale, by=office.axel, at=noon, seen_hash=stale.snapshot_hash)


def test_an_unverified_case_is_not_worked_on_and_not_approvable(ask_for_copy, office, noon):
    case = ask_for_copy(identity="")

    assert case.state == State.UNVERIFIED
    assert not case.steps.exists()
    with pytest.raises(TransitionRefused, match="found UNVERIFIED"):
        operations.approve(case, by=office.axel, at=noon, seen_hash="x")


def test_an_unverified_case_begins_when_the_person_has_shown_who_they_are(ask_for_copy, office, noon):
    case = ask_for_copy(identity="")

    operations.identify(case, by=office.alice, at=noon + DAY, method="code")

    assert run_due(case, at=noon + DAY).state == State.REVIEW
    assert case.received_at == noon


def test_two_pairs_of_eyes_belong_to_two_people(copy_in_review, office, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "four_eyes": True, "dpo_approves": True}
    seen = copy_in_review.snapshot_hash

    operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=seen)
    assert copy_in_review.state == State.REVIEW
    with pytest.raises(NotAllowed, match="another person"):
        operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=seen)
    operations.approve(copy_in_review, by=office.dana, at=noon, seen_hash=seen)

    assert copy_in_review.state == State.APPROVED
    assert copy_in_review.decisions.count() == 2


def test_a_clean_copy_is_approved_by_policy_where_the_settings_say_so(ask_for_copy, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "auto_approve_access": True}

    case = run_due(ask_for_copy(), at=noon)

    assert case.state == State.READY
    assert case.decisions.get().by == "system"


def test_a_refusal_needs_a_ground_and_its_reasons(copy_in_review, office, noon):
    for ground, text in (("", "Because."), ("17-3-b", "Because."), ("12-5-excessive", "  ")):
        with pytest.raises(ValueError):
            operations.reject(copy_in_review, by=office.axel, at=noon, ground=ground, text=text)

    operations.reject(copy_in_review, by=office.axel, at=noon, ground="12-5-excessive", text="The fourth this month.")

    assert copy_in_review.state == State.REJECTED
    assert letters_of(copy_in_review)[-1] == "rejected"


def test_a_question_waits_and_its_days_are_added_to_the_adjusted_date(copy_in_review, office, noon):
    operations.ask(copy_in_review, "Which account do you mean?", by=office.dana, at=noon)
    assert copy_in_review.state == State.AWAITING_SUBJECT

    operations.answer(copy_in_review, "The one of 2019.", by=office.alice, at=noon + 10 * DAY)

    assert copy_in_review.state == State.REVIEW
    assert copy_in_review.paused_days == 10
    assert copy_in_review.strict_due_on.isoformat() == "2026-04-07"
    assert copy_in_review.adjusted_due_on().isoformat() == "2026-04-17"


def test_an_extension_is_told_with_its_reason_and_only_in_time(copy_in_review, office, noon):
    operations.extend(copy_in_review, by=office.dana, at=noon, reason="Nine systems.")

    assert copy_in_review.strict_due_on.isoformat() == "2026-06-05"
    assert letters_of(copy_in_review)[-1] == "extension"
    with pytest.raises(TransitionRefused, match="extended already"):
        operations.extend(copy_in_review, by=office.dana, at=noon, reason="More.")


def test_an_extension_is_refused_once_the_first_date_has_passed(copy_in_review, office, noon):
    with pytest.raises(TransitionRefused, match="has passed"):
        operations.extend(copy_in_review, by=office.dana, at=noon + 40 * DAY, reason="Nine systems.")

    assert copy_in_review.extended_until is None


def test_this_was_not_me_freezes_everything(copy_in_review, office, noon):
    from tasks.cases import letters

    operations.freeze_by_link(letters.not_me_token(copy_in_review), at=noon)

    with pytest.raises(TransitionRefused, match="not them"):
        operations.approve(copy_in_review, by=office.axel, at=noon, seen_hash=copy_in_review.snapshot_hash)
    with pytest.raises(Case.DoesNotExist):
        operations.freeze_by_link("made up", at=noon)


def test_a_frozen_copy_is_not_downloaded(copy_ready, office, noon):
    operations.freeze(copy_ready, at=noon)

    with pytest.raises(NotAllowed):
        operations.record_download(copy_ready, "pdf", by=office.alice, at=noon)


def test_a_case_that_is_frozen_at_work_goes_on_after_the_office_has_looked(ask_for_copy, office, noon):
    case = ask_for_copy()
    operations.freeze(case, at=noon)
    assert run_due(case, at=noon).state == State.RECEIVED

    operations.unfreeze(case, by=office.dana, at=noon)

    assert run_due(case, at=noon).state == State.REVIEW


def test_a_download_is_the_persons_own_and_recorded(copy_ready, office, noon):
    package = operations.record_download(copy_ready, "pdf", by=office.alice, at=noon)

    assert b"".join(operations.stream(package)) == f"pdf of {copy_ready.reference}".encode()
    assert audit.of(copy_ready.pk).last().event == "case.downloaded"
    for stranger in (office.bob, office.dana, office.axel):
        with pytest.raises(NotAllowed):
            operations.record_download(copy_ready, "pdf", by=stranger, at=noon)


def test_files_expire_and_are_gone(copy_ready, office, noon, django_capture_on_commit_callbacks):
    names = [package.name for package in copy_ready.packages.all()] + copy_ready.snapshot["parts"]
    with pytest.raises(TransitionRefused, match="have not expired"):
        operations.expire(copy_ready, at=noon + 13 * DAY)

    with django_capture_on_commit_callbacks(execute=True):
        operations.expire(copy_ready, at=noon + 14 * DAY + MINUTE)

    assert copy_ready.state == State.EXPIRED
    assert not any(vault.exists(name) for name in names)
    with pytest.raises(TransitionRefused):
        operations.record_download(copy_ready, "pdf", by=office.alice, at=noon + 14 * DAY + MINUTE)


def test_an_expired_link_offers_a_new_copy(copy_ready, office, noon):
    operations.forget_copy(copy_ready, by=office.alice, at=noon)

    again = operations.renew(copy_ready, by=office.alice, at=noon + DAY)

    assert again.pk != copy_ready.pk
    assert again.state == State.RECEIVED
    assert again.person == "Alice Hartmann"


def test_withdrawing_takes_the_work_from_the_worker_and_the_files_from_the_vault(
    copy_in_review, office, noon, django_capture_on_commit_callbacks
):
    name = copy_in_review.snapshot["parts"][0]

    with django_capture_on_commit_callbacks(execute=True):
        operations.withdraw(copy_in_review, by=office.alice, at=noon)

    assert not vault.exists(name)
    assert letters_of(copy_in_review)[-1] == "withdrawn"


def test_a_copy_that_is_ready_is_not_withdrawn(copy_ready, office, noon):
    with pytest.raises(TransitionRefused):
        operations.withdraw(copy_ready, by=office.alice, at=noon)
