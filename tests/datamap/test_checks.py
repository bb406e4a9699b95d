"""The checks that fail a build when somebody forgets the data map."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tasks.datamap import Anonymise, Delete, ModelPrivacy, Null, registry
from tasks.datamap.checks import check_data_map, way
from tasks.datamap.relations import on_delete
from tasks.datamap.ties import reach
from tests.hosts.zoo import models as zoo


@pytest.fixture
def described(settings, monkeypatch) -> Iterator[None]:
    """A host whose subjects are people of the zoo, with every model described as it should be."""
    settings.DOSSIER = {**settings.DOSSIER, "subject_model": "zoo.Person"}
    monkeypatch.setattr(registry, "_declared", {})
    with ExitStack() as stack:
        for model in reach(zoo.Person).models:
            if not model._meta.auto_created:
                stack.enter_context(registry.overridden({model: complete(model)}))
        yield


def complete(model: type, **attributes: object) -> type[ModelPrivacy]:
    names = tuple(field.name for field in model._meta.local_concrete_fields if not field.primary_key)
    follow = {key.name: False for key in model._meta.fields if key.is_relation and on_delete(key) != "CASCADE"}
    said = {"fields": names, "follow": follow, "erasure": Delete(), **attributes}
    return type(f"{model.__name__}Privacy", (ModelPrivacy,), said)


def found() -> list[tuple[str, str]]:
    return [(message.id, message.msg) for message in check_data_map()]


def test_a_host_without_a_data_map_gets_one_warning_and_no_wall(monkeypatch):
    monkeypatch.setattr(registry, "_declared", {})

    (message,) = check_data_map()

    assert (message.id, message.is_serious()) == ("dossier.W001", False)
    assert "privacy.py" in message.msg


def test_a_complete_map_is_silent(described):
    assert found() == []


def test_a_model_that_leads_to_people_and_is_not_described_is_an_error(described):
    with registry.overridden({zoo.Toy: None}):
        (message,) = check_data_map()

    assert message.id == "dossier.E001"
    assert message.msg == (
        "zoo.Toy leads to zoo.Person through 'pet' by way of zoo.Pet, and no privacy.py says what it is."
    )
    assert "tests/hosts/zoo/privacy.py" in message.hint
    assert message.obj is zoo.Toy


def test_an_exempt_model_needs_no_description(described, monkeypatch):
    monkeypatch.setattr(registry, "_exempt", {zoo.Toy: "Toys are nobody's."})
    with registry.overridden({zoo.Toy: None}):
        assert found() == []


def test_an_automatic_table_needs_no_description(described):
    assert zoo.Club.members.through in reach(zoo.Person).models
    assert not registry.is_declared(zoo.Club.members.through)
    assert found() == []


def test_a_field_in_no_list_is_an_error(described):
    with registry.overridden({zoo.Person: complete(zoo.Person, fields=("name",))}):
        (message,) = check_data_map()

    assert message.id == "dossier.E002"
    assert "zoo.Person: 'email', 'code' are in none of" in message.msg
    assert "PersonPrivacy" in message.hint


def test_keys_that_only_tie_need_no_place_in_a_list(described):
    with (
        registry.overridden({zoo.Pet: complete(zoo.Pet, fields=())}),
        registry.overridden({zoo.Note: complete(zoo.Note, fields=())}),
        registry.overridden({zoo.Dog: complete(zoo.Dog, fields=())}),
        registry.overridden({zoo.Visit: complete(zoo.Visit, fields=())}),
    ):
        assert found() == []


@pytest.mark.parametrize("key", ["protect", "restrict"])
def test_a_key_that_forbids_asks_for_a_declared_erasure(described, key):
    with registry.overridden({zoo.Lock: complete(zoo.Lock, erasure=None)}):
        errors = dict.fromkeys(message.msg for message in check_data_map() if message.id == "dossier.E003")

    assert any(message.startswith(f"zoo.Lock.{key} is {key.upper()}") for message in errors)


def test_do_nothing_and_a_hosts_own_on_delete_ask_too_but_what_is_cleared_does_not(described):
    with registry.overridden({zoo.Trace: complete(zoo.Trace, erasure=None)}):
        messages = [msg for id_, msg in found() if id_ == "dossier.E003"]

    assert {message.split(" ")[0] for message in messages} == {"zoo.Trace.nothing", "zoo.Trace.custom"}


def test_a_cut_cascade_asks_too(described):
    with registry.overridden({zoo.Pet: complete(zoo.Pet, follow={"owner": False}, erasure=None)}):
        assert any(id_ == "dossier.E003" and msg.startswith("zoo.Pet.owner is CASCADE") for id_, msg in found())


def test_a_declared_erasure_settles_it(described):
    nulls = Anonymise({"protect": Null(), "restrict": Null()}, because="counted")
    with registry.overridden({zoo.Lock: complete(zoo.Lock, erasure=nulls)}):
        assert found() == []


def test_a_key_that_is_cleared_asks_whose_the_row_is(described):
    with registry.overridden({zoo.Login: complete(zoo.Login, follow=None)}):
        ((id_, message),) = found()

    assert id_ == "dossier.W002"
    assert message == "zoo.Login.person is SET_NULL: is the row the person's own? It sounds as if it were."


def test_the_way_to_a_model_is_told_in_words():
    reached = reach(zoo.Person)

    assert way(zoo.Person, reached) == "holds the people themselves"
    assert way(zoo.Passport, reached) == "leads to zoo.Person through 'person'"


def test_the_demo_companys_map_has_no_error():
    assert [message for message in check_data_map() if message.is_serious()] == []
