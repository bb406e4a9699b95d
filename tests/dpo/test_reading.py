"""What the office reads: the preview of a copy, the plan, the audit, the data map."""

import csv
import io

import pytest
from django.core.checks import Error
from django.db import connection
from django.urls import reverse

from examples.shop.customers.models import Address
from tasks import audit, vault
from tasks.cases.models import Case
from tests.dpo.conftest import run_due, sign_in


@pytest.fixture
def addressed(copy_of, alice, now):
    """A copy with thirty addresses, one of which holds HTML."""
    for number in range(30):
        Address.objects.create(**an_address(alice, number))
    return run_due(copy_of(alice), at=now)


def an_address(user, number):
    needed = {
        f.name for f in Address._meta.concrete_fields if not f.primary_key and not f.has_default() and not f.blank
    }
    known = {"user": user, "customer": user, "profile": None}
    values = {name: f"{name[:3]} {number}" for name in needed if name not in known}
    values |= {name: value for name, value in known.items() if name in needed and value}
    text = next(f.name for f in Address._meta.concrete_fields if f.name in {"street", "line1", "recipient", "city"})
    values[text] = "<img src=x onerror=alert(1)>" if number == 7 else f"Lane {number}"
    for field in Address._meta.concrete_fields:
        if field.name in values and field.max_length and isinstance(values[field.name], str):
            values[field.name] = values[field.name][: field.max_length]
    return values


def preview(client, case, **query):
    return client.get(reverse("dpo:preview", args=[case.reference]), query)


def test_the_preview_shows_the_snapshot_page_by_page(danas, addressed):
    first = preview(danas, addressed, section="customers.Address")
    second = preview(danas, addressed, section="customers.Address", page=2)

    assert (len(first.context["cards"]), len(second.context["cards"])) == (25, 5)
    assert "1 to 25 of 30" in first.content.decode()
    keys = [card.row.before.key for card in first.context["cards"] + second.context["cards"]]
    assert len(set(keys)) == 30


def test_html_in_a_value_does_nothing_in_the_preview(danas, addressed):
    page = preview(danas, addressed, section="customers.Address").content.decode()

    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


def test_what_is_not_there_cannot_be_previewed(danas, addressed, erasure):
    assert preview(danas, addressed, section="auth.Nothing").status_code == 404
    assert preview(danas, addressed, section="customers.Address", page="99").context["page"].number == 2
    assert preview(danas, addressed, section="customers.Address", page="-1").context["page"].number == 1
    assert preview(danas, erasure).status_code == 404


def test_a_snapshot_that_has_left_the_vault_is_no_error(danas, addressed):
    for name in addressed.snapshot["parts"]:
        vault.delete(name)

    answer = preview(danas, addressed)

    assert answer.status_code == 410
    assert "has left the vault" in answer.content.decode()


def test_the_case_shows_every_source_with_its_count(danas, addressed):
    page = danas.get(reverse("dpo:case", args=[addressed.reference])).content.decode()

    total = sum(addressed.snapshot["counts"].values())
    assert "What was collected" in page
    assert f'<td role="cell" class="end num mate-1">{total}</td>' in page


def test_the_plan_shows_outcome_ground_and_end(axels, erasure):
    page = axels.get(reverse("dpo:case", args=[erasure.reference])).content.decode()

    assert erasure.plan_hash in page
    for row in erasure.plan["rows"]:
        assert row["title"] in page
    totals = erasure.plan["totals"]
    assert f"{totals['delete']} deleted, {totals['anonymise']} anonymised, {totals['keep']} kept" in page


def test_the_audit_stands_newest_first_and_names_nobody_from_outside(danas, copy, alice):
    answer = danas.get(reverse("dpo:audit"))

    numbers = [row[0].seq for row in answer.context["rows"]]
    assert numbers == sorted(numbers, reverse=True)
    assert copy.reference in answer.content.decode()
    assert "Hartmann" not in answer.content.decode()


def test_the_audit_of_one_case_shows_that_case_only(danas, copy, erasure):
    answer = danas.get(reverse("dpo:audit"), {"case": erasure.reference.lower()})

    assert {row[0].case_id for row in answer.context["rows"]} == {erasure.pk}
    assert danas.get(reverse("dpo:audit"), {"case": "D26-2222"}).context["rows"] == []


def test_the_chain_is_verified_on_request(danas, copy):
    answer = danas.post(reverse("dpo:audit_verify"))

    assert "The chain holds" in answer.content.decode()
    assert audit.of(copy.pk).model.objects.filter(event="audit.verified").count() == 1


def test_a_broken_chain_is_said_in_red_with_its_place(danas, copy):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossier_entry SET event = 'case.nothing' WHERE seq = 2")

    page = danas.post(reverse("dpo:audit_verify")).content.decode()

    assert "The chain is broken at entry 2" in page
    assert "notice--late" in page


def test_the_audit_leaves_as_csv_that_no_spreadsheet_reckons_with(danas, copy, now):
    audit.record("=cmd()", by="+1", at=now, case=copy.pk, data={"a": "é"})

    answer = danas.get(reverse("dpo:audit_csv"), {"case": copy.reference})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert answer["Content-Disposition"].startswith(f'attachment; filename="audit-{copy.reference}-')
    assert [row["seq"] for row in rows] == [str(entry.seq) for entry in audit.of(copy.pk)]
    assert (rows[-1]["event"], rows[-1]["by"]) == ("'=cmd()", "'+1")


def test_the_data_map_says_what_is_held_and_why(auditor):
    page = sign_in(auditor).get(reverse("dpo:datamap")).content.decode()

    assert "customers.Address" in page
    assert "notice--late" not in page


def test_what_nobody_has_described_is_red_in_the_data_map(danas, monkeypatch):
    from dpo.views import datamap

    unmapped = Error(
        "orders.Product leads to auth.User, and no privacy.py says what it is.", obj=object(), id="dossier.E001"
    )
    unclassified = Error("customers.Address: 'phone' is in none of its lists.", obj=Address, id="dossier.E002")
    monkeypatch.setattr(datamap, "check_data_map", lambda: [unmapped, unclassified])

    page = danas.get(reverse("dpo:datamap")).content.decode()

    assert "notice--late" in page
    assert "orders.Product leads to auth.User" in page
    assert "status--late" in page


def test_a_case_whose_person_is_gone_still_opens(axels, erasure):
    Case.objects.filter(pk=erasure.pk).update(person="", subject_key="", state="closed", closed_at=erasure.received_at)

    page = axels.get(reverse("dpo:case", args=[erasure.reference])).content.decode()

    assert "a person whose account is gone" in page
