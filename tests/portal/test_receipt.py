"""The receipt of a deletion, for somebody whose account is gone."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tasks.cases import operations
from tasks.cases.actors import Actor
from tests.portal.conftest import work_off

RECEIPT = "/privacy/receipt/"


@pytest.fixture
def gone(deletion, approve):
    """Alice's account is erased; the case knows its key."""
    key = deletion.receipt_key
    approve(deletion)
    type(deletion).objects.filter(pk=deletion.pk).update(execute_on=timezone.localdate())
    operations.start_scheduled(at=timezone.now())
    for _ in range(3):
        work_off()
    deletion.refresh_from_db()
    assert deletion.state == "closed", deletion.state
    assert not User.objects.filter(username="alice").exists()
    deletion.receipt_key = key
    return deletion


def test_reference_and_key_open_the_certificate_without_signing_in(client, gone):
    answer = client.post(RECEIPT, {"reference": gone.reference, "key": gone.receipt_key})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Certificate of a deletion" in page
    assert "Account and addresses" in page
    assert "everything was searched once more" in page
    assert "no-store" in answer["Cache-Control"]


def test_the_certificate_holds_nothing_that_was_deleted(client, gone):
    page = client.post(RECEIPT, {"reference": gone.reference, "key": gone.receipt_key}).content.decode()

    assert "alice@example.com" not in page
    assert "Hartmann" not in page


def test_spaces_dashes_and_small_letters_do_not_matter(client, deletion):
    answer = client.post(
        RECEIPT, {"reference": deletion.reference.lower(), "key": f" {deletion.receipt_key.lower().replace('-', ' ')} "}
    )

    assert answer.status_code == 200


def test_before_the_end_the_receipt_names_the_day(client, deletion):
    answer = client.post(RECEIPT, {"reference": deletion.reference, "key": deletion.receipt_key})

    assert "This deletion is not done yet" in answer.content.decode()


def test_a_wrong_key_and_a_wrong_reference_get_the_same_answer(client, deletion):
    wrong_key = client.post(RECEIPT, {"reference": deletion.reference, "key": "A" * 26})
    wrong_reference = client.post(RECEIPT, {"reference": "D26-0000", "key": deletion.receipt_key})

    assert wrong_key.status_code == wrong_reference.status_code == 422
    same = [
        answer.content.decode()
        .split("</form>")[0]
        .replace(deletion.reference, "")
        .replace("D26-0000", "")
        .split("csrf")[0]
        for answer in (wrong_key, wrong_reference)
    ]
    assert same[0] == same[1]
    assert "Nothing opens with this reference and key" in wrong_key.content.decode()


def test_the_key_is_never_repeated_in_a_page(client, deletion):
    answer = client.post(RECEIPT, {"reference": "D26-0000", "key": deletion.receipt_key})

    assert deletion.receipt_key not in answer.content.decode()


def test_guessing_is_slowed_down(client, deletion):
    for _ in range(10):
        client.post(RECEIPT, {"reference": deletion.reference, "key": "A" * 26})

    answer = client.post(RECEIPT, {"reference": deletion.reference, "key": deletion.receipt_key})

    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()


def test_the_receipt_of_a_deletion_that_was_cancelled_says_so(client, alice, deletion):
    operations.withdraw(deletion, by=Actor.of_user(alice), at=timezone.now())

    page = client.post(RECEIPT, {"reference": deletion.reference, "key": deletion.receipt_key}).content.decode()

    assert "This deletion did not take place" in page
    assert "It was cancelled" in page
