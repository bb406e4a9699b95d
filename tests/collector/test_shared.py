"""Rows about two people: who is named is read off the row, its multi-table kin, and what it is one to one with."""

import pytest

from tasks import collector
from tasks.collector import Subject
from tests.hosts.zoo.models import Animal, Badge, Dog, Passport, Person, Pet, Puppy


def shared(subject: Subject, label: str) -> set:
    """The keys of the rows of this model that are marked."""
    found = [batch for batch in collector.collect(subject) if batch.label == label]
    return {batch.key(batch.rows[number]) for batch in found for number in batch.shared}


def test_a_row_that_names_the_person_alone_is_not_marked(alice):
    Pet.objects.create(owner_id=alice.pk, vet_id=alice.pk)

    assert shared(alice, "zoo.Pet") == set()


def test_a_second_key_marks_a_row_wherever_it_stands(alice, bob):
    by_vet = Pet.objects.create(owner_id=alice.pk, vet=bob)
    by_sitter = Pet.objects.create(owner_id=alice.pk, sitter_id=bob.pk)

    assert shared(alice, "zoo.Pet") == {by_vet.pk, by_sitter.pk}


def test_a_childs_row_is_marked_by_its_parents_keys_and_the_other_way(alice, bob):
    mine = Dog.objects.create(keeper_id=alice.pk)
    walked = Dog.objects.create(keeper_id=alice.pk, walker=bob)
    befriended = Dog.objects.create(keeper_id=alice.pk, friend=bob)
    bred = Puppy.objects.create(keeper_id=alice.pk, breeder=bob)

    others = {walked.pk, befriended.pk, bred.pk}
    assert shared(alice, "zoo.Dog") == shared(alice, "zoo.Animal") == others
    assert shared(alice, "zoo.Puppy") == {bred.pk}
    assert mine.pk in collector.closure(alice).owned[Animal]


def test_another_subjects_own_row_is_marked_with_what_it_is_one_to_one_with(alice, bob):
    Person.objects.filter(pk=bob.pk).update(invited_by_id=alice.pk)
    Passport.objects.create(person=bob)
    Passport.objects.create(person_id=alice.pk)

    assert shared(alice, "zoo.Person") == {bob.pk}
    assert shared(alice, "zoo.Passport") == {bob.pk}


def test_a_key_to_another_column_of_a_person_marks_too(alice, bob):
    Person.objects.filter(pk=bob.pk).update(invited_by_id=alice.pk)
    theirs, _ = Badge.objects.create(person=bob), Badge.objects.create(person_id="a")

    assert shared(alice, "zoo.Badge") == {theirs.pk}


@pytest.mark.parametrize(
    ("rule", "kept"), [("mine_only", {"mine", "both"}), ("redact_others", None), ("include", None)]
)
def test_mine_only_leaves_out_what_names_others_alone_and_the_other_rules_mark_it(alice, bob, declare, rule, kept):
    declare(Dog, shared=rule)
    declare(Animal, shared=rule)
    Person.objects.filter(pk=bob.pk).update(invited_by_id=alice.pk)  # Bob's rows are in the closure
    dogs = {
        "mine": Dog.objects.create(keeper_id=alice.pk),
        "both": Dog.objects.create(walker_id=alice.pk, keeper=bob),
        "theirs": Dog.objects.create(keeper=bob),
        "walked": Dog.objects.create(walker=bob, friend=bob),
    }
    expected = {dogs[name].pk for name in kept or dogs}

    keys = collector.keys(alice)

    assert set(keys["zoo.Dog"]) == set(keys["zoo.Animal"]) == expected
    assert collector.count(alice) == {label: len(them) for label, them in keys.items()}
    lines = b"".join(collector.lines(alice))
    assert lines.count(b'"model":"zoo.Dog"') == lines.count(b'"model":"zoo.Animal"') == len(expected)
    others = {dogs[name].pk for name in dogs if name != "mine"} & expected
    assert shared(alice, "zoo.Dog") == shared(alice, "zoo.Animal") == others
