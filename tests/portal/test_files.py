"""Fetching the files: mine, confirmed, whole, and kept nowhere on the way."""

import hashlib

import pytest
from django.utils import timezone

from tasks import audit
from tasks.cases import operations
from tests.portal.conftest import confirm, signed_in


def address(case, rest="") -> str:
    return f"/privacy/requests/{case.reference}/{rest}"


@pytest.mark.parametrize("kind", ["pdf", "zip", "json"])
def test_a_file_arrives_whole(sure, ready, kind):
    package = ready.packages.get(kind=kind)

    answer = sure.get(address(ready, f"files/{kind}/"))
    content = b"".join(answer.streaming_content)

    assert hashlib.sha256(content).hexdigest() == package.sha256
    assert (len(content), answer["Content-Length"]) == (package.size, str(package.size))


def test_a_file_is_saved_under_its_name_and_kept_by_no_cache(sure, ready):
    answer = sure.get(address(ready, "files/pdf/"))
    b"".join(answer.streaming_content)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{ready.packages.get(kind="pdf").filename}"'
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_every_download_is_in_the_audit(sure, ready):
    b"".join(sure.get(address(ready, "files/json/")).streaming_content)

    assert audit.of(ready.pk).filter(event="case.downloaded").count() == 1


def test_a_file_needs_a_recent_confirmation(alice, ready):
    hers = confirm(signed_in(alice), alice, minutes_ago=6)

    answer = hers.get(address(ready, "files/pdf/"))

    assert answer["Location"].startswith("/privacy/confirm/?next=")
    assert audit.of(ready.pk).filter(event="case.downloaded").count() == 0


def test_another_persons_file_is_not_there(strange, ready):
    assert strange.get(address(ready, "files/pdf/")).status_code == 404


def test_a_kind_of_file_that_does_not_exist_is_not_there(sure, ready):
    assert sure.get(address(ready, "files/exe/")).status_code == 404


def test_before_it_is_ready_a_file_leads_to_the_request(sure, copy):
    assert sure.get(address(copy, "files/pdf/")).status_code in {302, 404}


def test_after_its_date_a_file_leads_to_the_request(sure, ready):
    ready.packages.update(expires_at=timezone.now())

    assert sure.get(address(ready, "files/pdf/"))["Location"] == address(ready)


def test_a_frozen_request_gives_no_file(sure, ready):
    operations.freeze(ready, at=timezone.now())

    assert sure.get(address(ready, "files/pdf/"))["Location"] == address(ready)


def test_the_page_shows_size_checksum_and_date(hers, ready):
    page = hers.get(address(ready)).content.decode()

    package = ready.packages.get(kind="zip")
    assert package.sha256[:8] in page
    assert "The files stay here until" in page
    assert "We ask who you are before a file opens" in page


def test_the_copy_can_be_deleted_before_its_date(hers, ready, django_capture_on_commit_callbacks):
    assert hers.get(address(ready, "forget/")).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        hers.post(address(ready, "forget/"))

    ready.refresh_from_db()
    assert ready.state == "expired"
    assert not ready.packages.filter(purged_at=None).exists()
    assert "These files are deleted" in hers.get(address(ready)).content.decode()


def test_a_new_copy_is_a_request_of_its_own(sure, ready):
    answer = sure.post(address(ready, "renew/"))

    assert answer["Location"].startswith("/privacy/requests/D")
    assert answer["Location"] != address(ready)


def test_looking_at_renew_changes_nothing(hers, ready):
    assert hers.get(address(ready, "renew/")).status_code == 405
