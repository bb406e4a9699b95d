"""Deleting an account in three steps."""

from pathlib import Path

import pytest
from django.conf import settings

from tasks.cases import queries
from tasks.cases.models import Case


def test_the_first_step_shows_this_persons_counts(hers, alice):
    hers.get("/privacy/")  # from here on her session is counted, too
    plan = queries.plan_for(queries.subject_of(alice))

    page = hers.get("/privacy/delete/").content.decode()

    assert "Account and addresses" in page
    assert plan["totals"]["delete"] > 0
    assert f'<span class="count">{plan["totals"]["delete"]}</span>' in page
    assert "Nothing happens yet." in page


def test_the_first_step_names_the_day_when_backups_are_gone(hers):
    assert "gone from the last backup by" in hers.get("/privacy/delete/").content.decode()


def test_a_download_is_offered_with_the_same_weight(hers):
    page = hers.get("/privacy/delete/").content.decode()

    assert page.count('<a class="button" href="/privacy/delete/when/"') == 1
    assert page.count('<a class="button" href="/privacy/download/"') == 1


def test_no_reason_is_asked_for(sure):
    sure.post("/privacy/delete/when/", {"when": "grace"})

    for path in ("/privacy/delete/", "/privacy/delete/when/", "/privacy/delete/confirm/"):
        page = sure.get(path).content.decode()
        assert "<textarea" not in page
        assert "reason" not in page.lower()


@pytest.mark.parametrize("when", ["", "never"])
def test_the_day_has_to_be_chosen(hers, when):
    answer = hers.post("/privacy/delete/when/", {"when": when})

    assert answer.status_code == 422
    assert "Choose one of the two" in answer.content.decode()


def test_the_last_step_needs_a_recent_confirmation(hers):
    hers.post("/privacy/delete/when/", {"when": "grace"})

    answer = hers.post("/privacy/delete/confirm/", {"understood": "on"})

    assert answer["Location"].startswith("/privacy/confirm/")
    assert not Case.objects.exists()


def test_the_last_step_needs_the_box(sure):
    sure.post("/privacy/delete/when/", {"when": "grace"})

    answer = sure.post("/privacy/delete/confirm/", {})

    assert answer.status_code == 422
    assert "Tick the box" in answer.content.decode()
    assert not Case.objects.exists()


def test_the_last_step_comes_after_the_second(sure):
    assert sure.get("/privacy/delete/confirm/")["Location"] == "/privacy/delete/when/"


@pytest.mark.parametrize("when", ["grace", "approved"])
def test_confirming_opens_the_request(sure, when):
    sure.post("/privacy/delete/when/", {"when": when})
    sure.post("/privacy/delete/confirm/", {"understood": "on"})

    case = Case.objects.get()
    assert (case.kind, case.when, case.identity_method) == ("erasure", when, "password")


def test_the_key_is_shown_once_and_kept_nowhere(sure):
    sure.post("/privacy/delete/when/", {"when": "grace"})
    answer = sure.post("/privacy/delete/confirm/", {"understood": "on"})

    key = answer.context["case"].receipt_key
    reference = answer.context["case"].reference
    assert key in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert key not in str(dict(sure.session.items()))
    assert key not in sure.get(f"/privacy/requests/{reference}/").content.decode()


def test_a_second_request_leads_to_the_first(sure, deletion):
    sure.post("/privacy/delete/when/", {"when": "approved"})
    answer = sure.post("/privacy/delete/confirm/", {"understood": "on"})

    assert answer["Location"] == f"/privacy/requests/{deletion.reference}/"
    assert sure.get("/privacy/delete/")["Location"] == f"/privacy/requests/{deletion.reference}/"
    assert Case.objects.count() == 1


def test_signing_in_does_not_cancel(client, alice, deletion):
    client.force_login(alice)
    client.get("/privacy/")

    deletion.refresh_from_db()
    assert deletion.is_open


def test_other_sessions_end_and_this_one_goes_on(sure, alice, django_capture_on_commit_callbacks):
    from tests.portal.conftest import signed_in

    elsewhere = signed_in(alice)
    elsewhere.get("/privacy/")
    sure.post("/privacy/delete/when/", {"when": "grace"})
    with django_capture_on_commit_callbacks(execute=True):
        sure.post("/privacy/delete/confirm/", {"understood": "on"})

    assert sure.get("/privacy/").status_code == 200
    assert elsewhere.get("/privacy/").status_code == 302


def test_the_only_red_button_of_the_site_is_the_last_step():
    places = Path(settings.BASE_DIR, "templates").rglob("*.html")

    red = [path.name for path in places if "button--final" in path.read_text()]

    assert red == ["confirm.html"]
