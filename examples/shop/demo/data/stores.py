"""What lies beside the database: carts in Redis, preferences in CouchDB. Written only where the settings name one."""

import base64
import json
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import redis
from django.conf import settings
from django.contrib.auth.models import User

from examples.shop.demo.data.files import picture
from examples.shop.orders.models import Product

MARK = "shop:filled"  # a Redis that has it is not filled again, for people may have been erased since
STAYS = timedelta(days=30)
DATABASE = "preferences"
SEARCHES = "function (doc) { if (doc.type === 'search') { emit(doc.customer, null); } }"
Documents = list[dict[str, Any]]


def fill(*, seed: int) -> str:
    """Fill the stores that the settings name, as far as they are empty; say in words which could not be reached."""
    people = list(User.objects.filter(is_staff=False, is_superuser=False).order_by("pk")[:60])
    goods = list(Product.objects.order_by("pk").values_list("name", flat=True)[:40])
    missed = []
    if settings.SHOP_REDIS_URL and not carts(Random(seed), people, goods):
        missed.append("Redis (SHOP_REDIS_URL) does not answer; its carts are empty.")
    if settings.SHOP_COUCHDB_URL and not preferences(Random(seed + 1), people, goods):
        missed.append("CouchDB (SHOP_COUCHDB_URL) does not answer; it has no preferences.")
    return " ".join(missed)


# --- Redis


def carts(rng: Random, people: Iterable[User], goods: list[str]) -> bool:
    """Write the carts, once; whether Redis could be reached."""
    try:
        with redis.Redis.from_url(settings.SHOP_REDIS_URL, socket_timeout=5, socket_connect_timeout=5) as store:
            if not store.set(MARK, "1", nx=True):
                return True
            with store.pipeline(transaction=False) as pipe:
                for person in people:
                    visit(rng, pipe, person, goods)
                pipe.execute()
    except redis.RedisError:
        return False
    return True


def visit(rng: Random, pipe: Any, person: User, goods: list[str]) -> None:
    """Cart, goods looked at, a device, and points in the quiz that everybody shares."""
    cart, viewed = f"cart:{person.pk}", f"viewed:{person.pk}"
    pipe.hset(cart, mapping={name: rng.randint(1, 3) for name in rng.sample(goods, rng.randint(1, 3))})
    looked_at = [json.dumps({"product": rng.choice(goods), "seconds": rng.randint(3, 200)}) for _ in range(8)]
    pipe.rpush(viewed, *looked_at)
    device = f"device:{rng.getrandbits(64):016x}:{person.email}"
    pipe.set(device, json.dumps({"browser": rng.choice(("Firefox", "Chrome", "Safari")), "trusted": True}))
    for key in (cart, viewed, device):
        pipe.expire(key, STAYS)
    pipe.zadd("quiz:2026", {str(person.pk): rng.randint(10, 400)})


# --- CouchDB


def preferences(rng: Random, people: Iterable[User], goods: list[str]) -> bool:
    """Make the database with its documents, once; whether CouchDB could be reached."""
    try:
        with httpx.Client(base_url=settings.SHOP_COUCHDB_URL, timeout=10, trust_env=False) as couch:
            if couch.put(f"/{DATABASE}").status_code == httpx.codes.PRECONDITION_FAILED:
                return True  # it is there
            documents = [each for person in people for each in documents_of(rng, person, goods)]
            design = {"_id": "_design/customers", "views": {"searches": {"map": SEARCHES}}}
            couch.post(f"/{DATABASE}/_bulk_docs", json={"docs": [design, *documents]}).raise_for_status()
    except httpx.HTTPError:
        return False
    return True


def documents_of(rng: Random, person: User, goods: list[str]) -> Documents:
    """How somebody wants the shop to be, and what they search for again and again."""
    display = {
        "_id": f"display:{person.pk}",
        "type": "display",
        "customer": person.pk,
        "theme": rng.choice(("light", "dark")),
        "units": rng.choice(("metric", "imperial")),
        "favourites": rng.sample(goods, 2),
    }
    if rng.random() < 0.3 or person.username == "alice":
        name, kind, content = picture(rng)
        display["_attachments"] = {name: {"content_type": kind, "data": base64.b64encode(content).decode()}}
    words = rng.sample(("green tea", "kettle", "wool", "repair kit", "letterpress"), rng.randint(1, 3))
    day = f"2026-{rng.randint(1, 10):02}-{rng.randint(1, 28):02}"
    common = {"type": "search", "customer": person.pk, "saved_on": day}
    return [display, *({"_id": f"search:{person.pk}:{n}", "words": word, **common} for n, word in enumerate(words))]
