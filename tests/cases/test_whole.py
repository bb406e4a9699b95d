"""With every room real: Alice's copy in her hands, and her account gone."""

import io
import json
import subprocess
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.utils.translation import get_language

from tasks import audit
from tasks.cases import operations, queries
from tasks.cases.models import Case
from tasks.cases.states import State
from tasks.collector import Subject
from tests.cases.conftest import run_due
from tests.cases.redactions import approve, redact


@pytest.fixture
def facts(office, noon):
    return {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann"}


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # WeasyPrint leaves its colour profile open
def test_a_copy_is_collected_approved_packaged_and_fetched(alice, office, noon, facts):
    case = run_due(operations.open_access(Subject(User, alice.pk, "default"), **facts), at=noon)
    assert case.state == State.REVIEW, list(case.steps.values())
    assert any("alice@example.com" in str(getattr(item, "values", "")) for item in queries.preview(case))

    operations.approve(case, by=office.axel, at=noon, seen_hash=case.snapshot_hash)
    case = run_due(case, at=noon)

    assert case.state == State.READY, list(case.steps.values())
    package = operations.record_download(case, "zip", by=office.alice, at=noon)
    clear = b"".join(operations.stream(package))
    with zipfile.ZipFile(io.BytesIO(clear)) as archive:
        data = json.loads(archive.read("data/data.json"))
    assert "alice@example.com" in json.dumps(data)
    assert "bob@example.com" not in json.dumps(data)
    assert (len(clear), package.kind) == (package.size, "zip")


def test_an_account_is_planned_approved_erased_and_certified(alice, bob, office, noon, facts):
    subject = Subject(User, alice.pk, "default")
    case = run_due(operations.open_erasure(subject, when="approved", **facts), at=noon)
    assert case.state == State.REVIEW, list(case.steps.values())
    assert case.plan["totals"]["delete"] >= 2

    operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    case = run_due(case, at=noon)

    assert case.state == State.CLOSED, list(case.steps.values())
    assert not User.objects.filter(pk=alice.pk).exists()
    assert User.objects.filter(pk=bob.pk).exists()
    assert not EmailAddress.objects.filter(email="alice@example.com").exists()
    assert case.outcome["totals"]["erased"] == case.plan["totals"]["delete"]
    assert "alice" not in json.dumps(case.outcome).casefold()
    assert audit.verify()


def test_rows_that_come_after_the_approval_fall_under_it(alice, office, noon, facts):
    case = run_due(operations.open_erasure(Subject(User, alice.pk, "default"), when="grace", **facts), at=noon)
    operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    EmailAddress.objects.create(user=alice, email="new@example.com")

    later = noon + timedelta(days=8)
    operations.start_scheduled(at=later)
    case = run_due(case, at=later)

    assert case.state == State.CLOSED, list(case.steps.values())
    assert not EmailAddress.objects.filter(email="new@example.com").exists()


def test_a_category_that_was_not_in_the_plan_voids_the_approval(alice, office, noon, facts):
    case = run_due(operations.open_erasure(Subject(User, alice.pk, "default"), when="grace", **facts), at=noon)
    operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={})

    later = noon + timedelta(days=8)
    operations.start_scheduled(at=later)
    case = run_due(case, at=later)

    assert case.state == State.REVIEW
    assert User.objects.filter(pk=alice.pk).exists()
    assert Case.objects.get().approved_hash == ""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_covered_by_hand_is_in_no_file_and_its_reason_is_in_each(copies, office, noon, tmp_path):
    redact(copies, office, noon, ground="person", words="our customer’s neighbour")
    approve(copies.case, office, noon)
    case = run_due(copies.case, at=noon)
    assert case.state == State.READY, list(case.steps.values())

    clear = {}
    for package in case.packages.all():
        operations.record_download(case, package.kind, by=office.alice, at=noon, position=package.position)
        clear[package.filename] = b"".join(operations.stream(package))
    (archive,) = [data for name, data in clear.items() if name.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        clear |= {name: files.read(name) for name in files.namelist()}
    (report,) = [data for name, data in clear.items() if name.endswith("your-data.pdf")]
    (tmp_path / "report.pdf").write_bytes(report)
    told = subprocess.run(["pdftotext", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True).stdout
    clear |= {"report in words": told}

    assert not [name for name, data in clear.items() if b"Lindqvist" in data or "Lindqvist" in name]
    reason = "it is about another person; our customer’s neighbour"
    for name in ("data/data.json", "START-HERE.html", "report in words"):
        assert reason in " ".join(clear[name].decode().split()), name
    tables = b"".join(data for name, data in clear.items() if name.startswith("csv/"))
    assert reason in tables.decode("utf-8-sig")


def test_what_a_worker_writes_is_in_the_language_of_the_case(alice, office, noon, facts, monkeypatch):
    spoken = []
    from tasks import erasure

    plan = erasure.plan
    monkeypatch.setattr(erasure, "plan", lambda *a, **k: (spoken.append(get_language()), plan(*a, **k))[1])

    case = operations.open_erasure(Subject(User, alice.pk, "default"), language="de", when="approved", **facts)
    case = run_due(case, at=noon)
    operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    case = run_due(case, at=noon)

    assert case.state == State.CLOSED, list(case.steps.values())
    assert set(spoken) == {"de"}
    assert "Ostermontag" in case.due_reason
