"""Erasure against a slow and plain reference, on drawn zoos with every relation kind, key type and ``on_delete``."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import SET_DEFAULT, SET_NULL, Model
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import erasure
from tasks.collector import Subject
from tasks.datamap import Anonymise, Delete, Keep, ModelPrivacy, registry
from tasks.erasure import weave
from tasks.erasure.apply import Pace
from tasks.errors import PlanRefused
from tests.budget import examples
from tests.hosts import drawn
from tests.hosts.slow import Row, Slow
from tests.hosts.zoo import models as zoo

pytestmark = pytest.mark.django_db
ALICE: Row = ("zoo.Person", 1)
State = dict[Row, dict[str, Any]]


@contextmanager
def stored(rows: list[Model]) -> Iterator[Subject]:
    """The rows, for as long as the block lasts; keys that lead nowhere are taken out, as a database would."""
    with transaction.atomic():
        drawn.store(rows)
        yield Subject.find(zoo.Person, 1)
        transaction.set_rollback(True)


def erase(subject: Subject, at: Any) -> erasure.DeleteStats:
    return erasure.apply(subject, erasure.plan(subject, at=at), run_id=uuid.uuid4(), at=at)


def state() -> State:
    """Every row of the zoo."""
    return {row: values for row, (model, values) in Slow().rows.items() if model._meta.app_label == "zoo"}


def goes(slow: Slow) -> set[Row]:
    """What is owned, and with it every row with a generic key to it, and what hangs on that."""
    found = slow.owned(ALICE)
    while True:
        hanging = {row for row in slow.rows if row not in found and any(slow.names(row, found, owning=True))}
        tied = {
            row
            for row, (model, values) in slow.rows.items()
            if row not in found
            and any(slow.generic(model, key, values, owning=False) in found for key in generic_keys(model))
        }
        if not hanging | tied:
            return found
        found |= hanging | tied


def reference(slow: Slow) -> State:
    """What must be there afterwards under ``SENSIBLE``, by looking at every key of every row."""
    gone = goes(slow)
    left: State = {}
    for row, (model, values) in slow.rows.items():
        if row in gone or model._meta.app_label != "zoo":
            continue
        left[row] = dict(values)
        for key in model._meta.local_fields:
            if (key.many_to_one or key.one_to_one) and key.column and leads_to(slow, key, values, gone):
                left[row][key.attname] = None
    return left


def leads_to(slow: Slow, key: Any, values: dict[str, Any], rows: set[Row]) -> bool:
    target = key.remote_field.model._meta.concrete_model._meta.label
    return any(slow.rows[row][1][key.target_field.attname] == values[key.attname] for row in rows if row[0] == target)


def forbids(slow: Slow) -> bool:
    """Whether, without any declaration, a row that is not owned cannot be left as it is."""
    owned = slow.owned(ALICE)
    for row, (model, values) in slow.rows.items():
        if row in owned or model._meta.app_label != "zoo":
            continue
        if any(slow.generic(model, key, values, owning=False) in owned for key in generic_keys(model)):
            return True
        for key in model._meta.local_fields:
            kind = getattr(key.remote_field, "on_delete", None)
            clears = kind in (None, SET_NULL, SET_DEFAULT) or getattr(kind, "__name__", "") == "set_on_delete"
            if not clears and key.column and leads_to(slow, key, values, owned):
                return True
    return False


def generic_keys(model: type[Model]) -> list[Any]:
    return [key for key in model._meta.private_fields if hasattr(key, "ct_field")]


def declared(**attributes: Any) -> type[ModelPrivacy]:
    return type("Drawn", (ModelPrivacy,), attributes)


#: Enough to erase anybody of the zoo.
SENSIBLE = {
    zoo.Trace: declared(erasure=Anonymise()),
    zoo.Lock: declared(erasure=Anonymise()),
    zoo.Note: declared(erasure=Delete(), follow=True),
    zoo.Sticker: declared(erasure=Delete(), follow=True),
    zoo.Mark: declared(erasure=Delete(), follow=True),
}


@settings(max_examples=examples(50))
@given(rows=drawn.zoos(), few=st.sampled_from([0, 200]))
def test_the_end_is_that_of_a_plain_walk(rows, few, noon):
    with stored(rows) as alice, registry.overridden(SENSIBLE), pytest.MonkeyPatch.context() as patch:
        patch.setattr(weave, "FEW", few)
        before, expected = state(), reference(Slow())

        stats = erase(alice, noon)

        assert state() == expected
        assert stats.total == len(before) - len(expected)
        connection.check_constraints()


@settings(max_examples=examples(25))
@given(rows=drawn.zoos())
def test_without_declarations_what_forbids_leaves_everything_as_it_was(rows, noon):
    with stored(rows) as alice:
        before = state()

        if forbids(Slow()):
            with pytest.raises(PlanRefused):
                erase(alice, noon)
            assert state() == before
        else:
            erasure.plan(alice, at=noon).check()


SOME = [Delete(), Keep(because="law"), Anonymise()]
DECLARED = (
    zoo.Pet, zoo.Toy, zoo.Badge, zoo.Trace, zoo.Note, zoo.Sticker, zoo.Mark, zoo.Lock, zoo.LockPart, zoo.Left, zoo.Dog,
    zoo.Playing,
)  # fmt: skip


@st.composite
def declarations(draw: Any) -> dict[type[Model], type[ModelPrivacy]]:
    """A privacy.py for some models of the zoo, sensible or not."""
    found = {}
    for model in DECLARED:
        needed = model in SENSIBLE
        fate = draw(st.sampled_from(SOME if needed else [*[None] * 8, *SOME]))
        follow = True if isinstance(fate, Delete) else draw(st.sampled_from([None, True]))
        if fate is not None:
            found[model] = declared(erasure=fate, follow=follow)
    return found


@settings(max_examples=examples(60))
@given(rows=drawn.zoos(), privacy=declarations(), size=st.integers(1, 4))
def test_whatever_is_declared_a_plan_holds_each_row_once_and_the_end_is_as_planned(rows, privacy, size, noon):
    with stored(rows) as alice, registry.overridden(privacy), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pace, "MOST", size)
        patch.setattr(Pace, "LEAST", 1)
        before, plan = state(), erasure.plan(alice, at=noon)
        parts = {
            action: {(step.label, key) for step in plan.steps if step.action == action for key in step.keys}
            for action in ("delete", "update", "keep", "refused")
        }
        assert sum(map(len, parts.values())) == len(set().union(*parts.values())), "each row once"
        closure = {(label, str(key)) for label, keys in plan_closure(alice).items() for key in keys}
        assert closure <= {(label, str(key)) for label, key in set().union(*parts.values())}

        if parts["refused"]:
            with pytest.raises(PlanRefused):
                erase(alice, noon)
            assert state() == before
            return
        stats, after = erase(alice, noon), state()

        connection.check_constraints()
        assert before.keys() - after.keys() == parts["delete"]
        assert after.keys() <= before.keys()
        assert stats.total == len(parts["delete"])
        changed = {row for row in after if after[row] != before[row]}
        assert changed <= parts["update"] | parts["keep"], "nobody else's row changes"
        assert all(new is None for row in changed for new in new_values(before[row], after[row]))


def new_values(old: dict[str, Any], new: dict[str, Any]) -> list[Any]:
    return [new[name] for name in new if new[name] != old[name]]


def plan_closure(subject: Subject) -> dict[str, set[Any]]:
    from tasks import collector

    return {model._meta.label: keys for model, keys in collector.closure(subject).keys().items()}


@settings(max_examples=examples(20))
@given(
    rows=drawn.zoos(),
    privacy=declarations(),
    stop=st.integers(1, 12),
    size=st.integers(1, 3),
    few=st.sampled_from([0, 200]),
)
def test_stopped_anywhere_it_ends_the_same(rows, privacy, stop, size, few, noon):
    def run(stop_after: int | None) -> Any:
        with stored(rows) as alice, registry.overridden(privacy), pytest.MonkeyPatch.context() as patch:
            patch.setattr(Pace, "MOST", size)
            patch.setattr(Pace, "LEAST", 1)
            patch.setattr(weave, "FEW", few)
            plan, run_id, calls = erasure.plan(alice, at=noon), uuid.uuid4(), []

            def progress(done: int, total: int) -> None:
                calls.append(done)
                if len(calls) == stop_after:
                    raise KeyboardInterrupt

            try:
                stats = erasure.apply(alice, plan, run_id=run_id, at=noon, on_progress=progress)
            except PlanRefused:
                return None
            except KeyboardInterrupt:
                stats = erasure.apply(alice, erasure.resume(run_id), run_id=run_id, at=noon)
            return state(), stats

    assert run(stop) == run(None)


@settings(max_examples=examples(10))
@given(rows=drawn.zoos(), privacy=declarations())
def test_the_same_rows_in_another_order_have_the_same_hash(rows, privacy, noon):
    hashes = set()
    for order in (rows, rows[::-1]):
        with stored(order) as alice, registry.overridden(privacy):
            hashes.add(erasure.plan(alice, at=noon).decisions_hash)

    assert len(hashes) == 1
