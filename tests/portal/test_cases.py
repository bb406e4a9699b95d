"""A request of my own, and nobody else's."""

import pytest
from django.utils import timezone

from tasks.cases import operations
from tasks.cases.actors import Actor
from tests.portal.conftest import work_off

PATHS = ["", "progress/", "withdraw/", "confirmation/", "certificate/", "files/pdf/", "forget/"]
POSTS = ["withdraw/", "answer/", "forget/", "renew/"]


def address(case, rest="") -> str:
    return f"/privacy/requests/{case.reference}/{rest}"


@pytest.mark.parametrize("rest", PATHS)
def test_another_persons_request_is_not_there(strange, copy, rest):
    assert strange.get(address(copy, rest)).status_code == 404


@pytest.mark.parametrize("rest", POSTS)
def test_nothing_can_be_done_to_another_persons_request(strange, copy, rest):
    before = copy.version

    answer = strange.post(address(copy, rest), {"text": "mine now"})

    copy.refresh_from_db()
    assert answer.status_code == 404
    assert (copy.version, copy.state) == (before, "received")


@pytest.mark.parametrize("rest", PATHS)
def test_somebody_who_is_not_signed_in_learns_nothing(client, copy, rest):
    answer = client.get(address(copy, rest))

    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("reference", ["D26-0000", "nonsense", "D26", "%00", "D26-4T7Q-D26-4T7Q-D26-4T7Q"])
def test_a_reference_that_does_not_exist_is_not_there(hers, reference):
    assert hers.get(f"/privacy/requests/{reference}/").status_code == 404


def test_the_page_names_reference_and_due_date(hers, copy):
    page = hers.get(address(copy)).content.decode()

    assert copy.reference in page
    assert "Answer due" in page


def test_while_something_moves_the_page_renews_itself(hers, copy):
    page = hers.get(address(copy)).content.decode()

    assert f'hx-get="{address(copy, "progress/")}"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "Renew it now" in page


def test_the_finished_fragment_carries_no_trigger(hers, copy):
    work_off()

    fragment = hers.get(address(copy, "progress/"), headers={"HX-Request": "true"}).content.decode()

    assert "hx-trigger" not in fragment
    assert "<title>" in fragment
    assert "<html" not in fragment


def test_somebody_who_was_signed_out_meanwhile_gets_the_whole_sign_in_page(client, copy):
    answer = client.get(address(copy, "progress/"), headers={"HX-Request": "true"})

    assert answer["HX-Refresh"] == "true"
    assert copy.reference not in answer.content.decode()


def test_progress_is_counted_in_records(hers, copy):
    work_off()

    answer = hers.get(address(copy))

    assert answer.context["progress"]["records"] > 0
    assert "What we found" in answer.content.decode()


def test_asking_to_withdraw_changes_nothing(hers, copy):
    answer = hers.get(address(copy, "withdraw/"))

    copy.refresh_from_db()
    assert answer.status_code == 200
    assert copy.is_open


@pytest.mark.parametrize("kind", ["copy", "deletion"])
def test_withdrawing_ends_the_request(hers, kind, request):
    case = request.getfixturevalue(kind)

    hers.post(address(case, "withdraw/"))

    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "You withdrew this request" in hers.get(address(case)).content.decode()


def test_withdrawing_twice_leads_to_the_request(hers, copy):
    hers.post(address(copy, "withdraw/"))

    assert hers.post(address(copy, "withdraw/"))["Location"] == address(copy)
    assert hers.get(address(copy, "withdraw/"))["Location"] == address(copy)


def test_a_question_of_the_office_is_answered_here(hers, copy, dana):
    work_off()
    operations.ask(copy, "Was it an account at our old shop?", by=Actor.of_user(dana), at=timezone.now())
    assert "Was it an account at our old shop?" in hers.get(address(copy)).content.decode()

    hers.post(address(copy, "answer/"), {"text": "Yes, until 2019."})

    copy.refresh_from_db()
    assert copy.state == "review"
    assert "Yes, until 2019." in hers.get(address(copy)).content.decode()


def test_an_empty_answer_is_said_beside_the_field(hers, copy, dana):
    work_off()
    operations.ask(copy, "Which shop?", by=Actor.of_user(dana), at=timezone.now())

    answer = hers.post(address(copy, "answer/"), {"text": "  "})

    copy.refresh_from_db()
    assert answer.status_code == 422
    assert "Write your answer" in answer.content.decode()
    assert copy.state == "awaiting_subject"


def test_a_message_reaches_the_office(hers, copy):
    work_off()

    hers.post(address(copy, "answer/"), {"text": "There is more under my old name."})

    assert copy.notes.get().text == "There is more under my old name."


def test_advice_and_comments_of_the_office_stay_there(hers, copy, dana):
    operations.comment(copy, "Looks odd to me", by=Actor.of_user(dana), at=timezone.now())
    operations.advise(copy, "Approve it soon", by=Actor.of_user(dana), at=timezone.now())

    page = hers.get(address(copy)).content.decode()

    assert "Looks odd" not in page
    assert "Approve it soon" not in page


def test_a_refusal_names_ground_reasons_and_remedies(hers, copy, axel):
    work_off()
    copy.refresh_from_db()
    operations.reject(
        copy,
        by=Actor.of_user(axel),
        at=timezone.now(),
        ground="12-5-excessive",
        text="You asked three times this week.",
    )

    page = hers.get(address(copy)).content.decode()

    assert "12(5)" in page
    assert "You asked three times this week." in page
    assert "complain" in page
    assert "court" in page


def test_markup_in_what_somebody_wrote_does_nothing(hers, copy):
    work_off()
    hers.post(address(copy, "answer/"), {"text": "<script>alert(1)</script><b>bold</b>"})

    page = hers.get(address(copy)).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_frozen_request_says_that_it_is_stopped(hers, copy):
    operations.freeze(copy, at=timezone.now())

    page = hers.get(address(copy)).content.decode()

    assert "This request is stopped" in page


def test_the_confirmation_can_be_saved(hers, copy):
    answer = hers.get(address(copy, "confirmation/"))

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{copy.reference}.txt"'
    assert copy.reference in answer.content.decode()


def test_a_scheduled_deletion_names_its_day_and_can_be_cancelled(hers, deletion, approve):
    approve(deletion)

    page = hers.get(address(deletion)).content.decode()

    deletion.refresh_from_db()
    assert deletion.state == "scheduled"
    assert "Your account is deleted on" in page
    assert "Cancel the deletion" in page
    hers.post(address(deletion, "withdraw/"))
    deletion.refresh_from_db()
    assert deletion.state == "withdrawn"


def test_the_list_holds_only_mine(hers, strange, copy):
    assert copy.reference in hers.get("/privacy/requests/").content.decode()
    assert copy.reference not in strange.get("/privacy/requests/").content.decode()


def test_there_is_no_certificate_before_the_end(hers, deletion):
    assert hers.get(address(deletion, "certificate/")).status_code == 404
