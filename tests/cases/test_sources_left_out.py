# ruff: noqa: F811 - fixtures are asked for by name
"""An erasure that goes on without a source: said in the certificate, and made good later."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from tasks import audit, conf
from tasks.cases import operations
from tasks.cases.models import Case, Step, StepState
from tasks.cases.states import State
from tasks.errors import NotAllowed, SourceRefused, TransitionRefused
from tests.cases.shelves import approve, cart, erased, facts, ledger, loyalty, planned, stores  # noqa: F401 - fixtures
from tests.cases.stores import raises
from tests.cases.test_sources import DAY, go_on, step_of


@pytest.fixture
def left_out(planned, office, noon, loyalty):
    """Alice's erasure, closed without the loyalty service, which was left out."""
    loyalty.do("erase", raises(SourceRefused("loyalty: refused.", reason="We are migrating.")))
    approve(planned, office, noon)
    case = go_on(planned, noon)
    assert case.state == State.FAILED
    operations.leave_out(step_of(case, "loyalty", "erase"), by=office.axel, at=noon, reason="They migrate until May.")
    return go_on(case, noon)


def test_an_approver_goes_on_without_a_store_and_the_certificate_says_so(left_out, alice, mailbox):
    from tasks.cases import letters

    assert left_out.state == State.CLOSED, list(left_out.steps.values())
    assert not User.objects.filter(pk=alice.pk).exists()
    told = {each["key"]: each for each in left_out.outcome["sources"]}["loyalty"]
    assert (told["state"], told["reason"], told["erased"]) == ("unconfirmed", "They migrate until May.", 0)
    assert "case.left_out" in [entry.event for entry in audit.of(left_out.pk)]
    letters.post(left_out.letters.get(template="certificate").pk, at=left_out.closed_at + DAY)
    said = mailbox.to("alice@example.com")[-1].get_body(("plain",)).get_content()
    assert "Loyalty" in said


def test_neither_a_handler_nor_the_person_leaves_a_store_out(planned, office, noon, loyalty, alice):
    loyalty.do("erase", raises(SourceRefused("loyalty: refused.", reason="We are migrating.")))
    approve(planned, office, noon)
    case = go_on(planned, noon)
    step = step_of(case, "loyalty", "erase")

    for by in (office.dana, office.alice, office.mallory):
        with pytest.raises(NotAllowed):
            operations.leave_out(step, by=by, at=noon, reason="It is slow.")
    with pytest.raises(TransitionRefused):
        operations.leave_out(step_of(case, "cart", "erase"), by=office.axel, at=noon, reason="It is done.")
    assert User.objects.filter(pk=alice.pk).exists()


def test_it_is_erased_there_later_although_the_account_is_gone(left_out, office, noon, loyalty):
    step, before = step_of(left_out, "loyalty", "erase"), left_out.outcome["hash"]
    assert operations.may_erase_there(step)
    assert "alice" not in Step.objects.extra(select={"raw": "known"}).values_list("raw", flat=True).get(pk=step.pk)
    loyalty.do("erase", lambda ask: None)

    operations.erase_there(step, by=office.dana, at=noon + DAY)
    assert operations.work(step.pk, at=noon + DAY)

    assert loyalty.whom[-1]["email"] == ["alice@example.com"]
    assert loyalty.records == []
    case = Case.objects.get()
    told = {each["key"]: each for each in case.outcome["sources"]}["loyalty"]
    assert (case.state, told["state"], told["erased"]) == (State.CLOSED, "erased", 2)
    assert case.outcome["replaces"] == before != case.outcome["hash"]
    step = step_of(case, "loyalty", "erase")
    assert (step.state, step.known, step.known_until) == (StepState.DONE, "", None)
    assert audit.verify()


def test_once_more_without_success_it_stays_unconfirmed(left_out, office, noon, loyalty):
    step, before = step_of(left_out, "loyalty", "erase"), left_out.outcome

    operations.erase_there(step, by=office.dana, at=noon + DAY)
    operations.work(step.pk, at=noon + DAY)

    case = Case.objects.get()
    assert (case.state, case.outcome) == (State.CLOSED, before)
    step = step_of(case, "loyalty", "erase")
    assert (step.state, step.left_out) == (StepState.LEFT, "They migrate until May.")
    assert operations.may_erase_there(step)


def test_what_is_kept_of_the_person_for_that_has_an_end(left_out, office, noon):
    step = step_of(left_out, "loyalty", "erase")

    assert operations.forget_known(at=noon + timedelta(days=conf.unconfirmed_days - 1)) == 0
    assert operations.forget_known(at=noon + timedelta(days=conf.unconfirmed_days + 1)) == 1

    step.refresh_from_db()
    assert step.known == ""
    assert not operations.may_erase_there(step)
    with pytest.raises(TransitionRefused):
        operations.erase_there(step, by=office.dana, at=noon + 100 * DAY)


def test_nothing_of_a_step_tells_who_it_is(left_out):
    rows = json.dumps(list(left_out.steps.values("error", "detail", "result", "title")), default=str)

    assert "alice" not in rows.casefold()
