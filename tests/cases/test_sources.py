"""A copy from several sources: each its own step, its own failure, its own end."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from tasks import audit
from tasks.cases import completeness, operations, preview, queries
from tasks.cases.models import Case, Step, StepState
from tasks.cases.states import State
from tasks.collector import Subject
from tasks.datamap import registry
from tasks.errors import NotAllowed, SourceRefused, SourceUnavailable, SourceWaiting, TransitionRefused
from tests.cases.conftest import run_due
from tests.cases.stores import Shelf, declared, hangs, raises

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def cart():
    return Shelf([{"id": 1, "mug": "blue"}, {"id": 2, "mug": "green"}])


@pytest.fixture
def loyalty():
    return Shelf([{"id": 7, "points": 40}])


@pytest.fixture
def stores(cart, loyalty):
    with registry.with_sources(declared("cart", cart), declared("loyalty", loyalty)):
        yield


@pytest.fixture
def facts(office, noon):
    return {"by": office.alice, "at": noon, "contact": "alice@example.com", "person": "Alice Hartmann"}


@pytest.fixture
def asked(stores, alice, facts):
    """Alice's copy, from the database and two stores, nothing collected yet."""
    return operations.open_access(Subject(User, alice.pk, "default"), **facts)


def step_of(case, source, phase="collect"):
    return case.steps.get(source=source, phase=phase)


def work(case, source, at, phase="collect"):
    done = operations.work(step_of(case, source, phase).pk, at=at)
    case.refresh_from_db()
    return done


def go_on(case, at, *, times=20):
    """Do what is due, step by step; one that fails does not end it. A step that just began does not wait for us."""
    for _ in range(times):
        at += SECOND
        due = Step.objects.filter(case=case, state=StepState.DUE)
        steps = [step for step in due if step.since is None or step.next_try_at <= at]
        if sum(operations.work(step.pk, at=max(at, step.next_try_at)) for step in steps) == 0:
            break
    return Case.objects.get(pk=case.pk)


def test_each_source_is_a_step_and_all_of_them_are_in_the_copy(asked, noon):
    case = run_due(asked, at=noon)

    assert [step.source for step in case.steps.all()] == ["database", "cart", "loyalty"]
    assert case.state == State.REVIEW, list(case.steps.values())
    assert case.snapshot["counts"]["cart"] == 2
    assert case.snapshot["counts"]["loyalty"] == 1
    assert len(case.snapshot["parts"]) == 3
    titles = [chapter.title for chapter in preview.chapters(case)]
    assert {"Cart", "Loyalty"} <= set(titles)
    assert preview.page(case, "loyalty").count == 1
    assert [row.before.key for row in preview.page(case, "cart").rows] == ["0", "1"]


def test_the_order_in_which_they_finish_changes_nothing(asked, noon, alice, office, facts):
    for source in ("loyalty", "database", "cart"):
        work(asked, source, noon + SECOND)
    one = asked.snapshot_hash

    operations.withdraw(asked, by=office.alice, at=noon)
    again = run_due(operations.open_access(Subject(User, alice.pk, "default"), **facts), at=noon)

    assert again.snapshot_hash == one


def test_a_source_that_finishes_while_another_does_is_not_lost(asked, noon, cart):
    def meanwhile(ask):
        assert operations.work(step_of(asked, "loyalty").pk, at=noon + SECOND)

    cart.do("collect", meanwhile)

    work(asked, "database", noon)
    work(asked, "cart", noon)

    assert asked.state == State.REVIEW
    assert len(asked.snapshot["parts"]) == 3


def test_somebody_who_is_not_asked_learns_of_no_request(stores, alice, facts, cart, loyalty, noon):
    case = operations.open_access(Subject(User, alice.pk, "default"), categories=["loyalty"], **facts)

    case = run_due(case, at=noon)

    assert case.snapshot["counts"] == {"loyalty": 1}
    assert cart.asks == []


def test_it_is_the_same_question_at_every_try_and_speaks_the_persons_language(stores, alice, facts, cart, noon):
    case = operations.open_access(Subject(User, alice.pk, "default"), language="de", **facts)
    cart.do("collect", raises(SourceUnavailable("cart: away.")), lambda ask: None)

    work(case, "cart", noon)
    work(case, "cart", noon + MINUTE)

    one, two = [ask for hook, ask in cart.asks if hook == "collect"]
    assert one.id == two.id
    assert (one.language, two.at - one.at > 50 * SECOND) == ("de", True)
    assert step_of(case, "cart").state == StepState.DONE


def test_one_that_prepares_its_answer_is_asked_again_with_its_memo(asked, noon, loyalty):
    ticket = {"url": "https://loyalty.example/4711"}
    loyalty.do("collect", raises(SourceWaiting("loyalty: soon.", seconds=900, memo=ticket)), lambda ask: None)

    work(asked, "loyalty", noon)

    step = step_of(asked, "loyalty")
    assert (step.state, step.attempts, step.error, step.since) == (StepState.DUE, 0, "", noon)
    assert timedelta(seconds=900) <= step.next_try_at - noon < timedelta(seconds=902)
    assert json.loads(step.memo) == ticket
    assert Step.objects.extra(where=["memo LIKE '%%4711%%'"]).count() == 0  # it stands sealed
    assert not work(asked, "loyalty", noon + 2 * MINUTE)
    assert work(asked, "loyalty", noon + 16 * MINUTE)
    assert [ask.memo for hook, ask in loyalty.asks if hook == "collect"] == [{}, ticket]
    step = step_of(asked, "loyalty")
    assert (step.state, step.memo) == (StepState.DONE, "")


def test_a_long_wait_is_one_entry_of_the_audit_and_ends_with_the_sources_patience(asked, noon, loyalty):
    loyalty.do("collect", raises(SourceWaiting("loyalty: soon.", seconds=3600)))
    at = noon
    while step_of(asked, "loyalty").state == StepState.DUE and at < noon + 9 * DAY:
        work(asked, "loyalty", at)
        at = max(step_of(asked, "loyalty").next_try_at, at + SECOND)

    step = step_of(asked, "loyalty")
    assert step.state == StepState.FAILED
    assert step.error == "loyalty: no answer within its time."
    assert timedelta(days=3) <= at - noon < timedelta(days=3, hours=2)
    assert [entry.event for entry in audit.of(asked.pk)].count("case.step.waits") == 1


def test_a_memo_that_is_no_json_is_the_sources_fault(asked, noon, loyalty):
    loyalty.do("collect", raises(SourceWaiting("loyalty: soon.", seconds=1, memo={"at": object()})))

    work(asked, "loyalty", noon)

    step = step_of(asked, "loyalty")
    assert (step.state, step.attempts) == (StepState.DUE, 1)
    assert "memo" in step.error


def test_a_refusal_is_final_and_the_office_reads_its_reason(asked, noon, office, loyalty):
    loyalty.do("collect", raises(SourceRefused("loyalty: refused.", reason="Alice Hartmann is in a dispute with us.")))

    case = go_on(asked, noon)

    step = step_of(case, "loyalty")
    assert (step.state, step.attempts, step.error) == (StepState.FAILED, 1, "loyalty: refused.")
    assert Step.objects.extra(where=["refusal LIKE '%%Hartmann%%'"]).count() == 0
    assert case.state == State.REVIEW
    (lack,) = completeness.lacks(case)
    assert (lack.where, lack.why) == ("Loyalty", "Alice Hartmann is in a dispute with us.")
    with pytest.raises(TransitionRefused):
        operations.approve(case, by=office.axel, at=noon, seen_hash=case.content_hash)
    case = operations.approve(case, by=office.axel, at=noon, seen_hash=case.content_hash, incomplete_reason="Dispute.")
    assert case.state == State.APPROVED


def test_one_that_stays_away_fails_and_never_counts_as_searched(asked, noon, loyalty):
    loyalty.do("count", raises(ConnectionError("redis://alice:secret@host")))

    at, case = noon, asked
    for _ in range(8):
        case, at = go_on(case, at), at + 20 * MINUTE

    step = step_of(case, "loyalty")
    assert (step.state, step.error, step.since) == (StepState.FAILED, "loyalty: ConnectionError.", noon + SECOND)
    assert case.state == State.REVIEW
    assert "loyalty" not in case.snapshot["counts"]
    assert completeness.is_incomplete(case)


def test_back_again_it_is_tried_with_a_new_question_and_its_part_joins(asked, noon, office, loyalty):
    loyalty.do("collect", raises(SourceRefused("loyalty: refused.", reason="Not now.")), lambda ask: None)
    case = go_on(asked, noon)
    before = case.content_hash

    operations.retry(step_of(case, "loyalty"), by=office.dana, at=noon + MINUTE)
    case = go_on(case, noon + MINUTE)

    one, two = [ask for hook, ask in loyalty.asks if hook == "collect"]
    assert one.id != two.id
    assert case.snapshot["counts"]["loyalty"] == 1
    assert case.content_hash != before  # an approval of what was there before counts no longer
    assert not completeness.is_incomplete(case)
    assert step_of(case, "loyalty").refusal == ""


def test_one_that_hangs_is_given_up_and_tried_again(asked, noon, cart):
    registry.sources["cart"].__class__.time_limit = 0.3
    cart.do("collect", hangs, lambda ask: None)

    assert not work(asked, "cart", noon)

    step = step_of(asked, "cart")
    assert (step.state, step.error) == (StepState.DUE, "cart: given up after 0.3 seconds.")
    assert work(asked, "cart", noon + MINUTE)


def test_a_hook_that_swallows_everything_is_given_up_too(asked, noon, cart):
    registry.sources["cart"].__class__.time_limit = 0.3

    def stubborn(ask):
        while True:
            with suppress(Exception):  # as a careless plug-in does
                hangs(ask)

    cart.do("collect", stubborn)

    assert not work(asked, "cart", noon)
    assert step_of(asked, "cart").error == "cart: given up after 0.3 seconds."


def test_nobody_needs_to_wait_for_one_that_lets_wait(asked, noon, office, loyalty):
    loyalty.do("collect", raises(SourceWaiting("loyalty: soon.", seconds=3600)))
    case = go_on(asked, noon)
    assert case.state == State.COLLECTING
    step = step_of(case, "loyalty")
    assert not operations.may_leave_out(step, by=office.dana)

    with pytest.raises(NotAllowed):
        operations.leave_out(step, by=office.dana, at=noon, reason="It takes days.")
    with pytest.raises(ValueError, match="reason"):
        operations.leave_out(step, by=office.axel, at=noon, reason=" ")
    operations.leave_out(step, by=office.axel, at=noon, reason="It takes days.")

    case = Case.objects.get()
    assert case.state == State.REVIEW
    (lack,) = completeness.lacks(case)
    assert (lack.where, lack.why) == ("Loyalty", "It takes days.")
    assert not operations.work(step.pk, at=noon + DAY)
    assert "case.left_out" in [entry.event for entry in audit.of(case.pk)]


def test_the_database_is_never_left_out(asked, noon, office):
    Step.objects.filter(case=asked, source="database").update(state=StepState.FAILED)

    with pytest.raises(TransitionRefused):
        operations.leave_out(step_of(asked, "database"), by=office.axel, at=noon, reason="It is slow.")


def test_withdrawn_while_a_source_answers_nothing_of_it_stays(asked, noon, office, cart):
    cart.do("collect", lambda ask: operations.withdraw(Case.objects.get(), by=office.alice, at=noon))

    assert not work(asked, "cart", noon)

    assert asked.state == State.WITHDRAWN
    assert step_of(asked, "cart").result == {}
    assert not any(step.memo or step.known for step in asked.steps.all())


def test_the_progress_tells_each_source(asked, noon, loyalty):
    loyalty.do("collect", raises(SourceUnavailable("loyalty: away.")))
    work(asked, "database", noon)
    work(asked, "loyalty", noon)

    far = queries.progress(asked, at=noon)

    steps = {step["source"]: step for step in far["steps"]}
    assert steps["database"]["state"] == StepState.DONE
    assert steps["loyalty"]["since"] == noon
    assert [late["title"] for late in far["late"]] == ["Loyalty"]


def test_a_source_that_left_the_map_fails_with_what_to_do(asked, noon):
    with registry.with_sources():
        work(asked, "cart", noon)

    assert "Declare it again" in step_of(asked, "cart").error
