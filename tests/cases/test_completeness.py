"""An answer that lacks something goes out only when an approver says why, by whatever door."""

import pytest

from tasks import jobs
from tasks.cases import about, completeness, operations
from tasks.cases.actors import SYSTEM
from tasks.cases.models import Case, Package, Phase, Step, StepState
from tasks.cases.states import State
from tasks.cases.transitions import move
from tasks.errors import TransitionRefused
from tests.cases.conftest import run_due

CATEGORY = {"label": "account.EmailAddress", "field": "", "key": "", "reason": "the section failed (ValueError)"}
WORDS = {
    "label": "account.EmailAddress",
    "field": "email",
    "key": "",
    "reason": "its words could not be made (KeyError)",
}
FILE = {"label": "support.Attachment", "field": "file", "key": "4", "reason": "the file is gone"}
OLD = {"section": "auth.User", "field": "", "error": "ValueError"}  # as an earlier version wrote them


def with_gaps(case, *gaps):
    Case.objects.filter(pk=case.pk).update(snapshot={**case.snapshot, "gaps": list(gaps)})
    case.refresh_from_db()
    return case


def with_failing_source(case):
    Step.objects.create(
        case=case, source="loyalty", title="Loyalty", phase=Phase.COLLECT, state=StepState.FAILED,
        next_try_at=case.received_at, error="SourceUnavailable",
    )  # fmt: skip
    return case


@pytest.fixture(params=["category", "source"])
def lacking(request, copy_in_review):
    """Alice's copy in review, which lacks a category or a source."""
    if request.param == "category":
        return with_gaps(copy_in_review, CATEGORY)
    return with_failing_source(copy_in_review)


def test_what_is_lacking_is_named_with_its_place_and_the_kind_of_trouble(copy_in_review):
    with_failing_source(with_gaps(copy_in_review, CATEGORY, WORDS, FILE, OLD))

    found = completeness.lacks(copy_in_review)

    assert [(lack.where, lack.why) for lack in found] == [
        ("Loyalty", "SourceUnavailable"),
        ("Email addresses", "the section failed (ValueError)"),
        ("Account", "ValueError"),
    ]
    named = completeness.named_gaps(copy_in_review)
    assert [lack.where for lack in named] == ["Email addresses, email", "Attachments, file"]


@pytest.mark.parametrize("gap", [WORDS, FILE])
def test_a_gap_that_is_named_holds_nothing_back(copy_in_review, office, noon, gap):
    case = with_gaps(copy_in_review, gap)

    assert operations.approve(case, by=office.axel, at=noon, seen_hash=case.content_hash).state == State.APPROVED


def test_without_a_reason_nobody_releases_it(lacking, office, noon):
    for reason in ("", "   "):
        with pytest.raises(TransitionRefused, match="no reason says why not to wait"):
            operations.approve(
                lacking, by=office.axel, at=noon, seen_hash=lacking.content_hash, incomplete_reason=reason
            )
    with pytest.raises(TransitionRefused):
        move(lacking, State.APPROVED, by=office.axel, at=noon)

    assert Case.objects.get().state == State.REVIEW


def test_no_job_packages_what_nobody_released(lacking, office, noon):
    step = Step.objects.create(case=lacking, source="database", phase=Phase.PACKAGE, next_try_at=noon)

    jobs.work(step_id=str(step.pk))
    jobs.tick()

    assert Case.objects.get().state == State.REVIEW
    assert not Package.objects.exists()


def test_no_policy_releases_it(ask_for_copy, rooms, noon, settings, monkeypatch):
    settings.DOSSIER = {**settings.DOSSIER, "auto_approve_access": True}
    whole = rooms.take_snapshot

    def broken(*args, **kwargs):
        taken = whole(*args, **kwargs)
        taken.gaps = [CATEGORY]
        return taken

    monkeypatch.setattr("tasks.export.take_snapshot", broken)

    case = run_due(ask_for_copy(), at=noon)

    assert case.state == State.REVIEW
    with pytest.raises(TransitionRefused):
        operations.approve(case, by=SYSTEM, at=noon, seen_hash=case.content_hash)


def test_the_reason_is_printed_and_put_down_with_the_decision(lacking, office, noon):
    reason = "The service is closed for good."

    operations.approve(
        lacking, by=office.axel, at=noon, seen_hash=lacking.content_hash, incomplete_reason=f" {reason} "
    )

    stored = Case.objects.get()
    assert (stored.state, stored.incomplete_reason) == (State.APPROVED, reason)
    assert about.of(stored, at=noon).incomplete_reason == reason
    assert stored.decisions.get().text == reason


def test_a_reason_goes_when_nothing_is_lacking_any_more(copy_in_review, office, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "four_eyes": True, "dpo_approves": True}
    case = with_failing_source(copy_in_review)
    operations.approve(case, by=office.axel, at=noon, seen_hash=case.content_hash, incomplete_reason="It is closed.")
    case.steps.filter(source="loyalty").update(state=StepState.DONE)

    operations.approve(case, by=office.dana, at=noon, seen_hash=case.content_hash)

    assert Case.objects.get().incomplete_reason == ""


def test_who_approves_second_approves_the_reason_of_the_first(lacking, office, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "four_eyes": True, "dpo_approves": True}
    seen = lacking.content_hash
    operations.approve(lacking, by=office.axel, at=noon, seen_hash=seen, incomplete_reason="It is closed.")

    operations.approve(lacking, by=office.dana, at=noon, seen_hash=seen, incomplete_reason="Whatever.")

    stored = Case.objects.get()
    assert (stored.state, stored.incomplete_reason) == (State.APPROVED, "It is closed.")


def test_the_reason_stands_sealed(lacking, office, noon):
    from django.db import connection

    operations.approve(
        lacking, by=office.axel, at=noon, seen_hash=lacking.content_hash, incomplete_reason="Alice closed it."
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT incomplete_reason FROM dossier_case")
        assert "Alice" not in cursor.fetchone()[0]
