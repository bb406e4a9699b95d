# ruff: noqa: F811 - fixtures are asked for by name
"""An erasure in several sources: planned together, the stores before the rows, and nothing certified that is not so."""

import json
import threading
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from tasks import audit, conf
from tasks.cases import operations, queries
from tasks.cases.models import Case, Step, StepState
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.datamap import Category, Kept, Outcome, registry
from tasks.erasure import holds
from tasks.errors import SourceRefused, SourceUnavailable, TransitionRefused
from tests.cases.shelves import approve, cart, erased, facts, ledger, loyalty, planned, stores  # noqa: F401 - fixtures
from tests.cases.stores import KEPT, Shelf, declared, raises
from tests.cases.test_sources import DAY, MINUTE, go_on, step_of, work


def test_the_plan_holds_every_source_with_its_fate_and_ground(planned):
    assert planned.state == State.REVIEW, list(planned.steps.values())
    rows = {row["source"]: row for row in planned.plan["rows"] if "source" in row}
    assert (rows["cart"]["fate"], rows["cart"]["count"], rows["cart"]["category"]) == ("delete", 3, "account")
    assert (rows["ledger"]["fate"], rows["ledger"]["because"]) == ("keep", "§ 257 HGB")
    totals = planned.plan["totals"]
    assert totals["keep"] == 1
    assert totals["delete"] == 5 + sum(
        row["count"] for row in planned.plan["rows"] if row["fate"] == "delete" and "source" not in row
    )
    assert planned.plan["decisions"]["loyalty"] == [{"strategy": "delete", "via": "loyalty"}]


def test_the_stores_are_erased_before_the_rows_and_the_certificate_lists_them(
    planned, office, noon, alice, cart, loyalty, ledger
):
    there = []
    cart.do("erase", lambda ask: there.append(User.objects.filter(pk=alice.pk).exists()))

    approve(planned, office, noon)
    case = go_on(planned, noon)

    assert case.state == State.CLOSED, list(case.steps.values())
    assert there == [True]
    assert not User.objects.filter(pk=alice.pk).exists()
    assert (cart.records, loyalty.records, len(ledger.records)) == ([], [], 1)
    assert erased(ledger) == 0
    told = {each["key"]: each for each in case.outcome["sources"]}
    assert (told["cart"]["state"], told["cart"]["erased"], told["cart"]["left"]) == ("erased", 3, 0)
    assert (told["cart"]["proof"], told["ledger"]["state"]) == ("LP-1", "kept")
    assert told["ledger"]["kept"] == [{"count": 1, "because": "§ 257 HGB", "until": None}]
    assert case.outcome["totals"]["erased"] == case.plan["totals"]["delete"]
    assert case.outcome["totals"]["kept"] == 1
    account = next(row for row in case.outcome["categories"] if row["category"] == "account")
    assert account["erased"] > 3  # rows and cart together
    assert "alice" not in json.dumps(case.outcome).casefold()
    assert audit.verify()


def test_a_plan_without_a_sources_number_says_so_and_erases_it_all_the_same(
    stores, alice, facts, noon, office, loyalty
):
    loyalty.do("count", raises(SourceRefused("loyalty: refused.", reason="Not now.")), lambda ask: None)
    case = go_on(operations.open_erasure(Subject(User, alice.pk, "default"), when="approved", **facts), noon)
    row = next(row for row in case.plan["rows"] if row.get("source") == "loyalty")
    assert (row["unknown"], row["count"]) == (True, 0)
    with pytest.raises(TransitionRefused):
        approve(case, office, noon)

    approve(case, office, noon, incomplete_reason="It is asked to erase all the same.")
    case = go_on(case, noon)

    assert case.state == State.CLOSED, list(case.steps.values())
    assert loyalty.records == []


def test_no_row_goes_while_a_store_fails(planned, office, noon, alice, cart):
    cart.do("erase", raises(SourceUnavailable("cart: away.")))
    approve(planned, office, noon)

    at, case = noon, planned
    for _ in range(8):
        case, at = go_on(case, at), at + 20 * MINUTE

    assert case.state == State.FAILED
    assert User.objects.filter(pk=alice.pk).exists()
    assert not case.steps.filter(phase="erase", source="database").exists()
    assert case.letters.filter(template="failed", audience="office").count() == 1
    assert case.outcome == {}

    cart.do("erase", lambda ask: None)
    operations.retry(step_of(case, "cart", "erase"), by=office.dana, at=at)
    assert go_on(case, at).state == State.CLOSED


def test_what_is_left_although_it_says_it_is_erased_is_not_believed(planned, office, noon, alice, cart):
    cart.do("erase", lambda ask: Outcome(erased=3), lambda ask: None)
    approve(planned, office, noon)

    work(planned, "cart", noon, "erase")

    step = step_of(planned, "cart", "erase")
    assert (step.state, step.error) == (StepState.DUE, "cart.erase: wanted nothing left, found 3 records.")
    case = go_on(planned, noon + MINUTE)
    assert case.state == State.CLOSED


def test_a_worker_that_died_after_the_store_erased_loses_no_count(planned, office, noon, cart):
    def erases_and_dies(ask):
        cart.records = []
        raise SystemExit  # the worker is gone: nothing of this try is written down

    cart.do("erase", erases_and_dies, lambda ask: Outcome())
    approve(planned, office, noon)
    with pytest.raises(SystemExit):
        work(planned, "cart", noon, "erase")

    case = go_on(planned, noon + timedelta(seconds=conf.lease_seconds + 2))
    Step.objects.filter(case=case, state=StepState.RUNNING).update(lease_until=noon)
    operations.work(step_of(case, "cart", "erase").pk, at=noon + DAY)
    case = go_on(case, noon + DAY)

    assert case.state == State.CLOSED, list(case.steps.values())
    told = {each["key"]: each for each in case.outcome["sources"]}
    assert told["cart"]["erased"] == 3
    one, two = [ask for hook, ask in cart.asks if hook == "erase"]
    assert one.id == two.id


def test_a_store_keeps_what_it_names_with_ground_and_date(planned, office, noon, cart):
    def keeps(ask):
        cart.records = cart.records[:1]
        return Outcome(
            erased=2, kept=(Kept(1, "an open complaint", date(2027, 1, 31)),), notes=("Compacted on Sunday.",)
        )

    cart.do("erase", keeps)
    approve(planned, office, noon)

    case = go_on(planned, noon)

    told = {each["key"]: each for each in case.outcome["sources"]}["cart"]
    assert told["kept"] == [{"count": 1, "because": "an open complaint", "until": "2027-01-31"}]
    assert told["notes"] == ["Compacted on Sunday."]
    account = next(row for row in case.outcome["categories"] if row["category"] == "account")
    assert (account["kept"], account["until"], account["grounds"]) == (1, "2027-01-31", ["an open complaint"])


def test_one_that_cannot_count_is_collected_again(planned, office, noon, loyalty):
    loyalty.do("count", lambda ask: {})
    loyalty.do("erase", lambda ask: Outcome(erased=2), lambda ask: None)
    approve(planned, office, noon)

    work(planned, "loyalty", noon, "erase")

    assert "found 2 records" in step_of(planned, "loyalty", "erase").error
    case = go_on(planned, noon + MINUTE)
    assert {each["key"]: each["left"] for each in case.outcome["sources"]}["loyalty"] == 0


def test_a_store_that_comes_into_the_map_voids_the_approval_before_anything_goes(
    planned, office, noon, alice, cart, loyalty, ledger
):
    approve(planned, office, noon)
    late = Shelf([{"id": 1}])
    account = Category("account", "Account")

    with registry.with_sources(
        declared("cart", cart, category=account),
        declared("loyalty", loyalty),
        declared("ledger", ledger, erasure=KEPT),
        declared("late", late),
    ):
        work(planned, "cart", noon, "erase")

        assert (planned.state, planned.approved_hash) == (State.REVIEW, "")
        assert (len(cart.records), len(late.records)) == (3, 1)
        assert not operations.work(step_of(planned, "database").pk, at=noon)
        with pytest.raises(TransitionRefused, match="still being searched"):
            approve(planned, office, noon)
        case = go_on(planned, noon)
        assert next(row for row in case.plan["rows"] if row.get("source") == "late")["count"] == 1
        approve(case, office, noon)
        assert go_on(case, noon).state == State.CLOSED
        assert late.records == []


def test_another_fate_for_a_store_voids_it_too_and_what_is_erased_stays_told(planned, office, noon, cart, loyalty):
    approve(planned, office, noon)
    work(planned, "cart", noon, "erase")
    assert planned.state == State.ERASING
    type(registry.sources["loyalty"]).erasure = KEPT

    work(planned, "loyalty", noon, "erase")
    assert planned.state == State.REVIEW
    assert len(loyalty.records) == 2
    cart.records = [{"id": 4}]  # the person goes on shopping meanwhile
    case = go_on(planned, noon)
    approve(case, office, noon + MINUTE)
    case = go_on(case, noon + MINUTE)

    assert case.state == State.CLOSED, list(case.steps.values())
    told = {each["key"]: each for each in case.outcome["sources"]}
    assert (told["cart"]["erased"], told["loyalty"]["state"]) == (4, "kept")


def test_frozen_while_a_store_erases_nothing_goes_on_and_nothing_is_lost(planned, office, noon, alice, cart):
    approve(planned, office, noon)
    cart.do("erase", lambda ask: operations.freeze(Case.objects.get(), at=noon), lambda ask: None)

    assert not work(planned, "cart", noon, "erase")
    case = go_on(planned, noon)
    assert case.is_frozen
    assert User.objects.filter(pk=alice.pk).exists()
    assert erased(cart) == 1

    operations.unfreeze(case, by=office.dana, at=noon + MINUTE)
    case = go_on(case, noon + MINUTE)

    assert case.state == State.CLOSED
    assert {each["key"]: each["erased"] for each in case.outcome["sources"]}["cart"] == 3


def test_two_approvals_at_once_erase_once(planned, office, noon, cart):
    approve(planned, office, noon)
    with pytest.raises(TransitionRefused):
        approve(Case.objects.get(), office, noon)

    case = go_on(planned, noon)

    assert case.state == State.CLOSED
    assert erased(cart) == 1


def test_the_page_before_asks_the_stores_for_a_moment_only(stores, alice, cart, loyalty, monkeypatch):
    from tasks.cases import glance

    monkeypatch.setattr(glance, "SECONDS", 0.3)
    cart.do("count", lambda ask: threading.Event().wait(1.5))
    loyalty.do("count", raises(ConnectionError("away")))

    plan = queries.plan_for(Subject(User, alice.pk, "default"))

    rows = {row["source"]: row for row in plan["rows"] if "source" in row}
    assert (rows["cart"].get("unknown"), rows["loyalty"].get("unknown")) == (True, True)
    assert (rows["ledger"].get("unknown"), rows["ledger"]["count"]) == (None, 1)
    held = {entry["key"]: entry for entry in queries.held(Subject(User, alice.pk, "default"))}
    assert (held["loyalty"]["unknown"], held["ledger"]["count"]) == (True, 1)


def test_what_a_store_erased_already_cannot_be_taken_back(planned, office, noon):
    approve(planned, office, noon)
    work(planned, "cart", noon, "erase")
    type(registry.sources["loyalty"]).erasure = KEPT
    work(planned, "loyalty", noon, "erase")
    assert planned.state == State.REVIEW

    with pytest.raises(TransitionRefused, match="rows are gone already"):
        operations.withdraw(planned, by=office.alice, at=noon)


def test_a_step_of_another_phase_is_not_tried_again(planned, office, noon, loyalty, cart):
    Step.objects.filter(case=planned, phase="collect", source="cart").update(state=StepState.FAILED)
    approve(planned, office, noon, incomplete_reason="It is asked all the same.")
    loyalty.do("erase", raises(SourceRefused("loyalty: refused.", reason="No.")))
    case = go_on(planned, noon)
    assert case.state == State.FAILED

    with pytest.raises(TransitionRefused):
        operations.retry(step_of(case, "cart"), by=office.dana, at=noon)

    assert Case.objects.get().state == State.FAILED


def test_a_hold_on_its_category_keeps_a_store_and_voids_what_was_approved_before(
    planned, office, noon, alice, loyalty, cart
):
    subject = Subject(User, alice.pk, "default")
    approve(planned, office, noon)
    facts = {"review_on": date(2026, 9, 1), "at": noon, "told": True}
    holds.put(subject, category="loyalty", reason="A claim.", **facts)

    work(planned, "cart", noon, "erase")
    assert planned.state == State.REVIEW
    assert len(cart.records) == 3
    case = go_on(planned, noon)
    row = next(row for row in case.plan["rows"] if row.get("source") == "loyalty")
    assert (row["fate"], row["because"], row["law"]) == ("keep", "It is needed for legal claims.", "Art. 17(3)(e) GDPR")

    approve(case, office, noon + MINUTE)
    case = go_on(case, noon + MINUTE)
    assert case.state == State.CLOSED, list(case.steps.values())
    assert (cart.records, len(loyalty.records)) == ([], 2)
    assert {each["key"]: each["state"] for each in case.outcome["sources"]}["loyalty"] == "kept"
