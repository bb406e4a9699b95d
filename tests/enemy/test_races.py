"""Two who want different things at the same moment: exactly one gets it, and what was stopped stays stopped."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from tasks import erasure, export
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Step, StepState
from tasks.cases.states import State
from tasks.errors import ApprovalVoid, DossierError, TransitionRefused
from tests import people
from tests.enemy.conftest import approve, asks, work_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def at_once(*calls):
    """Run the calls in threads that start together; their results or errors, in order."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except DossierError as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def her(transactional_db: None) -> User:
    return people.make("alice", last_name="Hartmann")


@pytest.fixture
def him(transactional_db: None) -> User:
    return people.make("axel", last_name="Brandt", groups=("Privacy approvers",))


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def scheduled(her: User, him: User) -> Case:
    """Her deletion, approved, with its step due and not yet done."""
    case = asks(her, "erasure", when="approved")
    return operations.approve(case, by=Actor.of_user(him), at=timezone.now(), seen_hash=case.content_hash)


def test_withdrawing_and_erasing_at_the_same_moment_do_not_both_happen(her, him):
    case = scheduled(her, him)
    step, actor = case.steps.get(phase="erase"), Actor.of_user(her)

    withdrawn, _erased = at_once(
        lambda: operations.withdraw(again(case), by=actor, at=timezone.now()),
        lambda: operations.work(step.pk, at=timezone.now()),
    )
    case = work_off(case)

    is_gone = not User.objects.filter(pk=her.pk).exists()
    assert isinstance(withdrawn, TransitionRefused) == is_gone
    assert case.state == (State.CLOSED if is_gone else State.WITHDRAWN)


def test_this_was_not_me_and_erasing_at_the_same_moment(her, him):
    case = scheduled(her, him)
    step = case.steps.get(phase="erase")

    at_once(
        lambda: operations.freeze(again(case), at=timezone.now()),
        lambda: operations.work(step.pk, at=timezone.now()),
    )

    if again(case).state == State.SCHEDULED:
        assert work_off(case).state == State.SCHEDULED
        assert User.objects.filter(pk=her.pk).exists()


def test_this_was_not_me_stops_an_erasure_on_its_way(her, him, monkeypatch):
    """The mail says that nothing happens any more: so nothing does, also where the worker has begun."""
    case, plain, said = scheduled(her, him), erasure.apply, []

    def say() -> None:
        operations.freeze(again(case), at=timezone.now())
        connections.close_all()

    def apply(*args, on_progress, **named):
        def told(done: int, total: int) -> None:
            if not said:
                said.append(threading.Thread(target=say))
                said[0].start()
                said[0].join()
            on_progress(done, total)

        told(0, 1)
        return plain(*args, on_progress=told, **named)

    monkeypatch.setattr(erasure, "apply", apply)
    operations.work(case.steps.get(phase="erase").pk, at=timezone.now())

    assert User.objects.filter(pk=her.pk).exists()
    assert again(case).is_frozen
    assert Step.objects.get(case=case, phase="erase").state == StepState.DUE
    assert operations.due_steps(at=timezone.now()) == []

    monkeypatch.setattr(erasure, "apply", plain)
    operations.unfreeze(again(case), by=Actor.of_user(him), at=timezone.now())
    assert work_off(case).state == State.CLOSED
    assert not User.objects.filter(pk=her.pk).exists()


def test_a_copy_that_is_frozen_while_it_is_packaged_is_not_ready(her, him, monkeypatch):
    case, plain = asks(her), export.build

    def build(*args, **named):
        operations.freeze(again(case), at=timezone.now())
        return plain(*args, **named)

    monkeypatch.setattr(export, "build", build)
    case = approve(case, him)

    assert (case.state, case.is_frozen) == (State.PACKAGING, True)
    assert not case.letters.filter(template="ready").exists()
    operations.unfreeze(case, by=Actor.of_user(him), at=timezone.now())
    assert again(case).state == State.READY


def test_a_copy_that_is_withdrawn_while_it_is_packaged_leaves_no_file(her, him, monkeypatch, settings):
    case, plain = asks(her), export.build

    def build(*args, **named):
        built = plain(*args, **named)
        operations.withdraw(again(case), by=Actor.of_user(her), at=timezone.now())
        return built

    monkeypatch.setattr(export, "build", build)
    case = approve(case, him)

    assert case.state == State.WITHDRAWN
    assert not case.packages.exists()
    assert [path.name for path in (settings.VAR / "vault").rglob(f"*{case.pk}*/*")] == []


def test_an_approval_of_another_hash_is_void_whoever_sends_it(her, him):
    case = asks(her)

    for wrong in ("", "0" * 64, case.content_hash.upper(), case.content_hash[:-1], case.content_hash + " "):
        with pytest.raises(ApprovalVoid):
            operations.approve(again(case), by=Actor.of_user(him), at=timezone.now(), seen_hash=wrong)
    assert again(case).state == State.REVIEW


def test_approving_and_refusing_at_the_same_moment_is_one_decision_that_counts(her, him):
    case, actor = asks(her, "erasure"), Actor.of_user(him)

    at_once(
        lambda: operations.approve(again(case), by=actor, at=timezone.now(), seen_hash=case.content_hash),
        lambda: operations.reject(again(case), by=actor, at=timezone.now(), ground="12-5-excessive", text="The ninth."),
    )

    assert again(case).state in {State.SCHEDULED, State.REJECTED}
    assert again(case).decisions.count() == 1
    assert User.objects.filter(pk=her.pk).exists()
