"""What declarations change: follow, subject, match, shared, exempt."""

from datetime import timedelta

import pytest

from tasks import collector
from tasks.datamap import Match, registry
from tests.hosts.zoo.models import (
    Club,
    Hit,
    Lock,
    LockPart,
    Login,
    Person,
    Pet,
    Playing,
    Subscription,
    Team,
    Toy,
    Visit,
)


def labels(found: dict) -> set[str]:
    return {model._meta.model_name for model in found}


def test_what_only_names_a_person_is_not_followed(alice):
    lock = Lock.objects.create(protect_id=alice.pk)
    LockPart.objects.create(lock=lock)

    closure = collector.closure(alice)

    assert labels(closure.named) == {"lock"}
    assert labels(closure.owned) == {"person"}


def test_follow_makes_a_row_the_persons_own_with_all_that_hangs_on_it(alice, declare):
    lock = Lock.objects.create(protect_id=alice.pk)
    LockPart.objects.create(lock=lock)
    declare(Lock, follow={"protect": True})

    closure = collector.closure(alice)

    assert labels(closure.owned) == {"person", "lock", "lockpart"}
    assert labels(closure.followed) == {"lock", "lockpart"}
    assert closure.named == {}
    assert [(tie.name, keys) for tie, keys in closure.ties.items()] == [("protect", {lock.pk})]


def test_follow_speaks_for_the_named_key_only(alice, declare):
    Lock.objects.create(restrict_id=alice.pk)
    declare(Lock, follow={"protect": True})

    assert labels(collector.closure(alice).named) == {"lock"}


def test_follow_false_cuts_what_would_be_owned(alice, declare):
    pet = Pet.objects.create(owner_id=alice.pk)
    Toy.objects.create(name="ball", pet=pet)
    declare(Pet, follow={"owner": False})

    closure = collector.closure(alice)

    assert labels(closure.owned) == {"person"}
    assert closure.named == {Pet: {pet.pk}}


def test_a_row_that_another_key_owns_is_owned_although_one_key_is_cut(alice, declare):
    pet = Pet.objects.create(owner_id=alice.pk, sitter_id=alice.pk)
    declare(Pet, follow={"sitter": False})

    assert collector.closure(alice).owned[Pet] == {pet.pk}


def test_a_stated_path_reaches_rows_that_no_key_ties(alice, bob, declare):
    mine, other = Team.objects.create(), Team.objects.create()
    Playing.objects.create(team=mine, player_id=alice.pk)
    Playing.objects.create(team=other, player=bob)
    declare(Team, subject="players")

    closure = collector.closure(alice)

    assert closure.owned[Team] == closure.followed[Team] == {mine.pk}


def test_with_a_stated_path_other_keys_only_name(alice, bob, declare):
    """A message belongs to the conversation's customer, not to whoever answered it."""
    pet = Pet.objects.create(owner=bob)
    visit = Visit.objects.create(pet=pet, number=1)
    declare(Pet, subject="owner")
    pet_of_alice = Pet.objects.create(owner_id=alice.pk, sitter=bob)

    of_bob = collector.closure(collector.Subject(Person, bob.pk, "default"))

    assert of_bob.owned[Pet] == {pet.pk}
    assert of_bob.owned[Visit] == {visit.pk}
    assert of_bob.named[Pet] == {pet_of_alice.pk}


def test_an_email_address_matches_without_case(alice, bob, declare):
    declare(Subscription, match=Match(email="email"))
    mine = [Subscription.objects.create(email=text).pk for text in ("alice@EXAMPLE.com", "Alice@example.com")]
    for text in ("alice@example.com.au", "malice@example.com", "alice_example.com", "bob@example.com", ""):
        Subscription.objects.create(email=text)

    closure = collector.closure(alice)

    assert closure.named[Subscription] == set(mine)


def test_a_person_without_an_address_matches_nobody(db, declare):
    declare(Subscription, match=Match(email="email"))
    Subscription.objects.create(email="")
    nameless = Person.objects.create(code="n", email="")

    closure = collector.closure(collector.Subject(Person, nameless.pk, "default"))

    assert closure.keys() == {Person: {nameless.pk}}


def test_a_match_can_be_followed(alice, declare):
    declare(Subscription, match=Match(email="email"), follow=True)
    mine = Subscription.objects.create(email="alice@example.com")

    assert collector.closure(alice).followed == {Subscription: {mine.pk}}


def test_an_ip_address_matches_only_near_the_time_at_which_the_person_used_it(alice, bob, declare, noon):
    declare(Person, identifiers={"ip": ("logins__ip", "logins__at")})
    declare(Hit, match=Match(ip="ip", within=timedelta(hours=1), at="at"))
    Login.objects.create(person_id=alice.pk, ip="2001:db8::1", at=noon)
    Login.objects.create(person=bob, ip="2001:db8::2", at=noon)
    near = Hit.objects.create(ip="2001:0db8:0::1", at=noon + timedelta(minutes=59))
    Hit.objects.create(ip="2001:db8::1", at=noon + timedelta(minutes=61))
    Hit.objects.create(ip="2001:db8::2", at=noon)

    assert collector.closure(alice).named[Hit] == {near.pk}


def test_an_ip_address_of_an_unknown_time_matches_nothing_within_a_time(alice, declare, noon):
    declare(Person, identifiers={"ip": lambda person: ["192.0.2.7"]})
    declare(Hit, match=Match(ip="ip", within=timedelta(hours=1), at="at"))
    Hit.objects.create(ip="192.0.2.7", at=noon)

    assert Hit not in collector.closure(alice).named


def test_thousands_of_moments_are_asked_for_in_pieces(alice, declare, noon):
    moments = [noon - timedelta(days=day) for day in range(2_500)]
    declare(Person, identifiers={"ip": lambda person: [("192.0.2.7", moment) for moment in moments]})
    declare(Hit, match=Match(ip="ip", within=timedelta(hours=1), at="at"))
    hits = [Hit.objects.create(ip="192.0.2.7", at=moment).pk for moment in (moments[0], moments[-1])]

    assert collector.closure(alice).named[Hit] == set(hits)


def test_any_function_can_say_which_values_are_the_persons(alice, declare):
    declare(Subscription, match=Match(field="email", values=lambda person: [f"{person.code}@old.example", None]))
    mine = Subscription.objects.create(email="a@old.example")
    Subscription.objects.create(email="alice@example.com")

    assert collector.closure(alice).named[Subscription] == {mine.pk}


def test_mine_only_leaves_out_rows_that_lead_to_others_alone(alice, bob, declare):
    mine = Pet.objects.create(owner_id=alice.pk, vet=bob)
    theirs = Pet.objects.create(owner=bob)
    declare(Toy, shared="mine_only")
    declare(Playing, shared="mine_only", subject="team__players")
    team = Team.objects.create()
    playing = [Playing.objects.create(team=team, player_id=person) for person in (alice.pk, bob.pk)]

    keys = collector.keys(alice)

    assert keys["zoo.Playing"] == [playing[0].pk]
    assert keys["zoo.Pet"] == [str(mine.pk)]
    assert str(theirs.pk) not in keys["zoo.Pet"]
    assert collector.closure(alice).owned[Playing] == {row.pk for row in playing}  # an erasure has to know of both


def test_rows_that_name_another_subject_as_well_are_marked(alice, bob):
    Pet.objects.create(id="00000000-0000-0000-0000-000000000001", owner_id=alice.pk)
    Pet.objects.create(id="00000000-0000-0000-0000-000000000002", owner_id=alice.pk, vet=bob)

    (pets,) = [batch for batch in collector.collect(alice) if batch.label == "zoo.Pet"]

    assert pets.shared == {1}


def test_an_exempt_model_is_not_exported_but_an_erasure_knows_it(alice, monkeypatch):
    club = Club.objects.create()
    club.members.add(alice.pk)
    through = Club.members.through
    monkeypatch.setattr(registry, "_exempt", {through: "says nothing"})

    assert "zoo.Club_members" not in collector.keys(alice)
    assert through in collector.closure(alice).owned


def test_what_is_known_of_a_person_is_guessed_until_it_is_declared(alice, declare):
    assert alice.identifiers() == {"email": ["Alice@example.com"], "name": ["Alice"]}

    declare(Person, identifiers={"email": lambda person: ["a@old.example", "a@old.example", ""], "phone": "code"})

    assert alice.identifiers() == {"email": ["a@old.example"], "name": ["Alice"], "phone": ["a"]}


@pytest.mark.parametrize("follow", [True, None])
def test_the_graph_is_compiled_anew_when_a_declaration_changes(alice, declare, follow):
    Lock.objects.create(protect_id=alice.pk)
    assert labels(collector.closure(alice).owned) == {"person"}

    declare(Lock, follow=follow)

    assert ("lock" in labels(collector.closure(alice).owned)) is bool(follow)
