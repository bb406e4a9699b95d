"""A person with a little of everything, some of it hostile, and the package that is made of it."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction

from examples.shop.customers.models import Profile
from examples.shop.orders.models import Invoice, Order
from examples.shop.support.models import Attachment, Ticket, TicketMessage
from tasks import collector, conf, export, vault
from tasks.collector import Subject
from tasks.export import About, SourceReport
from tests import people

NOON = datetime(2026, 3, 5, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HOSTILE = "\"';}</style><script>alert(1)</script><img src=http://127.0.0.1:9/x> & O’Hara"
COVERED = "Dana Whitfield of the warehouse"


def about_of(**given: Any) -> About:
    """What Alice's answer says about itself."""
    facts = About(
        reference="D26-4T7Q",
        kind="access",
        person_name="Alice Hartmann",
        person_contact="a…e@example.com",
        language="en",
        time_zone="Europe/Berlin",
        requested_at=NOON,
        snapshot_at=NOON + timedelta(hours=2),
        answered_at=NOON + timedelta(days=5),
        sources=(SourceReport("database", "Database", "searched", 9),),
        reviewed_by="Axel Brandt",
    )
    return replace(facts, **given)


def fill(alice: User) -> None:
    """Orders, an invoice, a conversation with files; texts in many scripts, and texts that mean harm."""
    texts = [
        "Bitte klingeln",
        "شكراً جزيلاً على الشاي",
        "谢谢，茶很好",
        "🌿 danke",
        HOSTILE,
        "NUL \x00 and \x1b[31m",
        "=1+1",
    ]
    for number, text in enumerate(texts):
        order = Order.objects.create(
            user=alice,
            number=f"KM-{number}",
            placed_at=NOON - timedelta(days=30 * number),
            status="D",
            total=Decimal("1204.50") + number,
            shipping=Decimal("4.90"),
            recipient="Alice Hartmann",
            delivery_address="Marina Road 12\nLagos",
            phone="+49 341 555",
            note=text,
            packed_by=COVERED,
        )
    Invoice.objects.create(
        user=alice, number="R-1", issued_on=date(2026, 3, 1), order=order, name="Alice", address="Here", net=10, vat=2
    )
    Profile.objects.create(user=alice, display_name=HOSTILE, member_since=date(2020, 2, 29))
    ticket = Ticket.objects.create(
        customer=alice, number="T-1", subject="Kettle", status="open", opened_at=NOON, changed_at=NOON
    )
    message = TicketMessage.objects.create(ticket=ticket, text="It leaks.", sent_at=NOON)
    for name, content in (("photo.png", b"\x89PNG leak"), ("gone.txt", b"soon gone")):
        attachment = Attachment(
            content_type=ContentType.objects.get_for_model(TicketMessage),
            object_id=message.pk,
            name=name,
            media_type="image/png",
            uploaded_at=NOON,
        )
        attachment.file.save(name, ContentFile(content))
    Attachment.objects.get(name="gone.txt").file.storage.delete(Attachment.objects.get(name="gone.txt").file.name)


class Unpacked:
    """A package as its receiver has it."""

    def __init__(self, built: list[export.Built], folder: Path) -> None:
        self.built = {each.kind: each for each in reversed(built)}  # the report, not its volumes
        self.volumes = [each for each in built if each.kind == "pdf"][1:]
        self.folder = folder
        self.files: dict[str, bytes] = {}
        for kind, each in self.built.items():
            with vault.reading(each.name) as clear:
                self.files[f"{kind}"] = clear.read()
        with zipfile.ZipFile(BytesIO(self.files["zip"])) as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
            self.names = archive.namelist()

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()


def packed(subject: Subject, about: About, folder: Path) -> Unpacked:
    """Snapshot and build, as a case does it."""
    snapshot = export.take_snapshot(collector.collect(subject), name="case/snapshot", about=about, subject=subject)
    return Unpacked(export.build(snapshot.name, about=about, prefix="case/token"), folder)


@pytest.fixture(scope="module")
def module_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A vault for a module's package."""
    folder, before = tmp_path_factory.mktemp("package"), django_settings.DOSSIER
    django_settings.DOSSIER = {**before, "vault_dir": str(folder / "vault"), "vault_key": str(folder / "vault.key")}
    conf.load.cache_clear()
    yield folder
    django_settings.DOSSIER = before
    conf.load.cache_clear()


@pytest.fixture(scope="module")
def package(django_db_setup: None, django_db_blocker: Any, module_room: Path) -> Unpacked:
    """Alice's package, made once for a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        alice = people.make("alice", last_name="Hartmann")
        fill(alice)
        found = packed(Subject(User, alice.pk, "default"), about_of(), module_room / "unpacked")
        transaction.set_rollback(True)
    return found


@pytest.fixture
def room(tmp_path: Path, settings: Any) -> Path:
    """A vault of its own for one test."""
    settings.DOSSIER = {
        **settings.DOSSIER,
        "vault_dir": str(tmp_path / "vault"),
        "vault_key": str(tmp_path / "vault.key"),
    }
    return tmp_path


@pytest.fixture
def subject(alice: User) -> Subject:
    return Subject(User, alice.pk, "default")


@pytest.fixture
def pack(room: Path, subject: Subject) -> Callable[..., Unpacked]:
    """``pack(language="de", …)``: Alice's package with these facts about it."""
    return lambda **given: packed(subject, about_of(**given), room / "unpacked")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """WeasyPrint leaves its colour profile open until the garbage collector comes; a module's package needs tables."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            if "package" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.django_db)
            item.add_marker(pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"))
