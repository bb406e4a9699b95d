"""Asking for a copy: choose, confirm, check, send."""

from tasks.cases.models import Case

CHOICE = {"scope": "everything", "language": "en", "note": "There was an account under my maiden name."}


def test_nothing_is_sent_before_the_answers_were_checked(sure):
    answer = sure.post("/privacy/download/", CHOICE)

    assert answer["Location"] == "/privacy/download/check/"
    assert not Case.objects.exists()


def test_the_check_page_shows_what_was_chosen(sure):
    sure.post("/privacy/download/", CHOICE)

    page = sure.get("/privacy/download/check/").content.decode()

    assert "maiden name" in page
    assert "Everything" in page
    assert "a…e@example.com" in page


def test_sending_opens_a_request_with_what_was_chosen(sure, alice):
    sure.post("/privacy/download/", CHOICE)
    answer = sure.post("/privacy/download/check/")

    case = Case.objects.get()
    assert answer["Location"] == f"/privacy/requests/{case.reference}/"
    assert (case.kind, case.categories, case.language) == ("access", [], "en")
    assert case.note == CHOICE["note"]
    assert (case.contact, case.identity_method, case.opened_by) == (alice.email, "password", f"auth.User:{alice.pk}")


def test_chosen_categories_reach_the_request(sure):
    sure.post("/privacy/download/", {**CHOICE, "scope": "chosen", "categories": ["account"]})
    sure.post("/privacy/download/check/")

    assert Case.objects.get().categories == ["account"]


def test_choosing_nothing_is_said_beside_the_choice(sure):
    answer = sure.post("/privacy/download/", {**CHOICE, "scope": "chosen"})

    assert answer.status_code == 422
    assert "Choose at least one category" in answer.content.decode()
    assert "maiden name" in answer.content.decode()


def test_a_category_that_does_not_exist_is_refused(sure):
    answer = sure.post("/privacy/download/", {**CHOICE, "scope": "chosen", "categories": ["secrets"]})

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_what_was_chosen_waits_while_somebody_confirms(hers, alice):
    hers.post("/privacy/download/", CHOICE)
    asked = hers.get("/privacy/download/check/")
    hers.post(asked["Location"], {"way": "password", "password": "kestrel-and-moss"})

    page = hers.get("/privacy/download/check/").content.decode()

    assert "maiden name" in page


def test_nothing_is_sent_without_a_recent_confirmation(hers):
    hers.post("/privacy/download/", CHOICE)

    answer = hers.post("/privacy/download/check/")

    assert answer["Location"].startswith("/privacy/confirm/")
    assert not Case.objects.exists()


def test_a_second_request_opens_the_first(sure, copy):
    sure.post("/privacy/download/", CHOICE)
    answer = sure.post("/privacy/download/check/")

    assert answer["Location"] == f"/privacy/requests/{copy.reference}/"
    assert Case.objects.count() == 1


def test_the_form_says_that_a_request_is_open(hers, copy):
    page = hers.get("/privacy/download/").content.decode()

    assert "You have asked already" in page
    assert copy.reference in page


def test_the_check_page_without_choices_leads_back(sure):
    assert sure.get("/privacy/download/check/")["Location"] == "/privacy/download/"
