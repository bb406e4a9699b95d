"""Covering by hand: what it does to a copy, and what an approval binds then. The snapshot is a real one."""

from datetime import timedelta

import pytest
from django.db import connection

from tasks import audit, export, vault
from tasks.cases import about, operations, preview
from tasks.cases.models import Case, Redaction
from tasks.cases.operations import redacting
from tasks.cases.states import State
from tasks.errors import ApprovalVoid, DossierError
from tests.cases.conftest import run_due
from tests.cases.redactions import ADDRESS, address, approve, asked_again, redact, texts


def test_a_covered_value_is_nowhere_in_the_copy_and_its_reason_is(copies, office, noon):
    assert any("Ida Lindqvist" in text for text in texts(copies.case))

    redact(copies, office, noon, words="our customer’s neighbour")

    assert not any("Lindqvist" in text for text in texts(copies.case))
    assert any("covered: our customer’s neighbour" in text for text in texts(copies.case))
    assert any("Lindenweg 4" in text for text in texts(copies.case)), "nothing else goes"


def test_the_formats_get_what_is_covered_with_its_reason(copies, office, noon):
    redact(copies, office, noon, ground="contact", words="as she asked")

    [found] = about.of(Case.objects.get(), at=noon).redactions

    assert tuple(found) == (*copies.spot, "it is another person’s address or number; as she asked")


def test_the_packages_hold_the_reason_and_not_the_value(copies, office, noon, monkeypatch):
    seen = {}

    def build(parts, *, about, prefix, **_):
        seen["redactions"] = about.redactions
        return []

    monkeypatch.setattr(export, "build", build)
    redact(copies, office, noon)
    approve(copies.case, office, noon)

    run_due(copies.case, at=noon)

    assert [tuple(found)[:3] for found in seen["redactions"]] == [tuple(copies.spot)]


def test_an_approval_binds_what_is_covered(copies, office, noon):
    before = copies.case.content_hash

    redact(copies, office, noon)

    assert copies.case.content_hash != before == copies.case.snapshot_hash
    with pytest.raises(ApprovalVoid):
        approve(copies.case, office, noon, seen=before)
    assert approve(copies.case, office, noon).approved_hash == copies.case.content_hash


def test_the_reason_is_bound_too(copies, office, noon):
    redact(copies, office, noon, ground="person")
    first = copies.case.content_hash
    operations.unredact(copies.case, [Redaction.objects.get().pk], by=office.dana, at=noon)

    redact(copies, office, noon, ground="words")

    assert copies.case.content_hash != first


def test_undone_it_is_as_it_was(copies, office, noon):
    before = copies.case.content_hash
    [row] = redact(copies, office, noon)

    gone = operations.unredact(copies.case, [row.pk], by=office.axel, at=noon)

    assert [each.pk for each in gone] == [row.pk]
    assert copies.case.content_hash == before
    assert any("Ida Lindqvist" in text for text in texts(copies.case))
    assert operations.unredact(copies.case, [row.pk], by=office.axel, at=noon) == []


def test_a_first_approval_counts_no_longer_once_something_is_covered(copies, office, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "four_eyes": True, "dpo_approves": True}
    approve(copies.case, office, noon)

    redact(copies, office, noon)
    approve(copies.case, office, noon, by=office.dana)

    assert Case.objects.get().state == State.REVIEW, "Axel approved something else"
    assert audit.of(copies.case.pk).get(event="case.redacted").data["voids"] == 1
    assert approve(copies.case, office, noon, by=office.axel).state == State.APPROVED


def test_what_is_covered_already_stays_as_it_is(copies, office, noon):
    redact(copies, office, noon, ground="person")

    again = redact(copies, office, noon, ground="words", spots=[copies.spot, copies.spot._replace(field="street")])

    assert [row.field for row in again] == ["street"]
    assert Redaction.objects.get(field="recipient").ground == "person"


def test_the_audit_knows_where_and_no_value_and_no_words(copies, office, noon):
    redact(copies, office, noon, words="Ida asked for it")
    operations.unredact(copies.case, [Redaction.objects.get().pk], by=office.axel, at=noon)

    covered, uncovered = audit.of(copies.case.pk).filter(event__in=["case.redacted", "case.unredacted"])

    place = {"label": ADDRESS, "key": str(copies.neighbours.pk), "field": "recipient"}
    assert covered.data["places"] == uncovered.data["places"] == [place]
    assert (covered.by, uncovered.by) == (office.dana.key, office.axel.key)
    assert "Ida" not in str(covered.data) + str(uncovered.data)


@pytest.mark.parametrize(
    ("key", "is_told"),
    [("12", True), ("12/4", True), ("0b7e8f6c-2f0c-4f5d-9f5e-0a8b7c6d5e4f", True), ("ida", False), ("ada", False)],
)
def test_a_key_that_may_be_a_name_does_not_reach_the_audit(key, is_told):
    row = Redaction(label=ADDRESS, key=key, field="recipient", spot="f" * 64)

    assert (redacting._told(row) == key) is is_told


def test_keys_and_words_stand_sealed_in_the_table(copies, office, noon):
    redact(copies, office, noon, words="Ida asked for it")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dossier_redaction")
        stored = str(cursor.fetchall())

    assert "Ida" not in stored
    assert Redaction.objects.get().words == "Ida asked for it"


def test_the_preview_lays_before_and_after_side_by_side(copies, office, noon):
    redact(copies, office, noon, ground="person")

    page = preview.page(Case.objects.get(), ADDRESS)
    [row] = [row for row in page.rows if row.covered]
    place = [info.name for info in page.section.fields].index("recipient")

    assert row.before.values[place].display == "Ida Lindqvist"
    assert row.after.values[place].display == "covered: it is about another person"
    assert [each.row.before.key for each in preview.covered(Case.objects.get())[0]] == [row.before.key]


def test_a_whole_record_can_be_covered(copies, office, noon):
    redact(copies, office, noon, spots=[copies.spot._replace(field="")])

    page = preview.page(Case.objects.get(), ADDRESS)
    [row] = [row for row in page.rows if row.covered]

    assert {value.display for value in row.after.values} == {"covered: it is about another person"}
    assert row.suspected == {}


def test_what_looks_like_another_person_is_suggested(alice, office, noon):
    address(alice, "Dear Ida Lindqvist, +46 70 123 45 67")
    address(alice, "Alice Hartmann")

    case = asked_again(alice, office, noon)

    assert case.snapshot["suspected"][ADDRESS] == 1
    [row] = preview.page(case, ADDRESS, show=preview.SUSPECTED).rows
    assert "+46 70 123 45 67" in row.suspected["recipient"]


def test_what_was_covered_once_is_suggested_in_the_next_copy_and_no_policy_releases_it(
    copies, office, noon, alice, settings
):
    settings.DOSSIER = {**settings.DOSSIER, "auto_approve_access": True}
    redact(copies, office, noon)
    operations.withdraw(copies.case, by=office.alice, at=noon)

    again = asked_again(alice, office, noon + timedelta(days=1))

    assert again.state == State.REVIEW
    assert again.snapshot["suspected"] == {ADDRESS: 1}
    [row] = preview.page(again, ADDRESS, show=preview.SUSPECTED).rows
    assert row.suspected == {"recipient": f"covered in {copies.case.reference}"}


def test_a_copy_without_its_snapshot_still_lists_what_was_covered(copies, office, noon):
    redact(copies, office, noon)
    for name in copies.case.snapshot["parts"]:
        vault.delete(name)

    [found] = preview.covered_without_snapshot(copies.case)

    assert (found.redaction.field, found.row) == ("recipient", None)
    with pytest.raises(DossierError):
        redact(copies, office, noon, spots=[copies.spot._replace(field="street")])
