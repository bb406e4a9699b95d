"""Copies of rows in tables of history go, change and stay with the row that they copy, and are exported with it."""

from collections.abc import Iterator
from datetime import date

import pytest
import reversion
from reversion.models import Version

from tasks import collector, datamap, erasure
from tasks.collector import Subject
from tasks.datamap import Anonymise, Blank, Constant, Delete, Keep, Null, copies, years
from tasks.datamap.relations import forget
from tasks.errors import DeclarationError, PlanRefused
from tests.hosts.history.models import Desk, Essay, Event, Fee, Label, Loan, Patron

pytestmark = pytest.mark.django_db
LoanTwin, FeeTwin, DeskTwin, PatronTwin = (m.history.model for m in (Loan, Fee, Desk, Patron))
TEN_YEARS = Keep(for_=years(10), after="day", because="§ 147 AO", meanwhile=[Constant("gone", "payer"), Null("patron")])


@pytest.fixture
def patron(db):
    """Alice, who was called otherwise once."""
    alice = Patron.objects.create(name="Alice Vogt", email="alice@example.com")
    alice.name = "Alice Hartmann"
    alice.save()
    return alice


@pytest.fixture
def bob(db):
    return Patron.objects.create(name="Bob Okafor")


@pytest.fixture
def erase(run_id, noon):
    def carry_out(person):
        subject = Subject.find(Patron, person.pk)
        stats = erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon)
        assert erasure.verify(subject, run_id=run_id, at=noon).clean
        return stats

    return carry_out


def test_twins_go_with_the_row_and_those_of_others_stay(patron, bob, erase):
    for who in (patron, bob):
        Loan.objects.create(patron=who, note=f"for {who.name}").labels.add(Label.objects.create(name="late"))

    stats = erase(patron)

    assert stats.by_label == {
        "history.HistoricalLoan": 2, "history.HistoricalLoan_labels": 1, "history.HistoricalPatron": 2,
        "history.Loan": 1, "history.Loan_labels": 1, "history.Patron": 1,
    }  # fmt: skip
    assert set(PatronTwin.objects.values_list("name", flat=True)) == {"Bob Okafor"}
    assert set(LoanTwin.objects.values_list("note", flat=True)) == {"for Bob Okafor"}, "no row '-' about the deletion"


def test_a_twin_of_a_row_that_was_deleted_long_ago_is_found_by_its_copied_key(patron, bob, erase):
    Loan.objects.create(patron=patron, note="old").delete()
    Loan.objects.create(patron=bob, note="other").delete()

    erase(patron)

    assert set(LoanTwin.objects.values_list("note", flat=True)) == {"other"}


def test_twins_are_part_of_the_export(patron):
    loan = Loan.objects.create(patron=patron)

    keys = collector.keys(Subject.find(Patron, patron.pk))

    assert len(keys["history.HistoricalPatron"]) == 2
    assert keys["history.HistoricalLoan"] == [LoanTwin.objects.get(id=loan.pk).pk]


def test_twins_of_a_kept_row_stay_as_long_and_change_as_it_does(patron, declare, erase, noon):
    declare(Fee, follow=True, erasure=TEN_YEARS)
    fee = Fee.objects.create(patron=patron, payer="Alice Hartmann", day=date(2026, 1, 2))

    erase(patron)

    twin = FeeTwin.objects.get()
    assert (twin.id, twin.payer, twin.patron_id, twin.day) == (fee.pk, "gone", None, date(2026, 1, 2))
    fee.refresh_from_db()
    assert (fee.payer, fee.patron_id) == ("gone", None)


def test_twins_of_an_anonymous_person_hold_no_earlier_name(patron, declare, erase):
    declare(Patron, erasure=Anonymise([Constant("nobody", "name"), Blank("email")], because="Statistics."))

    erase(patron)

    assert list(PatronTwin.objects.values_list("name", "email")) == [("nobody", "")] * 2


def test_a_twin_that_only_names_the_person_loses_its_key(patron, bob, erase):
    desk = Desk.objects.create(clerk=patron)
    desk.clerk = bob
    desk.save()

    erase(patron)

    assert set(DeskTwin.objects.values_list("clerk_id", flat=True)) == {None, bob.pk}
    assert Desk.objects.get().clerk == bob


def test_a_declaration_of_the_twin_goes_first(patron, declare, erase):
    declare(LoanTwin, erasure=Keep(because="A court asked for it.", meanwhile=[Blank("note"), Null("patron")]))
    Loan.objects.create(patron=patron, note="secret")

    erase(patron)

    assert list(LoanTwin.objects.values_list("note", "patron")) == [("", None)]
    assert not Loan.objects.exists()


@pytest.fixture
def versions(patron, bob):
    for who in (patron, bob):
        with reversion.create_revision():
            essay = Essay.objects.create(author=who, text=f"by {who.name}")
        with reversion.create_revision():
            essay.text += "!"
            essay.save()
    return patron


def test_versions_go_with_their_row(versions, erase):
    stats = erase(versions)

    assert stats.by_label["reversion.Version"] == 2
    assert all("Bob" in text for text in Version.objects.values_list("serialized_data", flat=True))
    assert Version.objects.count() == 2


def test_versions_of_a_changed_row_go_for_they_cannot_be_changed(versions, declare, erase):
    declare(Essay, erasure=Anonymise(Blank("text"), because="Others quote it."))
    declare(Patron, erasure=Anonymise(Constant("nobody", "name")))

    erase(versions)

    assert set(Essay.objects.values_list("text", flat=True)) == {"", "by Bob Okafor!"}
    assert Version.objects.count() == 2


@pytest.fixture
def events(patron) -> Iterator[None]:
    """A table of events, named by hand."""
    datamap.history(Event, of=Loan, key="loan_number")
    yield
    copies.by_hand.clear()
    forget()
    datamap.registry.version += 1


def test_a_table_named_by_hand_goes_with_its_rows(patron, bob, events, erase):
    for who in (patron, bob):
        loan = Loan.objects.create(patron=who)
        Event.objects.create(loan_number=loan.pk, patron=who, note=who.name)

    stats = erase(patron)

    assert stats.by_label["history.Event"] == 1
    assert [event.note for event in Event.objects.all()] == ["Bob Okafor"]


def test_without_it_the_plan_is_refused_and_names_the_key(patron, noon):
    Event.objects.create(loan_number=1, patron=patron)

    with pytest.raises(PlanRefused, match=r"history\.Event: declare .* for its key 'patron' is DO_NOTHING"):
        erasure.plan(Subject.find(Patron, patron.pk), at=noon).check()


def test_a_table_of_copies_needs_a_field_that_says_of_what():
    with pytest.raises(DeclarationError, match="key= to name a field"):
        datamap.history(Event, of=Loan, key="loan")


def test_the_plan_of_the_same_rows_has_the_same_hash(versions, declare, noon):
    declare(Fee, follow=True, erasure=TEN_YEARS)
    declare(Desk, erasure=Delete())
    Fee.objects.create(patron=versions)
    Desk.objects.create(clerk=versions)
    subject = Subject.find(Patron, versions.pk)

    hashes = {erasure.plan(subject, at=noon).decisions_hash for _ in range(3)}

    assert len(hashes) == 1
