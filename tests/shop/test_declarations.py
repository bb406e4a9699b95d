"""The demo's privacy.py files: complete, and an example to copy."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import checks
from django.db.models import Model

from tasks import collector, datamap

SHOP = ("customers", "orders", "support", "community", "news")
INSTALLED = {*SHOP, "auth", "account", "mfa", "usersessions"}  # the tests install host apps of their own
STRUCTURE = {"content_type", "object_id"}


def closure_of(name: str) -> list[type[Model]]:
    subject = collector.Subject.find(None, User.objects.get(username=name).pk)
    return [apps.get_model(label) for label in collector.keys(subject)]


def declarations() -> list[datamap.ModelPrivacy]:
    return [policy for policy in datamap.registry if policy.model._meta.app_label in {*SHOP, "auth"}]


def test_the_checks_of_the_data_map_find_nothing():
    found = [said for said in checks.run_checks(tags=["privacy"]) if said.obj._meta.app_label in INSTALLED]

    assert found == []


@pytest.mark.parametrize("name", ["alice", "bob", "dana"])
def test_every_model_of_a_closure_is_described(shop, name):
    guessed = [model._meta.label for model in closure_of(name) if not datamap.registry.get(model).described]

    assert guessed == []


@pytest.mark.parametrize("policy", declarations(), ids=lambda policy: policy.model._meta.label)
def test_every_field_is_in_one_place(policy):
    listed = [*policy.fields, *policy.withheld, *policy.third_party]
    own = {field.name for field in policy.model._meta.local_concrete_fields if not field.primary_key}
    keys = {field.name for field in policy.model._meta.local_concrete_fields if field.is_relation}

    assert own - set(listed) <= keys | STRUCTURE
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("policy", declarations(), ids=lambda policy: policy.model._meta.label)
def test_every_declaration_answers_the_questions_of_article_15(policy):
    context = policy.context

    assert context.purposes
    assert all(purpose.term.startswith("dpv:") and str(purpose.text) for purpose in context.purposes)
    assert context.legal_basis is not None
    assert context.retention is not None
    assert context.recipients
    assert str(context.origin)
    assert str(context.description)


@pytest.mark.parametrize("policy", declarations(), ids=lambda policy: policy.model._meta.label)
def test_every_declaration_says_what_an_erasure_does_and_why(policy):
    assert policy.erasure is not None
    if not isinstance(policy.erasure, datamap.Delete):
        assert str(policy.erasure.because)


@pytest.mark.parametrize("policy", declarations(), ids=lambda policy: policy.model._meta.label)
def test_what_an_erasure_changes_are_fields_that_take_it(policy):
    changes = {} if isinstance(policy.erasure, datamap.Delete) else policy.erasure.changes

    for name, strategy in changes.items():
        field = policy.model._meta.get_field(name)
        assert field.null or strategy.value(field, "x") is not None


def test_a_category_is_the_same_wherever_it_is_used():
    contexts: dict[str, set[tuple[str, int]]] = {}
    for policy in datamap.registry:
        contexts.setdefault(policy.context.key, set()).add((str(policy.context.title), policy.context.order))

    assert {key: len(them) for key, them in contexts.items() if len(them) > 1} == {}


def test_the_address_that_is_not_proved_identifies_nobody(shop):
    alice = User.objects.get(username="alice")
    alice.emailaddress_set.create(email="mallory@example.com", verified=False, primary=False)

    known = collector.Subject.find(None, alice.pk).identifiers()["email"]

    assert set(known) == {"alice@example.com", "alice.okafor@example.org"}
