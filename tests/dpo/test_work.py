"""The daily work on a case by the pages: questions, answers, advice, comments, assignment, trying again."""

import pytest
from django.urls import reverse

from tasks import audit
from tasks.cases import operations
from tasks.cases.models import Case, NoteKind, Step, StepState
from tests.dpo.conftest import sign_in


def post(client, name, case, **values):
    return client.post(reverse(f"dpo:{name}", args=[case.reference]), values)


def test_a_question_pauses_the_case_and_an_answer_lets_it_go_on(danas, copy):
    post(danas, "ask", copy, question="Which of the two accounts?")
    asked = Case.objects.get(pk=copy.pk)
    post(danas, "answer", copy, text="By telephone: the older one.")
    answered = Case.objects.get(pk=copy.pk)

    assert asked.state == "awaiting_subject"
    assert asked.letters.filter(template="question").exists()
    assert answered.state == "review"
    assert [note.kind for note in copy.notes.all()] == [NoteKind.QUESTION, NoteKind.ANSWER]


def test_a_question_about_a_closed_case_is_refused(danas, copy, axel):
    operations.reject(copy, by=operations_actor(axel), at=copy.received_at, ground="12-5-excessive", text="Again.")

    answer = post(danas, "ask", copy, question="And now?")

    assert answer.status_code == 409
    assert not copy.notes.exists()


def operations_actor(user):
    from tasks.cases.actors import Actor

    return Actor.of_user(user)


def test_advice_is_kept_apart_from_the_decision(danas, copy):
    post(danas, "advise", copy, text="Approve; nothing stands against it.")

    page = danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    assert copy.notes.get().kind == NoteKind.ADVICE
    assert not copy.decisions.exists()
    assert "Advice of the DPO" in page
    assert 'class="is-advice"' in page


def test_only_the_dpo_advises(axels, copy):
    page = axels.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    answer = post(axels, "advise", copy, text="Approve.")

    assert "Put down the advice" not in page
    assert answer.status_code == 403
    assert not copy.notes.exists()


def test_a_comment_stays_in_the_office(danas, copy, alice):
    post(danas, "comment", copy, text="Looks like two accounts.")

    theirs = sign_in(alice).get(reverse("portal:case", args=[copy.reference])).content.decode()
    assert "Looks like two accounts." in danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    assert "Looks like two accounts." not in theirs


def test_a_message_reaches_the_person(danas, copy):
    post(danas, "write", copy, text="It takes two more days.")

    assert copy.notes.get().kind == NoteKind.MESSAGE
    assert copy.letters.filter(template="message").exists()


@pytest.mark.parametrize("name", ["comment", "advise", "write", "ask"])
def test_an_empty_text_is_not_put_down(name, danas, copy):
    answer = post(danas, name, copy, text="  ", question=" ")

    assert answer.status_code == 422
    assert not copy.notes.exists()


def test_a_case_is_given_to_a_colleague_and_taken_back(danas, copy, axel):
    post(danas, "assign", copy, to=f"auth.User:{axel.pk}")
    assert Case.objects.get(pk=copy.pk).handler_name == "Axel Brandt"

    post(danas, "assign", copy, to="")
    assert Case.objects.get(pk=copy.pk).handler == ""


def test_a_case_cannot_be_given_to_a_stranger(danas, copy, mallory):
    answer = post(danas, "assign", copy, to=f"auth.User:{mallory.pk}")

    assert answer.status_code == 422
    assert Case.objects.get(pk=copy.pk).handler == ""


def test_after_this_was_not_me_somebody_lets_it_go_on(danas, copy, now):
    operations.freeze(copy, at=now)
    page = danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()

    unticked = post(danas, "unfreeze", copy)
    post(danas, "unfreeze", copy, sure="on")

    assert "Make sure who asked" in page or "make sure who asked" in page
    assert unticked.status_code == 422
    assert not Case.objects.get(pk=copy.pk).is_frozen


def test_a_failing_step_is_tried_again_now(danas, copy_of, alice, now):
    case = copy_of(alice)
    step = case.steps.get()
    Step.objects.filter(pk=step.pk).update(state=StepState.DUE, attempts=4, error="SourceUnavailable")
    Case.objects.filter(pk=case.pk).update(state="collecting")

    page = danas.get(reverse("dpo:case", args=[case.reference])).content.decode()
    answer = danas.post(reverse("dpo:retry", args=[case.reference, step.pk]))

    assert "Try now" in page
    assert answer.status_code == 302
    assert Step.objects.get(pk=step.pk).attempts == 0


def test_a_finished_step_is_not_tried_again(danas, copy):
    step = copy.steps.get()

    answer = danas.post(reverse("dpo:retry", args=[copy.reference, step.pk]))

    assert answer.status_code == 409
    assert Step.objects.get(pk=step.pk).state == "done"


def test_a_step_of_another_case_is_not_found_here(danas, copy, erasure):
    assert danas.post(reverse("dpo:retry", args=[copy.reference, erasure.steps.get().pk])).status_code == 404


def test_every_look_at_a_case_is_in_the_audit(danas, dana, copy):
    danas.get(reverse("dpo:case", args=[copy.reference]))
    danas.get(reverse("dpo:preview", args=[copy.reference]))

    looks = [entry for entry in audit.of(copy.pk) if entry.event == "case.viewed"]
    assert [(entry.by, entry.data["what"]) for entry in looks] == [
        (f"auth.User:{dana.pk}", "case"),
        (f"auth.User:{dana.pk}", "preview"),
    ]


def test_a_reference_is_found_however_it_was_typed(danas, copy):
    assert danas.get(f"/office/cases/{copy.reference.lower().replace('-', '')}/").status_code == 200


NAMES = ["<script>alert(1)</script><b>Bobby</b>", "נועה כהן", "x" * 250, "{{ 7|add:1 }} & Söhne"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_as_it_is_and_does_nothing(name, axels, copy_of, alice, now):
    from django.utils.html import escape

    case = copy_of(alice, person=name, note=name)

    for address in (reverse("dpo:inbox"), reverse("dpo:case", args=[case.reference])):
        page = axels.get(address).content.decode()
        assert f"<bdi>{escape(name)[:40]}" in page
        assert "<script>alert" not in page
        assert "<b>Bobby" not in page


def test_who_sees_their_own_frozen_case_is_not_offered_to_let_it_go_on(danas, copy, dana, now):
    operations.freeze(copy, at=now)
    Case.objects.filter(pk=copy.pk).update(subject_key=str(dana.pk))

    page = danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    answer = danas.post(reverse("dpo:unfreeze", args=[copy.reference]), {"sure": "on"})

    assert reverse("dpo:unfreeze", args=[copy.reference]) not in page
    assert "This is your own request. Somebody else decides on it." in page
    assert answer.status_code == 403
