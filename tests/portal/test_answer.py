"""The page of a copy that is ready: its files, what was covered in them, what they lack."""

import pytest
from django.utils import timezone

from tasks import vault
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.covering import Spot
from tasks.cases.models import Case, Package, Phase, Step, StepState
from tests.portal.conftest import work_off


def page_of(client, case):
    return client.get(f"/privacy/requests/{case.reference}/").content.decode()


@pytest.fixture
def volumes(ready):
    """Alice's copy with two more volumes of its report and a second part of its archive."""
    for kind, position in (("pdf", 2), ("pdf", 3), ("zip", 2)):
        name = f"{ready.pk}/more-{position}.{kind}"
        with vault.writing(name) as out:
            out.write(f"{kind} {position}".encode())
        Package.objects.create(
            case=ready, kind=kind, position=position, name=name, filename=f"{kind}-{position}-orders.{kind}",
            size=out.size, sha256=out.sha256, pages=40 if kind == "pdf" else None,
            expires_at=ready.packages.first().expires_at,
        )  # fmt: skip
    return ready


def test_volumes_and_parts_stand_below_the_file_that_they_belong_to(sure, volumes):
    page = page_of(sure, volumes)

    assert "2 more volumes" in page
    assert "It comes in 2 parts" in page
    order = [page.index(name) for name in ("Report to read", "pdf-2-orders", "pdf-3-orders", "Everything together")]
    assert order == sorted(order)
    assert page.index("zip-2-orders") < page.index("Data for machines")
    for package in volumes.packages.all():
        assert package.sha256[:8] in page


@pytest.mark.parametrize(("kind", "position"), [("pdf", 2), ("pdf", 3), ("zip", 2)])
def test_each_volume_is_fetched_by_its_own_address(sure, volumes, kind, position):
    answer = sure.get(f"/privacy/requests/{volumes.reference}/files/{kind}/{position}/")

    assert b"".join(answer.streaming_content) == f"{kind} {position}".encode()
    assert f"{kind}-{position}-orders.{kind}" in answer["Content-Disposition"]


def test_a_volume_that_is_not_there_is_not_found(sure, volumes):
    assert sure.get(f"/privacy/requests/{volumes.reference}/files/pdf/4/").status_code == 404
    assert sure.get(f"/privacy/requests/{volumes.reference}/files/json/2/").status_code == 404


def test_the_page_counts_what_was_covered_by_hand(sure, copy, approve, alice, axel, monkeypatch):
    work_off()
    case = Case.objects.get(pk=copy.pk)
    spots = [Spot("auth.User", str(alice.pk), name) for name in ("first_name", "last_name")]
    operations.redact(case, spots, by=Actor.of_user(axel), at=timezone.now(), ground="person")
    approve(case)
    monkeypatch.setattr("tasks.export.build", ready_files)
    work_off()

    assert "2 places were covered by a person of our office." in page_of(sure, case)


def ready_files(*args, **kwargs):
    from tests.portal.conftest import build

    return build(*args, **kwargs)


def test_the_page_says_what_the_copy_lacks_and_why(sure, ready):
    Case.objects.filter(pk=ready.pk).update(
        incomplete_reason="The service is closed for good.",
        snapshot={
            **ready.snapshot,
            "gaps": [{"label": "support.Attachment", "field": "file", "key": "4", "reason": "gone"}],
        },
    )
    Step.objects.create(
        case=ready, source="loyalty", title="Loyalty points", phase=Phase.COLLECT, state=StepState.FAILED,
        next_try_at=ready.received_at, error="SourceUnavailable",
    )  # fmt: skip

    page = page_of(sure, ready)

    assert "This copy is not complete." in page
    assert "The service is closed for good." in page
    assert "Loyalty points" in page
    assert "SourceUnavailable" not in page, "the kind of trouble is the office's"
    assert "1 thing could not be shown whole" in page


def test_a_whole_copy_says_nothing_of_gaps(sure, ready):
    page = page_of(sure, ready)

    assert "not complete" not in page
    assert "could not be shown whole" not in page
    assert "covered by a person of our office" not in page
