"""What is read off the host's models."""

import pytest
from django.db import models

from tasks.datamap.relations import Kind, Relation, incoming, on_delete, path_end, relations
from tests.hosts.zoo import models as zoo


def relation(model: type[models.Model], name: str, target: type[models.Model] | None = None) -> Relation:
    (found,) = [
        r for r in relations() if r.model is model and r.name == name and (target is None or r.target is target)
    ]
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("null", "SET_NULL"),
        ("default", "SET_DEFAULT"),
        ("value", "SET"),
        ("nothing", "DO_NOTHING"),
        ("custom", "CUSTOM"),
    ],
)
def test_each_on_delete_has_its_name(name, expected):
    assert relation(zoo.Trace, name).on_delete == expected


def test_the_database_cascades_of_newer_django_have_their_names(monkeypatch):
    action = object()
    monkeypatch.setattr(models, "DB_CASCADE", action, raising=False)
    key = type("Key", (), {"remote_field": type("Remote", (), {"on_delete": action})()})()

    assert on_delete(key) == "DB_CASCADE"


def test_a_key_to_another_column_says_which():
    badge = relation(zoo.Badge, "person")

    assert (badge.column, badge.to, badge.to_key) == ("person_id", "code", False)


def test_a_key_to_a_proxy_leads_to_its_model():
    assert relation(zoo.Pet, "sitter").target is zoo.Person


def test_inheritance_is_two_relations_level_by_level():
    assert relation(zoo.Puppy, "dog_ptr").kind is Kind.CHILD
    assert relation(zoo.Dog, "puppy.dog_ptr").kind is Kind.PARENT
    assert not [r for r in relations() if r.model is zoo.Animal and r.target is zoo.Puppy]


def test_a_key_over_two_columns_is_a_join():
    assert relation(zoo.VisitNote, "visit").kind is Kind.JOIN


def test_a_generic_key_may_lead_to_any_model_and_cascades_where_it_is_declared():
    declared, other = relation(zoo.Note, "about", zoo.Pet), relation(zoo.Note, "about", zoo.Toy)

    assert (declared.on_delete, declared.cascades) == ("GENERIC_RELATION", True)
    assert (other.on_delete, other.cascades) == ("GENERIC", False)


def test_a_many_to_many_is_two_keys_of_its_table():
    through = zoo.Club.members.through

    assert {(r.name, r.target) for r in relations() if r.model is through and r.kind is Kind.KEY} == {
        ("club", zoo.Club),
        ("person", zoo.Person),
    }


def test_what_leads_to_rows_is_found_from_proxies_too():
    assert incoming(zoo.Member) == incoming(zoo.Person)


def test_a_path_goes_forward_and_back():
    assert path_end(zoo.Toy, "pet__owner") is zoo.Person
    assert path_end(zoo.Team, "players") is zoo.Person
    assert path_end(zoo.Visit, "notes") is zoo.VisitNote
