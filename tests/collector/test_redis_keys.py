"""Redis: which keys are a person's, where a hostile value stays a value, and what a declaration may say of them."""

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from tasks.collector.sources import Member
from tasks.collector.sources.redis_patterns import escaped
from tasks.errors import DeclarationError
from tests.collector.redis_hosts import ASK, collected, declared, source, values

__all__ = ["source"]
pytestmark = pytest.mark.sqlite_only  # no SQL in it that could differ


# --- which keys


def test_a_wildcard_is_looked_for_and_its_key_is_not_shown_for_it_may_be_a_token(server, redis_url, alice):
    source = declared(redis_url, patterns={"session:*:{email}": "Sessions"})
    server.set(f"session:SECRET1:{alice.row.email}", "a")
    server.set(f"session:SECRET2:{alice.row.email}", "b")
    server.set("session:SECRET3:bob@example.com", "not hers")

    found = collected(source, alice)

    assert sorted(row["value"] for _, _, row in found) == ["a", "b"]
    assert "SECRET" not in repr(found)
    assert source.count(alice) == {"session": 2}


@pytest.mark.parametrize("email", ["*", "?*", "[a-z]*", "\\*", "*@example.com", "a^b-c]*"])
def test_a_hostile_address_matches_nothing_but_itself(email, server, redis_url, alice):
    source = declared(redis_url, patterns={"session:*:{email}": "Sessions", "mail:{email}": "Mail"})
    alice.model.objects.filter(pk=alice.pk).update(email=email)
    for other in ("bob@example.com", "abc@example.com", "x"):
        server.set(f"session:1:{other}", "not hers")
        server.set(f"mail:{other}", "not hers")
    server.set(f"session:1:{email}", "hers")
    server.set(f"mail:{email}", "hers")

    assert {row["value"] for row in values(source, alice)} == {"hers"}
    assert source.erase(alice, ASK).erased == 2
    assert server.dbsize() == 6


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_an_escaped_text_matches_itself(redis_url, text):
    with redis.Redis.from_url(redis_url) as server:
        server.flushall()
        server.set(f"k:{text}", "")
        server.set(f"k:{text}more", "")

        assert list(server.scan_iter(match="k:" + escaped(text), count=100)) == [f"k:{text}".encode()]


def test_a_person_without_the_value_has_no_keys(server, redis_url, alice):
    source = declared(redis_url, patterns={"mail:{email}": "Mail", "of:{user.invited_by}": "Invited"})
    alice.model.objects.filter(pk=alice.pk).update(email="")
    server.set("mail:", "nobody's")
    server.set("of:None", "nobody's")

    assert values(source, alice) == []


def test_the_key_of_another_number_is_not_touched(server, source, alice):
    server.set(f"cart:{alice.pk}", "hers")
    server.set(f"cart:{alice.pk}0", "not hers")

    assert source.erase(alice, ASK).erased == 1
    assert server.keys() == [f"cart:{alice.pk}0".encode()]


def test_two_patterns_that_lead_to_one_key_read_it_once(server, redis_url, alice):
    source = declared(redis_url, patterns={"cart:{user.pk}": "Cart", "cart:{subject.pk}": "Cart"})
    server.set(f"cart:{alice.pk}", "1")

    assert len(values(source, alice)) == 1
    assert source.count(alice) == {"cart": 1}


def test_braces_of_a_hash_tag_and_escaped_stars_are_plain(server, redis_url, alice):
    source = declared(redis_url, patterns={r"cart\*:{{{user.pk}}}": "Cart"})
    server.set(f"cart*:{{{alice.pk}}}", "hers")
    server.set(f"cartX:{{{alice.pk}}}", "not hers")

    assert values(source, alice) == [{"value": "hers"}]


def test_values_of_the_declaration_fill_places_too(server, redis_url, alice):
    source = declared(
        redis_url, patterns={"cart:{device}": "Cart"}, known=lambda self, subject: {"device": ["d1", "d2", None, ""]}
    )
    server.mset({"cart:d1": "1", "cart:d2": "2", "cart:d3": "3", "cart:None": "n"})

    assert [row["value"] for row in values(source, alice)] == ["1", "2"]


def test_a_name_that_nothing_is_known_under_is_an_error_and_not_an_empty_answer(redis_url, server, alice):
    with pytest.raises(DeclarationError, match=r"emial.*wanted.*email"):
        declared(redis_url, patterns={"cart:{emial}": "Cart"}).count(alice)
    with pytest.raises(DeclarationError, match="wanted an attribute of"):
        declared(redis_url, patterns={"cart:{user.number}": "Cart"}).count(alice)


# --- what a declaration may say


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"patterns": {}}, "patterns: wanted"),
        ({"patterns": {"carts": "Carts"}}, "names nobody"),
        ({"patterns": {"cart:{user.pk}*": "Cart"}}, "wildcard touches a place"),
        ({"patterns": {"cart:{user}": "Cart"}}, "found {user}"),
        ({"patterns": {"cart:{User Name}": "Cart"}}, "found {User Name}"),
        ({"patterns": {"{user.pk}": "Cart"}}, "begins with a word"),
        ({"patterns": {"cart:{user.pk}": "Cart", "cart:{email}": "Basket"}}, "one heading"),
        ({"parts": (Member("board", "top"),)}, "names nobody"),
        ({"parts": ("board",)}, "HashField"),
        ({"url": "http://example.com"}, "url: wanted redis://"),
        ({"url": ""}, "url: wanted redis://"),
        ({"url": "redis://localhost:six"}, "a port that is a number"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(attributes, told):
    with pytest.raises(DeclarationError, match=told):
        declared(**{"url": "redis://localhost", **attributes})


def test_sections_have_the_headings_of_their_patterns(redis_url):
    source = declared(
        redis_url, patterns={"cart:{user.pk}": "Shopping cart"}, parts=(Member("leaderboard:*", "{user.pk}", "Places"),)
    )

    assert source.sections == {"cart": "Shopping cart", "leaderboard": "Places"}
