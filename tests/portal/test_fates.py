"""An erasure plan and a certificate, as a person reads them."""

from portal.fates import Fates


def row(fate: str, count: int, **others) -> dict:
    base = {
        "category": "orders",
        "title": "Orders",
        "labels": ["orders.Order"],
        "because": "",
        "law": "",
        "until": None,
    }
    return {**base, "changes": [], "fate": fate, "count": count, **others}


def test_rows_are_sorted_by_fate_and_size_and_empty_ones_are_left_out():
    plan = {
        "rows": [row("delete", 2), row("delete", 5, category="news", title="News"), row("keep", 3), row("anonymise", 0)]
    }

    fates = Fates.of(plan)

    assert [fate.count for fate in fates.deleted] == [5, 2]
    assert (fates.total, fates.goes, fates.kept_count, fates.anonymised) == (10, 7, 3, [])


def test_parts_of_one_category_are_told_apart_by_what_they_are():
    plan = {"rows": [row("keep", 1), row("keep", 2, labels=["orders.OrderLine"], until="2035-12-31")]}

    assert {fate.title for fate in Fates.of(plan).kept} == {"Orders", "Orders: Items ordered"}


def test_emptied_fields_make_one_sentence():
    plan = {"rows": [row("keep", 1, changes=["Recipient: blank", "User: null", "Shown as: becomes “Former member”"])]}

    assert Fates.of(plan).kept[0].says == "Emptied at once: Recipient, User. Shown as: becomes “Former member”."


def test_the_law_is_named_once():
    named = row("keep", 1, because="Bookkeeping law: § 147 AO", law="§ 147 AO")
    apart = row("keep", 1, category="support", because="Claims can be made until then.", law="§ 195 BGB")

    said = {fate.because for fate in Fates.of({"rows": [named, apart]}).kept}

    assert said == {"Bookkeeping law: § 147 AO.", "Claims can be made until then (§ 195 BGB)."}


def test_what_is_kept_names_its_law_even_without_another_ground():
    assert Fates.of({"rows": [row("keep", 1, law="§ 147 AO")]}).kept[0].because == "§ 147 AO."


def test_what_is_deleted_names_no_law_and_stands_once_per_category():
    held = {"because": "Claims can be made until then", "law": "§ 195 BGB", "until": "2027-12-31"}
    plan = {"rows": [row("delete", 2, **held), row("delete", 3), row("delete", 1, category="news", title="News")]}

    found = Fates.of(plan).deleted

    assert [(fate.title, fate.count) for fate in found] == [("Orders", 5), ("News", 1)]
    assert {(fate.because, fate.until, fate.says) for fate in found} == {("", None, "")}


def test_what_is_anonymised_says_why_and_no_date():
    held = {"because": "Other customers rely on it", "law": "§ 195 BGB", "until": "2027-12-31"}

    [fate] = Fates.of({"rows": [row("anonymise", 2, **held)]}).anonymised

    assert (fate.because, fate.until) == ("Other customers rely on it.", None)


def test_rows_that_nobody_decided_about_count_as_staying():
    fates = Fates.of({"rows": [row("refused", 4), row("delete", 6)]})

    assert (fates.refused_count, fates.kept_count, fates.total) == (4, 4, 10)


def test_the_bar_is_full():
    bar = Fates.of({"rows": [row("delete", 1), row("anonymise", 1), row("keep", 1)]}).bar

    assert round(bar["deleted"] + bar["anonymised"] + bar["kept"], 2) == 100
    assert Fates.of({"rows": []}).bar["deleted"] == 0


def test_a_certificate_says_what_was_done():
    done = {"title": "Orders", "erased": 1, "anonymised": 0, "kept": 2, "until": "2035-12-31", "law": "§ 147 AO"}
    fates = Fates.of_certificate(
        {"categories": [{**done, "grounds": ["Part of the order", "Bookkeeping law: § 147 AO"]}]}
    )

    assert (fates.deleted_count, fates.anonymised_count, fates.kept_count) == (1, 0, 2)
    assert fates.kept[0].because == "Part of the order. Bookkeeping law: § 147 AO."
