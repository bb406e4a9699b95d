"""The demo company's data, made from one seed: the same people, goods and words every time."""

from datetime import UTC, datetime
from random import Random

from django.db import transaction

from examples.shop.demo.data import activity, community, news, orders, people, sleepers, support
from examples.shop.orders.models import Product

SEED = 20190514
UNTIL = datetime(2026, 11, 20, 17, tzinfo=UTC)  # the last moment that the data knows of


def is_filled() -> bool:
    """Whether the demo company is there. Asked of the goods, because people may have been erased since."""
    return Product.objects.exists()


@transaction.atomic
def fill(*, seed: int = SEED, until: datetime = UNTIL) -> None:
    """Write everything into an empty shop: all of it, or nothing.

    Each part has its own source of chance, so that a change in one leaves the others as they were.
    """
    everybody = people.make(Random(seed), until=until)
    activity.make(Random(seed + 1), everybody, until=until)
    baskets = orders.make(Random(seed + 2), everybody, until=until)
    support.make(Random(seed + 3), everybody, baskets, until=until)
    community.make(Random(seed + 4), everybody, until=until)
    news.make(Random(seed + 5), everybody, until=until)
    sleepers.make(Random(seed + 6), until=until)
