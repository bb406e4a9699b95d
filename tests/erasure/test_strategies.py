"""Field strategies leave nothing that could be turned back, and write nothing that a column would not take."""

import json
import sys
from itertools import count

import pytest

from tasks import datamap, erasure
from tasks.collector import Subject
from tasks.datamap import Anonymise, Call, Constant, Delete, Fake, Hash, Keep, Mask, Null, Reassign, replacing
from tasks.errors import DeclarationError, PlanRefused
from tests.hosts.fates.models import Account, Order, Post, Rating, Receipt
from tests.hosts.zoo.models import Pet

pytestmark = pytest.mark.django_db
nicks = count(1)


def new_nick(old):
    return f"guest-{next(nicks)}"


def a_number(old):
    return 7


def nothing(old):
    return None


def too_long(old):
    return "x" * 31


def raises(old):
    raise ValueError(f"what about {old}?")


def always_the_same(old):
    return "guest"


def anonymous(*changes, **by_name):
    return Anonymise(by_name or list(changes), because="Others rely on it.")


def values(row, *names):
    row.refresh_from_db()
    return tuple(getattr(row, name) for name in names)


def test_a_hash_is_another_one_in_each_erasure_and_the_same_for_equal_values_in_one(declare, noon, run_id, db):
    declare(Account, erasure=anonymous(Hash("name", "email", "nick")))
    alice = Account.objects.create(name="Alice", email="Alice", nick="ali")
    orders = [Order.objects.create(account=alice, number=n) for n in ("A-1", "A-1", "A-2")]
    declare(Order, follow=True, erasure=anonymous(Hash("number"), Null("account")))
    erasure.apply(*carried(alice, noon), run_id=run_id, at=noon)
    first = values(alice, "name", "nick")
    numbers = [values(order, "number")[0] for order in orders]
    Account.objects.filter(pk=alice.pk).update(name="Alice", email="Alice", nick="ali")

    erasure.apply(*carried(alice, noon), run_id="00000000-0000-0000-0000-0000000000b2", at=noon)

    assert numbers[0] == numbers[1] != numbers[2]
    assert len({*first, *values(alice, "name", "nick")}) == 4, "no value twice: each field and each erasure for itself"
    assert alice.email.endswith("@example.invalid")
    assert "lice" not in "".join(values(alice, "name", "email", "nick"))


def carried(account, at):
    subject = Subject.find(Account, account.pk)
    return subject, erasure.plan(subject, at=at)


def test_numbers_and_keys_are_hashed_within_their_type(account, declare, erase):
    declare(Order, follow=True, erasure=anonymous(Hash("total"), Null("account")))
    order = Order.objects.create(account=account, total=1234)

    erase()

    (total,) = values(order, "total")
    assert total != 1234
    assert 0 <= total < 2**31
    assert replacing.Hash().unfit(Pet._meta.get_field("id"), using="default") == ""


def test_a_hash_of_a_date_is_refused_before_anything_is_touched(account, declare, erase):
    declare(Order, follow=True, erasure=anonymous(Hash("placed_on"), Null("account")))
    Order.objects.create(account=account)

    with pytest.raises(PlanRefused, match=r"fates\.Order: Hash\('placed_on'\) works on text, integers and UUIDs only"):
        erase()


def test_made_up_data_fits_and_says_nothing_about_the_old(account, declare, erase):
    declare(
        Account, erasure=anonymous(Fake("name", "email"), Fake("nick", kind="user_name"), Fake("phone", locale="de_DE"))
    )

    erase()

    name, email, nick, phone = values(account, "name", "email", "nick", "phone")
    assert name not in ("", "Alice Hartmann")
    assert "@example." in email
    assert nick not in (None, "ali")
    assert 0 < len(phone) <= 30


def test_without_faker_the_declaration_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "faker", None)
    monkeypatch.setattr(replacing, "find_spec", lambda name: None)

    with pytest.raises(DeclarationError, match=r"pip install 'dossier-desk\[fake\]'"):
        Fake("name")


def test_an_unknown_provider_is_told_at_once():
    with pytest.raises(DeclarationError, match="a provider of faker, found 'nmae'"):
        Fake("name", kind="nmae")


def the_nobody():
    return Account.objects.get(name="nobody")


@pytest.mark.parametrize("to", [{"name": "nobody"}, 4711, the_nobody])
def test_a_key_goes_over_to_the_placeholder(account, declare, erase, to):
    nobody = Account.objects.create(pk=4711, name="nobody")
    declare(Receipt, erasure=Keep(because="law", meanwhile=Reassign("account", to=to)))
    receipt = Receipt.objects.create(account=account)

    stats = erase()

    assert values(receipt, "account") == (nobody,)
    assert stats == (1, {"fates.Account": 1})


def test_without_the_placeholder_the_plan_is_refused_and_says_so(account, declare, erase):
    declare(Receipt, erasure=Keep(because="law", meanwhile=Reassign("account", to={"name": "nobody"})))
    Receipt.objects.create(account=account)

    with pytest.raises(PlanRefused, match=r"Reassign\('account'\) wants exactly one placeholder row of fates\.Account"):
        erase()
    assert Account.objects.count() == 1


def test_the_person_is_no_placeholder_of_their_own(account, declare, erase):
    declare(Receipt, erasure=Keep(because="law", meanwhile=Reassign("account", to=account.pk)))
    Receipt.objects.create(account=account)

    with pytest.raises(PlanRefused, match="leads to the very row that is erased"):
        erase()


def test_a_function_gives_unique_columns_values_of_their_own(account, other, declare, erase):
    global nicks
    nicks = count(1)
    Account.objects.filter(pk=other.pk).update(nick="guest-1")
    declare(Account, erasure=anonymous(nick=new_nick))

    erase()

    assert values(account, "nick") == ("guest-2",), "guest-1 is taken"


@pytest.mark.parametrize(
    ("field", "function", "said"),
    [
        ("name", a_number, r"fates\.Account\.name, declared in .*AccountPrivacy as Call: wanted text, found int"),
        ("name", nothing, r"wanted a value, for the column is NOT NULL, found NoneType"),
        ("phone", too_long, r"wanted at most 30 characters, found 31"),
        ("joined_at", too_long, r"wanted a moment, found str"),
        ("phone", raises, r"it raised ValueError"),
        ("nick", always_the_same, r"wanted a value that no other row has, found a taken one 20 times"),
    ],
)
def test_what_does_not_fit_stops_the_erasure_naming_the_field_and_no_value(
    account, other, declare, erase, field, function, said
):
    Account.objects.filter(pk=other.pk).update(nick="guest")
    declare(Account, erasure=anonymous(**{field: function}))
    before = values(account, "name", "phone", "nick")

    with pytest.raises(DeclarationError, match=said) as caught:
        erase()

    assert "5550120" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert values(account, "name", "phone", "nick") == before


def test_a_constant_that_does_not_fit_refuses_the_plan(account, declare, erase):
    declare(Account, erasure=anonymous(Constant("x" * 81, "name")))

    with pytest.raises(PlanRefused, match=r"Constant\('name'\): wanted at most 80 characters, found 81"):
        erase()


def test_a_mask_never_outgrows_its_column(account, declare, erase):
    Account.objects.filter(pk=account.pk).update(phone="+" * 30)
    declare(Account, erasure=anonymous(Mask("phone", keep=29)))

    erase()

    assert values(account, "phone") == ("+" * 27 + "•••",)


def test_an_approval_binds_what_a_strategy_does_and_its_words_are_for_people(account, declare, noon):
    changes = [Hash("name"), Fake("email"), Call(new_nick, "nick")]
    declare(Account, erasure=anonymous(*changes))
    declare(Post, erasure=anonymous(Reassign("author", to={"name": "nobody"})))
    Account.objects.create(name="nobody")
    Post.objects.create(author=account)
    subject = Subject.find(Account, account.pk)

    plan = erasure.plan(subject, at=noon)

    (rule,) = plan.decisions["fates.Account"]
    assert rule["changes"] == {
        "email": {"strategy": "fake", "kind": "", "locale": "en_US"},
        "name": {"strategy": "hash"},
        "nick": {"strategy": "call", "function": "tests.erasure.test_strategies.new_nick"},
    }
    assert plan.decisions["fates.Post"][0]["changes"] == {"author": {"strategy": "reassign", "to": {"name": "nobody"}}}
    assert json.loads(json.dumps(plan.as_json()))["decisions_hash"] == erasure.plan(subject, at=noon).decisions_hash
    said = [change for row in plan.summary()["rows"] for change in row["changes"]]
    assert "Name: scrambled for good" in said
    assert "Author: handed over to a placeholder" in said


def test_a_function_without_a_name_cannot_be_approved():
    with pytest.raises(DeclarationError, match="wanted a function with a name"):
        Call(lambda old: "x", "name")


def test_a_unique_column_takes_a_hash_when_it_is_declared(db):
    class Privacy(datamap.ModelPrivacy):
        erasure = anonymous(Hash("nick"))

    from tasks.datamap.validation import validate

    validate(Privacy(Account))


def test_the_certificate_names_the_methods(account, declare, erase, run_id, noon):
    declare(Account, erasure=anonymous(Hash("name")))
    declare(Rating, erasure=Delete())
    Rating.objects.create(by=account)
    erase()

    document = erasure.certificate(run_id, at=noon)

    assert "anonymise" in document["categories"][0]["methods"]
    assert document["categories"][0]["changes"] == {"fates.Account": {"name": "hash"}}
