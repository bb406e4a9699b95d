"""The demo's Redis and CouchDB: filled once, found for Alice, erased, and never touched where nobody names them."""

import importlib

import pytest
import redis
from django.contrib.auth.models import User

from examples.shop.carts import privacy as carts
from examples.shop.demo.data import stores
from examples.shop.preferences import privacy as preferences
from tasks import collector, datamap
from tasks.datamap import Ask

SEED = 7


@pytest.fixture
def person(shop) -> collector.Subject:
    return collector.Subject.find(None, User.objects.get(username="alice").pk)


def named(declaration, url: str):
    return type(declaration.__name__, (declaration,), {"url": url})


def test_alices_cart_is_found_told_and_erased(redis_url, person, settings, noon):
    settings.SHOP_REDIS_URL, settings.SHOP_COUCHDB_URL = redis_url, ""

    assert stores.fill(seed=SEED) == ""
    with datamap.registry.with_sources(named(carts.CartPrivacy, redis_url)):
        [store] = collector.stores()
        found = store.count(person)
        batches = list(store.collect(person))
        erased = store.erase(person, Ask("q", noon))
        left = store.count(person)

    assert found.keys() == {"carts:cart", "carts:viewed", "carts:device", "carts:quiz"}
    assert all(found.values())
    assert sum(len(batch.rows) for batch in batches) == sum(found.values()) == erased.erased
    assert all("expires_at" in batch.columns for batch in batches if batch.label != "carts:quiz")
    assert not any(left.values())


def test_what_somebody_had_erased_does_not_come_back(redis_url, person, settings):
    settings.SHOP_REDIS_URL, settings.SHOP_COUCHDB_URL = redis_url, ""
    stores.fill(seed=SEED)
    with redis.Redis.from_url(redis_url) as store:
        store.delete(f"cart:{person.pk}")

        stores.fill(seed=SEED)

        assert not store.exists(f"cart:{person.pk}")
        assert store.exists(stores.MARK)


def test_alices_preferences_are_found_with_their_picture_and_erased(couch_url, person, settings, noon):
    settings.SHOP_REDIS_URL, settings.SHOP_COUCHDB_URL = "", couch_url

    assert stores.fill(seed=SEED) == ""
    assert stores.fill(seed=SEED) == ""
    with datamap.registry.with_sources(named(preferences.PreferencePrivacy, couch_url)):
        [store] = collector.stores()
        found = store.count(person)
        rows = {batch.label: dict(zip(batch.columns, batch.rows[0], strict=True)) for batch in store.collect(person)}
        erased = store.erase(person, Ask("q", noon))
        left = store.count(person)

    assert found["preferences:display"] == 1
    assert found["preferences:searches"] > 0
    with rows["preferences:display"]["attachments"][0].open() as file:
        assert file.read().startswith(b"\x89PNG")
    assert erased.erased == sum(found.values())
    assert not any(left.values())


def test_a_store_that_does_not_answer_is_told_and_stops_nobody(person, settings, tmp_path):
    settings.SHOP_REDIS_URL = f"unix://{tmp_path}/none.sock"
    settings.SHOP_COUCHDB_URL = "http://127.0.0.1:1"

    said = stores.fill(seed=SEED)

    assert "Redis (SHOP_REDIS_URL) does not answer" in said
    assert "CouchDB (SHOP_COUCHDB_URL) does not answer" in said


@pytest.mark.parametrize("module", [carts, preferences])
def test_without_an_address_nothing_is_registered(module, settings):
    settings.SHOP_REDIS_URL = settings.SHOP_COUCHDB_URL = ""
    before = dict(datamap.registry.sources)

    importlib.reload(module)

    assert datamap.registry.sources == before


@pytest.mark.parametrize("declaration", [carts.CartPrivacy, preferences.PreferencePrivacy])
def test_every_store_answers_the_questions_of_article_15(declaration):
    context = named(declaration, "redis://x" if declaration is carts.CartPrivacy else "http://x")().context

    assert context.purposes
    assert context.legal_basis
    assert context.retention
    assert context.recipients
    assert str(context.origin)
    assert str(context.description)
