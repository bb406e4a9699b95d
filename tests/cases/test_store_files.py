"""A file that a store gives, in a case: read once, bound by the approval, handed out from the vault, gone with it."""

import io
import zipfile

import pytest
from django.contrib.auth.models import User

from tasks import export, vault
from tasks.cases import files, operations, preview
from tasks.cases.models import Case, Step
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.datamap import Content, registry
from tasks.errors import SourceUnavailable
from tests.bonus import CARD, account, content, holding
from tests.cases.conftest import run_due

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # WeasyPrint leaves its colour profile open


class Opened:
    """A file that counts how often it is opened."""

    def __init__(self, data: bytes) -> None:
        self.data, self.times = data, 0

    def __call__(self):
        self.times += 1
        return content(self.data).open()


@pytest.fixture
def card() -> Opened:
    return Opened(CARD)


@pytest.fixture
def programme(card):
    with registry.with_sources(holding(account(card=Content("card.pdf", card)))):
        yield


@pytest.fixture
def reviewed(programme, alice, office, noon) -> Case:
    """Alice's copy, collected from the database and the programme."""
    facts = {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann"}
    case = run_due(operations.open_access(Subject(User, alice.pk, "default"), **facts), at=noon)
    assert case.state == State.REVIEW, list(case.steps.values())
    return case


def beside(case: Case) -> str:
    """Where the files of the programme stand in the vault."""
    return export.contents_of(next(name for name in case.snapshot["parts"] if vault.exists(export.contents_of(name))))


def test_it_is_read_when_the_snapshot_is_made_and_never_again(reviewed, card, office, noon):
    card.data = b"another card, which nobody has approved"

    operations.approve(reviewed, by=office.axel, at=noon, seen_hash=reviewed.snapshot_hash)
    case = run_due(reviewed, at=noon)

    assert case.state == State.READY, list(case.steps.values())
    clear = b"".join(operations.stream(operations.record_download(case, "zip", by=office.alice, at=noon)))
    with zipfile.ZipFile(io.BytesIO(clear)) as archive:
        assert archive.read("files/loyalty/card.pdf") == CARD
    assert card.times == 1


def test_the_office_sees_it_by_name_in_its_chapter(reviewed):
    (chapter,) = [each for each in preview.chapters(reviewed) if each.key == "bonus"]
    page = preview.page(reviewed, "loyalty")

    assert [part.title for part in chapter.parts] == ["Bonus account"]
    shown = {
        info.name: value.display for info, value in zip(page.section.fields, page.rows[0].before.values, strict=True)
    }
    assert shown["card"] == f"card.pdf, {len(CARD)} bytes"


def test_it_leaves_the_vault_with_the_snapshot(reviewed, noon):
    name = beside(reviewed)
    assert name in [each for step in reviewed.steps.all() for each in step.files]

    files.purge(reviewed, at=noon)

    assert [each for each in vault.names() if str(reviewed.pk) in each] == []
    assert not vault.exists(name)


def test_what_was_tampered_with_is_not_handed_out(reviewed, office, noon):
    with vault.writing(beside(reviewed)) as out:
        out.write(bytes(reversed(CARD)))

    operations.approve(reviewed, by=office.axel, at=noon, seen_hash=reviewed.snapshot_hash)
    case = run_due(reviewed, at=noon)

    clear = b"".join(operations.stream(operations.record_download(case, "zip", by=office.alice, at=noon)))
    with zipfile.ZipFile(io.BytesIO(clear)) as archive:
        assert [name for name in archive.namelist() if name.startswith("files/")] == []
        assert b"the file has changed since the snapshot" in archive.read("data/data.json")


def test_a_try_that_failed_within_a_file_leaves_nothing_behind(alice, office, noon):
    def gone():
        raise SourceUnavailable("loyalty: gone")

    facts = {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann"}
    items = (account(), account(card=Content("card.pdf", gone)))
    with registry.with_sources(holding(*items)):
        case = operations.open_access(Subject(User, alice.pk, "default"), **facts)
        step = Step.objects.get(case=case, source="loyalty")
        operations.work(step.pk, at=noon)

    step.refresh_from_db()
    assert step.error.startswith("loyalty: gone")
    assert [name for name in step.files if vault.exists(name)] == []
    assert [each for each in vault.names() if str(case.pk) in each] == []
    assert vault.drafts() == []
