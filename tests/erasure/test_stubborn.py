"""An erasure on a host with receivers, stubborn ``delete()`` methods, files, and rows that slip in."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.signals import post_delete, pre_delete

from tasks.datamap import Anonymise, Blank
from tasks.erasure.models import ErasureFile
from tasks.errors import DossierError
from tests.erasure.conftest import interrupt
from tests.hosts.fates.models import (
    Account,
    Archived,
    Document,
    Draft,
    Memo,
    Stubborn,
    Watched,
)

pytestmark = pytest.mark.django_db


def test_receivers_get_each_instance_before_and_after(account, erase):
    watched = Watched.objects.create(account=account)
    heard = []

    def before(sender, instance, using, origin, **_):
        heard.append(("before", sender, instance.pk, Watched.objects.filter(pk=instance.pk).exists()))

    def after(sender, instance, using, origin, **_):
        heard.append(("after", sender, instance.pk, Watched.objects.filter(pk=instance.pk).exists()))

    pre_delete.connect(before, sender=Watched)
    post_delete.connect(after, sender=Watched)
    try:
        erase()
    finally:
        pre_delete.disconnect(before, sender=Watched)
        post_delete.disconnect(after, sender=Watched)

    assert heard == [("before", Watched, watched.pk, True), ("after", Watched, watched.pk, False)]


def test_a_soft_delete_is_called_and_the_row_goes_all_the_same(account, erase, monkeypatch):
    Draft.objects.create(account=account)
    called = []
    soft = Draft.delete
    monkeypatch.setattr(Draft, "delete", lambda self: called.append(self.pk) or soft(self))

    stats = erase()

    assert len(called) == 1
    assert not Draft.objects.exists()
    assert stats == (2, {"fates.Account": 1, "fates.Draft": 1})


def test_a_delete_of_many_is_called_and_the_rows_go_all_the_same(account, erase, monkeypatch):
    Memo.objects.create(account=account)
    Memo.objects.create(account=account)
    called = []
    soft = Archived.delete
    monkeypatch.setattr(Archived, "delete", lambda self: called.append(sorted(self.values_list("pk"))) or soft(self))

    stats = erase()

    assert [len(keys) for keys in called] == [2]
    assert not Memo.objects.exists()
    assert stats == (3, {"fates.Account": 1, "fates.Memo": 2})


def test_a_delete_of_many_that_raises_stops_the_erasure_without_a_name(account, erase, monkeypatch):
    Memo.objects.create(account=account)

    def forbid(self):
        raise ValueError("alice@example.com must stay")

    monkeypatch.setattr(Archived, "delete", forbid)
    with pytest.raises(DossierError, match=r"delete\(\) of fates\.Memo raised ValueError") as caught:
        erase()

    assert "alice" not in str(caught.value)
    assert Memo.objects.exists()


def test_a_delete_that_raises_stops_the_erasure_without_telling_anybodys_name(account, erase):
    stubborn = Stubborn.objects.create(account=account)

    with pytest.raises(
        DossierError, match=rf"fates.Stubborn.delete\(\) raised ValueError for the row {stubborn.pk}"
    ) as caught:
        erase()

    assert "alice" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert Stubborn.objects.get() == stubborn


def test_files_go_when_their_rows_are_gone(account, other, erase, settings):
    for name in ("documents/mine.txt", "documents/both.txt", "pictures/default.png", "pictures/alice.png"):
        default_storage.save(name, ContentFile(b"x"))
    Document.objects.create(account=account, file="documents/mine.txt")
    Document.objects.create(account=account, file="documents/both.txt")
    Document.objects.create(account=other, file="documents/both.txt")
    Account.objects.filter(pk=account.pk).update(picture="pictures/alice.png")

    erase()

    assert default_storage.listdir("documents")[1] == ["both.txt"]
    assert default_storage.listdir("pictures")[1] == ["default.png"]
    assert set(ErasureFile.objects.values_list("name", flat=True)) == {""}, "the journal forgets the names"


def test_no_file_goes_before_the_last_row(account, erase, monkeypatch):
    default_storage.save("documents/mine.txt", ContentFile(b"x"))
    Document.objects.create(account=account, file="documents/mine.txt")

    with pytest.raises(KeyboardInterrupt):
        erase(on_progress=interrupt)
    assert not Document.objects.exists()
    assert default_storage.exists("documents/mine.txt")

    erase()

    assert not default_storage.exists("documents/mine.txt")


def test_a_cleared_file_field_loses_its_file(account, declare, erase):
    default_storage.save("pictures/alice.png", ContentFile(b"x"))
    Account.objects.filter(pk=account.pk).update(picture="pictures/alice.png")
    declare(Account, erasure=Anonymise([Blank("picture", "email")]))

    erase()

    assert not default_storage.exists("pictures/alice.png")
    assert Account.objects.get().picture.name == ""


@pytest.mark.django_db(transaction=True)
def test_a_row_that_slips_in_before_its_parent_goes_is_taken_in_the_next_round(account, erase):
    """The database says no to the parent, because of the new row's key; the next look finds the row."""
    Document.objects.create(account=account, file="")
    seen = []

    def write(done, total):
        seen.append(Account.objects.filter(pk=account.pk).exists())
        if len(seen) == 1:
            Document.objects.create(account=account, file="")

    stats = erase(on_progress=write)

    assert seen == [True, True, False]
    assert stats == (3, {"fates.Account": 1, "fates.Document": 2})
