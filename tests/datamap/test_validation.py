"""A declaration that says something impossible stops the start, with a message that says what and where."""

from datetime import timedelta

import pytest

from tasks.datamap import (
    Anonymise,
    Blank,
    Category,
    Constant,
    Keep,
    LegalBasis,
    Mask,
    Match,
    ModelPrivacy,
    Null,
    Purpose,
    registry,
    years,
)
from tasks.errors import DeclarationError
from tests.hosts.zoo.models import Hit, Note, Person, Pet, Subscription, Trace


def declare(model, **attributes):
    with registry.overridden({model: type("SomePrivacy", (ModelPrivacy,), attributes)}):
        return registry.get(model)


@pytest.mark.parametrize(
    ("model", "attributes", "says"),
    [
        (Person, {"fields": ("nmae",)}, "SomePrivacy.fields: wanted a field of zoo.Person, found 'nmae'"),
        (Person, {"fields": "name"}, "wanted a tuple of field names, found 'name'"),
        (Person, {"fields": ("name",), "withheld": {"name": "secret"}}, "each field in one place"),
        (Person, {"feilds": ("name",)}, "feilds: wanted 'fields'"),
        (Person, {"display_nmae": lambda self, row: ""}, "display_<field> of zoo.Person"),
        (Person, {"category": 3}, "category: wanted a Category or its key, found 3"),
        (Person, {"legal_basis": "consent"}, "legal_basis: wanted LegalBasis"),
        (Person, {"purposes": Purpose("dpv:X", "x")}, "purposes: wanted a tuple of Purpose"),
        (Person, {"recipients": ("someone",)}, "recipients: wanted a tuple of Recipient"),
        (Person, {"label": "Nr {number}"}, "label: wanted a field of zoo.Person, found 'number'"),
        (Person, {"order_by": "-placed_at"}, "order_by"),
        (Person, {"portable": "name"}, "portable: wanted a tuple"),
        (Person, {"currency": "euro"}, "currency: wanted a field or a code"),
        (Pet, {"follow": {"ownr": True}}, "follow: wanted a foreign key or matched field of zoo.Pet, found 'ownr'"),
        (Pet, {"follow": {"owner": "yes"}}, "wanted True or False for 'owner', found 'yes'"),
        (Pet, {"follow": "owner"}, "wanted True, False or {key: bool}, found 'owner'"),
        (Pet, {"subject": "owner__name"}, "subject: wanted a path of relations to the person"),
        (Pet, {"subject": "order__user"}, "subject: wanted a path of relations to the person"),
        (Subscription, {"match": Match(email="mail")}, "match: wanted a field of zoo.Subscription, found 'mail'"),
        (Subscription, {"match": Match()}, "match: wanted Match"),
        (Subscription, {"match": Match(field="email")}, "values=function"),
        (Subscription, {"match": "email"}, "match: wanted Match"),
        (Hit, {"match": Match(ip="ip", within=timedelta(days=1))}, "wanted at='a date or time field'"),
        (Hit, {"match": Match(ip="ip", within=timedelta(days=1), at="ip")}, "wanted at='a date or time field'"),
        (Person, {"identifiers": {"email": "mail"}}, "identifiers: wanted a path from zoo.Person, found 'mail'"),
        (Person, {"identifiers": {"email": 3}}, "identifiers"),
        (Person, {"shared": "hide"}, "shared: wanted one of"),
        (Person, {"erasure": "delete"}, "erasure: wanted Delete()"),
        (Hit, {"erasure": Keep(for_=years(1), after="at")}, "Keep(because=...)"),
        (Hit, {"erasure": Keep(for_=years(1), because="law")}, "Keep(after='a date or time field')"),
        (Hit, {"erasure": Keep(for_=years(1), after="ip", because="law")}, "a date or time field of zoo.Hit"),
        (Person, {"erasure": Anonymise({"nmae": Blank()})}, "wanted a field of zoo.Person to change, found 'nmae'"),
        (Person, {"erasure": Anonymise({"name": "x"})}, "a field strategy for 'name'"),
        (Person, {"erasure": Anonymise([Blank()])}, "a field strategy with field names"),
        (Person, {"erasure": Anonymise({"name": Null()})}, "'name', which is NOT NULL"),
        (Hit, {"erasure": Anonymise({"at": Blank()})}, "'at', which is NOT NULL"),
        (Person, {"erasure": Anonymise({"id": Null()})}, "other than the primary key"),
        (Person, {"erasure": Anonymise({"code": Blank()})}, "'code', which is unique"),
        (Person, {"erasure": Anonymise({"code": Mask()})}, "'code', which is unique"),
    ],
)
def test_what_cannot_be_is_told_with_place_wanted_and_found(model, attributes, says):
    with pytest.raises(DeclarationError) as caught:
        declare(model, **attributes)

    assert says in str(caught.value)
    assert f"{__name__}.SomePrivacy." in str(caught.value) or "SomePrivacy." in str(caught.value)


def test_a_declaration_may_use_everything_that_there_is():
    policy = declare(
        Pet,
        category=Category("pets", "Pets", order=3),
        legal_basis=LegalBasis.CONTRACT,
        purposes=(Purpose("dpv:X", "to feed them"),),
        label="Pet {id} of {owner.name}",
        fields=("id", "vet"),
        follow={"vet": True},
        subject="owner",
        shared="include",
        erasure=Anonymise({"owner": Null(), "vet": Null()}, because="The pet lives on"),
        display_vet=lambda self, row: "somebody",
        helper=staticmethod(lambda: None),
    )

    assert policy.follows("vet") is True
    assert policy.context.order == 3


def test_a_generic_key_may_be_named_in_follow():
    assert declare(Note, follow={"about": True}).follows("about") is True


def test_a_key_that_may_be_null_can_be_cut_and_text_can_become_a_constant():
    declare(Trace, erasure=Anonymise({"null": Null(), "text": Constant("gone")}, because="counted"))


def test_a_second_declaration_names_its_rival():
    first, second = (type(name, (ModelPrivacy,), {}) for name in ("FirstPrivacy", "SecondPrivacy"))

    with registry.overridden({Pet: first}), pytest.raises(DeclarationError, match=r"by .*FirstPrivacy already"):
        registry.register(Pet)(second)


def test_a_librarys_default_gives_way_to_the_hosts_declaration():
    with registry.overridden({Pet: None}):
        registry.register(Pet, default=True)(type("LibraryPrivacy", (ModelPrivacy,), {"title": "library"}))
        assert registry.get(Pet).heading == "library"
        assert not registry.is_own(Pet)

        registry.register(Pet)(type("HostPrivacy", (ModelPrivacy,), {"title": "host"}))

        assert registry.get(Pet).heading == "host"
    assert not registry.is_declared(Pet)


@pytest.mark.parametrize("model", ["zoo.Nothing", "nonsense", 3])
def test_what_is_no_model_cannot_be_registered(model):
    with pytest.raises(DeclarationError, match="wanted"):
        registry.register(model)(ModelPrivacy)
