"""The machine: its table is sound, and no sequence of operations leaves its paths."""

import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tasks import audit
from tasks.cases import operations, transitions
from tasks.cases.guards import GUARDS
from tasks.cases.models import Case, Step
from tasks.cases.operations.base import write
from tasks.cases.states import ERASING, FINAL, OPEN, PATHS, Kind, Role, State, after, path
from tasks.errors import DossierError, NotAllowed, TransitionRefused

ROOT = Path(__file__).parents[2]


def test_every_guard_that_the_table_names_exists_and_is_used():
    assert {name for way in PATHS for name in way.guards} == set(GUARDS)


def test_no_path_stands_twice():
    assert len({(way.source, way.to, kind) for way in PATHS for kind in way.kinds}) == sum(
        len(way.kinds) for way in PATHS
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_every_state_of_a_kind_leads_to_an_end(kind):
    reached, frontier = set(), {State.UNVERIFIED}
    while frontier:
        reached |= frontier
        frontier = {to for state in frontier for to in after(kind, state)} - reached

    for state in reached - FINAL:
        assert after(kind, state), f"{state} is a dead end"
    assert not [state for state in FINAL if after(kind, state)]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_decision_is_the_only_way_to_what_is_approved(kind):
    assert {way.source for way in PATHS if way.to == State.APPROVED} == {State.REVIEW}
    beyond = {State.PACKAGING, State.READY, State.SCHEDULED, State.ERASING, State.VERIFYING}
    sources = {way.source for way in PATHS if way.to in beyond and kind in way.kinds}
    assert sources <= beyond | {State.APPROVED, State.FAILED}


def test_nobody_but_dossier_moves_what_erases():
    for way in PATHS:
        if way.to in ERASING and way.source != State.FAILED:
            assert way.by == {Role.SYSTEM}


def test_only_transitions_write_a_state():
    writers = set()
    for source in (ROOT / "tasks").rglob("*.py"):
        text = source.read_text()
        if re.search(r"Case\.objects[^\n]*\.update\([^)]*\bstate=|\bcase\.state = ", text):
            writers.add(source.name)
    assert writers == {"transitions.py"}


def test_a_state_cannot_be_saved(ask_for_copy):
    case = ask_for_copy()
    case.state = State.READY

    with pytest.raises(TypeError):
        case.save()
    with pytest.raises(TypeError):
        write(case, state=State.READY)


@pytest.mark.parametrize("to", list(State))
def test_no_door_takes_a_case_where_no_path_leads(ask_for_copy, office, noon, to):
    from tasks.cases.actors import SYSTEM

    case = ask_for_copy()

    for who in (office.alice, office.mallory, office.dana, office.axel, SYSTEM):
        if path(case.kind, case.state, to) is None:
            with pytest.raises(TransitionRefused):
                transitions.move(case, to, by=who, at=noon)
    assert Case.objects.get().state == State.RECEIVED


def make_machine(office, open_copy, open_erasure, rooms, noon, *, reached):  # noqa: C901 -- many small rules
    """A machine over one person's two cases, that does anything at any time as anybody."""

    everybody = [office.alice, office.bob, office.dana, office.axel, office.mallory]
    kinds = st.sampled_from(list(Kind))
    rarely = st.sampled_from([True, *[False] * 5])

    def mostly(actor):
        """The one who may, two times out of three; else anybody."""
        return st.sampled_from([actor] * 10 + everybody)

    class Anything(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            Step.objects.all().delete()
            Case.objects.all().delete()
            self.now = noon
            rooms.fail, rooms.decisions, rooms.clean = None, "a" * 64, True

        def case(self, kind):
            return Case.objects.filter(kind=kind).order_by("-received_at", "-pk").first()

        def attempt(self, kind, operation, **given):
            self.now += timedelta(seconds=1)
            if case := self.case(kind):
                with suppress(DossierError, ValueError):
                    operation(case, at=self.now, **given)

        @initialize(kind=kinds, when=st.sampled_from(["grace", "approved"]), depth=st.integers(0, 3))
        def begin_somewhere(self, kind, when, depth):
            """Received, in review, decided, or under way: most of what can go wrong lies behind the review."""
            self.open(kind, "password", when)
            if depth > 0:
                self.tick(1)
            if depth > 1:
                self.approve(kind, office.axel, True)
            if depth > 2:
                self.tick(2)

        @rule(
            kind=kinds, identity=st.sampled_from(["password"] * 4 + [""]), when=st.sampled_from(["grace", "approved"])
        )
        def open(self, kind, identity, when):
            self.now += timedelta(seconds=1)
            if kind == Kind.ACCESS:
                open_copy(identity=identity, at=self.now)
            else:
                open_erasure(identity=identity, when=when, at=self.now)

        @rule(days=st.integers(0, 20))
        def wait(self, days):
            self.now += timedelta(days=days)

        @rule(times=st.integers(1, 3))
        def tick(self, times):
            for _ in range(times):
                self.now += timedelta(seconds=1)
                operations.start_scheduled(at=self.now)
                operations.expire_unverified(at=self.now)
                operations.remind(at=self.now)
                operations.warn(at=self.now)
                for step in operations.due_steps(at=self.now):
                    operations.work(step, at=self.now)

        @rule(kind=kinds)
        def work_on_anything(self, kind):
            self.now += timedelta(seconds=1)
            for step in Step.objects.filter(case__kind=kind):
                operations.work(step.pk, at=self.now)

        @rule(failing=rarely, decisions=st.sampled_from("aaaab"), clean=rarely.map(lambda rare: not rare))
        def change_the_world(self, failing, decisions, clean):
            rooms.fail = DossierError if failing else None
            rooms.decisions, rooms.clean = decisions * 64, clean

        @rule(kind=kinds, by=mostly(office.axel), right=rarely.map(lambda rare: not rare))
        def approve(self, kind, by, right):
            case = self.case(kind)
            self.attempt(kind, operations.approve, by=by, seen_hash=case.content_hash if case and right else "f" * 64)

        @rule(kind=kinds, by=mostly(office.axel), ground=st.sampled_from(["12-2", "", "nonsense"]), really=rarely)
        def reject(self, kind, by, ground, really):
            if not really:
                return
            self.attempt(kind, operations.reject, by=by, ground=ground, text="Because.")

        @rule(kind=kinds, by=mostly(office.alice), really=rarely)
        def withdraw(self, kind, by, really):
            if not really:
                return
            self.attempt(kind, operations.withdraw, by=by)

        @rule(kind=kinds, by=mostly(office.dana))
        def ask(self, kind, by):
            self.attempt(kind, lambda case, **given: operations.ask(case, "Why?", **given), by=by)

        @rule(kind=kinds, by=mostly(office.alice))
        def answer(self, kind, by):
            self.attempt(kind, lambda case, **given: operations.answer(case, "So.", **given), by=by)

        @rule(kind=kinds, by=mostly(office.dana))
        def extend(self, kind, by):
            self.attempt(kind, operations.extend, by=by, reason="Many.")

        @rule(kind=kinds, really=rarely)
        def freeze(self, kind, really):
            if not really:
                return
            self.attempt(kind, operations.freeze)

        @rule(kind=kinds, by=mostly(office.dana))
        def unfreeze(self, kind, by):
            self.attempt(kind, operations.unfreeze, by=by)

        @rule(kind=kinds, by=mostly(office.alice))
        def identify(self, kind, by):
            self.attempt(kind, operations.identify, by=by, method="code")

        @rule(kind=kinds, by=mostly(office.dana))
        def retry(self, kind, by):
            if (case := self.case(kind)) and (step := case.steps.last()):
                with suppress(DossierError):
                    operations.retry(step, by=by, at=self.now)

        @rule(by=mostly(office.alice), really=rarely)
        def close(self, by, really):
            if not really:
                return
            self.attempt(Kind.ACCESS, operations.close, by=by)

        @rule(by=mostly(office.alice), really=rarely)
        def forget_copy(self, by, really):
            if not really:
                return
            self.attempt(Kind.ACCESS, operations.forget_copy, by=by)

        @rule()
        def expire(self):
            self.attempt(Kind.ACCESS, operations.expire)

        @invariant()
        def every_recorded_step_is_a_path(self):
            for case in Case.objects.all():
                state = None
                for entry in audit.of(case.pk).filter(event__in=["case.opened", "case.moved"]):
                    if entry.event == "case.opened":
                        state = entry.data["to"]
                        continue
                    assert entry.data["from"] == state
                    assert path(case.kind, state, entry.data["to"]), f"{case.kind}: {state} to {entry.data['to']}"
                    state = entry.data["to"]
                assert case.state == state
                reached.add((case.kind, State(state)))

        @invariant()
        def one_open_case_of_a_kind(self):
            for kind in Kind:
                assert Case.objects.filter(kind=kind, state__in=sorted(OPEN)).count() <= 1

        @invariant()
        def nothing_is_erased_or_delivered_without_an_approver(self):
            done = {State.READY, State.ERASING, State.VERIFYING, State.PACKAGING, State.SCHEDULED, State.APPROVED}
            for case in Case.objects.filter(state__in=sorted(done)):
                assert case.approved_hash
                assert case.decisions.filter(verdict="approve", binds=case.approved_hash, by=office.axel.key).exists()
            for run in set(rooms.erased):
                case = Case.objects.filter(pk=run).first()
                assert case is None or case.decisions.filter(verdict="approve", by=office.axel.key).exists()

    return Anything


def test_no_sequence_of_operations_leaves_the_paths(office, ask_for_copy, ask_for_erasure, rooms, noon):
    reached = set()
    machine = make_machine(office, ask_for_copy, ask_for_erasure, rooms, noon, reached=reached)

    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(max_examples=30, stateful_step_count=20, deadline=None, derandomize=True),
    )

    # A machine that never gets anywhere proves nothing.
    assert reached >= {("access", State.READY), ("erasure", State.SCHEDULED), ("erasure", State.CLOSED)}
    assert rooms.packages
    assert rooms.erased


def test_the_table_refuses_a_stranger_everywhere(ask_for_copy, office, noon):
    case = ask_for_copy(identity="")

    with pytest.raises(NotAllowed):
        operations.identify(case, by=office.mallory, at=noon, method="code")
    with pytest.raises(NotAllowed):
        operations.withdraw(case, by=office.mallory, at=noon)
